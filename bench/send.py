"""The sender, measured beside a bare loop of the SDK's own asynchronous client, in one run.

    python bench/send.py [--texts 12000]

Three figures, each with its limit: texts a second at 80 ms of carrier latency with 128 requests in flight; CPU a text
at no latency; and two sender processes beside one, 32 in flight each. Senders and loops are processes of their own;
the carrier is a bare answering server. The queue is written down before the clock starts.
"""

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from aiohttp import ClientSession, TCPConnector
from sqlmodel import func, select
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from bench.figures import Figure, show
from phonebank import db, heap, jobs, logs, settings
from phonebank.messages import sending
from phonebank.messages.models import Message
from tests.support import answering, blast
from tests.support.blast import ACCOUNT, BODY, SERVICE, TOKEN

Told = dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--texts", type=int, default=12_000)
    parser.add_argument("--only", choices=("latency", "cpu", "two"))
    parser.add_argument("--part", choices=("sender", "bare"), help=argparse.SUPPRESS)
    parser.add_argument("--in-flight", type=int, default=128, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.part:
        print(json.dumps(_measured(asked.part, asked.texts, asked.in_flight)))
        return
    os.environ.update(PYTHONPATH=os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")]))
    with blast.standing() as databases:
        for measure in (latency, cpu, two) if not asked.only else (globals()[asked.only],):
            measure(databases, asked.texts)


def latency(databases: dict[str, str], texts: int) -> None:
    for name, ours, limit in _beside(databases, texts, 0.08):
        show(
            Figure(
                f"one sender process, 80 ms, 128 in flight, {name}",
                f"{ours['rate']:.0f} texts/s",
                f"bare loop {limit['rate']:.0f} texts/s",
                ours["rate"] / limit["rate"],
                "at least 0.9",
            )
        )


def cpu(databases: dict[str, str], texts: int) -> None:
    for name, ours, limit in _beside(databases, texts, 0.0):
        show(
            Figure(
                f"CPU of a sender process, no latency, {name}",
                f"{ours['cpu_ms']:.2f} ms a text",
                f"bare loop {limit['cpu_ms']:.2f} ms a text",
                ours["cpu_ms"] / limit["cpu_ms"],
                "at most 2",
            )
        )


def two(databases: dict[str, str], texts: int) -> None:
    with answering.carrier(0.08) as address:
        blast.queue(databases["PostgreSQL"], texts)
        one = _run("sender", address, texts, in_flight=32)
        blast.queue(databases["PostgreSQL"], texts * 2)
        rate = _together(address, texts * 2)
        show(
            Figure(
                "two sender processes, 80 ms, 32 in flight each, PostgreSQL",
                f"{rate:.0f} texts/s",
                f"one process {one['rate']:.0f} texts/s",
                rate / one["rate"],
                "at least 1.7",
            )
        )


def _beside(databases: dict[str, str], texts: int, latency_s: float) -> Iterator[tuple[str, Told, Told]]:
    """On each database: its name, what a sender took, and a bare loop just before."""
    with answering.carrier(latency_s) as address:
        for name, database in databases.items():
            limit = _run("bare", address, texts)
            blast.queue(database, texts)
            yield name, _run("sender", address, texts), limit


def _run(part: str, address: str, texts: int, in_flight: int = 128) -> Told:
    return _told(_start(part, address, texts, in_flight))


def _together(address: str, texts: int) -> float:
    """Texts a second of two senders, from the first one's start to the last one's end."""
    told = [_told(one) for one in [_start("sender", address, texts, 32) for _ in range(2)]]
    return texts / (max(one["ended"] for one in told) - min(one["began"] for one in told))


def _start(part: str, address: str, texts: int, in_flight: int) -> subprocess.Popen[str]:
    words = [sys.executable, __file__, "--part", part, "--texts", str(texts), "--in-flight", str(in_flight)]
    environment = {**os.environ, "TWILIO_API_BASE_URL": address}
    return subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True)


def _told(child: subprocess.Popen[str]) -> Told:
    said, _ = child.communicate(timeout=600)
    told: Told = json.loads(said)
    return told


def _measured(part: str, texts: int, in_flight: int) -> Told:
    """In the process that is measured: what so many texts took."""
    house = settings.load()
    logs.configure("ERROR", None)
    db.configure(house.database)
    jobs.configure(house)
    jobs.is_up()
    heap.settle()  # as a worker does before its first turn
    used, began = resource.getrusage(resource.RUSAGE_SELF), time.time()
    if part == "bare":
        asyncio.run(_bare(str(house.twilio_api_base_url), texts, in_flight))
    else:
        until = time.monotonic() + 600
        sending.send_due(house, SERVICE, urgent_only=False, until=until, in_flight=in_flight)
    ended, after = time.time(), resource.getrusage(resource.RUSAGE_SELF)
    if part == "sender":  # a turn stays a moment for what may come
        with db.reading() as session:
            ended = session.exec(select(func.max(Message.sent_at))).one().timestamp()
    spent = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
    return {"began": began, "ended": ended, "rate": texts / (ended - began), "cpu_ms": spent / texts * 1000}


async def _bare(address: str, texts: int, in_flight: int) -> None:
    """Creates so many texts and does nothing else; the SDK's own client, its pool widened to the requests in flight."""
    transport = AsyncTwilioHttpClient(timeout=30)
    await transport.session.close()
    transport.session = ClientSession(connector=TCPConnector(limit=in_flight))
    client = Client(ACCOUNT, TOKEN, http_client=transport, environment={"-": "-"})
    client.api.base_url = address
    numbers = iter(range(texts))

    async def speak() -> None:
        for number in numbers:
            await client.messages.create_async(
                to=f"+1202{number:07d}",
                messaging_service_sid=SERVICE,
                body=BODY,
                validity_period=14400,
                status_callback=f"http://127.0.0.1/twilio/status/{number}",
            )

    await asyncio.gather(*(speak() for _ in range(in_flight)))
    await transport.close()


if __name__ == "__main__":
    main()
