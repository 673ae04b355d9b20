"""The whole walk, measured: recipients a second, and the CPU that each part spends on a recipient.

    python bench/walk.py [--people 1000] [--reply-rate 0.35] [--database sqlite|postgresql|URL]

A typical campaign: everyone is asked, some answer (most of them yes) and are answered, every text has its reports; all
through the real parts and a stand-in carrier without latency. The limit, measured in the same run against the same
carrier: a bare loop of the SDK's asynchronous client that only creates as many texts.
"""

import argparse
import asyncio
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

import requests
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from bench.figures import Figure, show
from phonebank import clock, db, jobs, migrations, settings, tables
from phonebank.campaigns import lifecycle, spec
from phonebank.contacts.models import Contact, ContactList, ListMember
from phonebank.db import insert_for
from phonebank.messages.models import MessageStatus
from phonebank.rehearsal import remote
from tests.support import servers
from tests.support.blast import ACCOUNT, CAMPAIGN, SERVICE, TOKEN

IN_FLIGHT = 32
PARTS, SERVERS = ("web", "worker", "clock"), ("postgres", "redis", "valkey")
GIVEN_UP_AFTER_S = 900
ANSWERS = {"yes": 0.7, "no": 0.15, "maybe": 0.15}
UNFINISHED = (MessageStatus.QUEUED, MessageStatus.SENDING, MessageStatus.SENT, MessageStatus.RECEIVED)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--reply-rate", type=float, default=0.35)
    parser.add_argument("--database", default="sqlite", help="sqlite, postgresql (one of its own), or a URL")
    asked = parser.parse_args()
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        port = servers.free_port()
        carrier = stack.enter_context(_carrier(port, asked.reply_rate))
        house = _open(stack, home, port, carrier.url, _database(stack, asked.database))
        limit_s, limit_cpu = _bare_loop(house, asked.people)
        took, spent, texts = _walk(house, carrier, home, asked.people)
    _tell(asked.people, house, (limit_s, limit_cpu), took, spent, texts)


def _tell(
    people: int, house: settings.Settings, limit: tuple[float, float], took: float, spent: Counter[str], texts: int
) -> None:
    seconds, cpu = limit
    kind = house.database.split("+")[0].split(":")[0]
    print(f"{texts / people:.2f} texts a recipient; CPU ms a recipient, by part:")
    for part, used in spent.most_common():
        print(f"    {part:36} {used / people * 1000:7.2f}")
    show(
        Figure(
            f"the whole walk of {people:,} recipients, all parts and the stand-in on one machine, {kind}",
            f"{people / took:.0f} recipients/s",
            f"bare loop, one text each: {people / seconds:.0f} texts/s",
            seconds / took * texts / people,
        ),
        Figure(
            f"CPU of all parts and the stand-in together, {kind}",
            f"{spent.total() / people * 1000:.1f} ms a recipient",
            f"bare loop {cpu / people * 1000:.2f} ms a text",
            spent.total() / cpu / texts * people,
        ),
    )


def _carrier(port: int, reply_rate: float) -> remote.Carrier:
    answers = {answer: share * reply_rate for answer, share in ANSWERS.items()}
    return remote.spawn(
        account_sid=ACCOUNT,
        auth_token=TOKEN,
        inbound_url=f"http://127.0.0.1:{port}/twilio/sms",
        service_rate=100_000,
        pick_delay=(0.0, 0.0),
        delivery_delay=(0.0, 0.01),
        reply_mix={**answers, "silent": 1 - reply_rate},
        reply_pace=0,
    )


def _database(stack: ExitStack, named: str) -> str:
    if named == "postgresql":
        server = servers.start_postgres()
        stack.callback(server.stop)
        return f"{server.url}/postgres"
    return "" if named == "sqlite" else named


def _open(stack: ExitStack, home: Path, port: int, carrier_url: str, database: str) -> settings.Settings:
    redis = servers.start_redis()
    stack.callback(redis.stop)
    os.environ.update(
        PHONEBANK_HOME=str(home),
        DATABASE_URL=database,
        REDIS_URL=redis.url,
        TWILIO_ACCOUNT_SID=ACCOUNT,
        TWILIO_AUTH_TOKEN=TOKEN,
        TWILIO_API_BASE_URL=carrier_url,
        PORT=str(port),
        LOG_LEVEL="ERROR",
    )
    (home / "var").mkdir()
    house = settings.load()
    jobs.configure(house)
    _until(jobs.is_up, 10)
    migrations.upgrade(db.configure(house.database))
    return house


def _bare_loop(house: settings.Settings, texts: int) -> tuple[float, float]:
    """Seconds and CPU seconds of a loop that only creates so many texts, in a process that does nothing else."""
    before, began = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
    asyncio.run(_create(house, texts))
    after = resource.getrusage(resource.RUSAGE_SELF)
    return time.monotonic() - began, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


async def _create(house: settings.Settings, texts: int) -> None:
    gate = asyncio.Semaphore(IN_FLIGHT)
    transport = AsyncTwilioHttpClient(timeout=30)
    client = Client(ACCOUNT, TOKEN, http_client=transport, environment={"-": "-"})
    client.api.base_url = str(house.twilio_api_base_url)

    async def one(number: int) -> None:
        async with gate:
            to = f"+1{415 + number // 7_000_000}{2_000_000 + number % 7_000_000:07d}"
            body = f"Hi P{number}, it's RepresentUs. Can I count on you to make calls with us? Reply STOP to end."
            await client.messages.create_async(to=to, messaging_service_sid=SERVICE, body=body)

    await asyncio.gather(*(one(number) for number in range(texts)))
    await transport.close()


def _walk(
    house: settings.Settings, carrier: remote.Carrier, home: Path, people: int
) -> tuple[float, Counter[str], int]:
    """Seconds from launch until all is quiet, the CPU seconds of each part until then, and how many texts we sent."""
    campaign_id = _people_and_campaign(carrier, people)
    with ExitStack() as parts:
        for part in PARTS:
            log = parts.enter_context((home / f"{part}.log").open("w"))
            parts.enter_context(_running([sys.executable, "-m", "phonebank", part], log))
        _until(lambda: _answers(house.port), 60)
        _until(lambda: all(jobs.hands().values()), 60)
        before, texts_before, began = _spent(), carrier.stats()["accepted"], time.monotonic()
        with db.transaction() as session:
            lifecycle.launch(session, campaign_id, by="bench", because=None, now=clock.now())
        _until(lambda: carrier.stats()["accepted"] - texts_before >= people, GIVEN_UP_AFTER_S)
        _until(lambda: not carrier.stats()["to_come"] and _is_quiet(), GIVEN_UP_AFTER_S)
        took, spent = time.monotonic() - began, _spent() - before
    return took, spent, carrier.stats()["accepted"] - texts_before


def _is_quiet() -> bool:
    message = tables.metadata.tables["message"]
    with db.reading() as session:
        unfinished = message.select().where(message.c.status.in_(UNFINISHED)).limit(1)
        return session.connection().execute(unfinished).first() is None


def _spent() -> Counter[str]:
    """CPU seconds of every process below this one, with those of its children that have ended, by its title."""
    below, spent, tick = {os.getpid()}, Counter[str](), os.sysconf("SC_CLK_TCK")
    for process in sorted((int(path.name) for path in Path("/proc").glob("[0-9]*")), key=int):
        try:
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            title = Path(f"/proc/{process}/cmdline").read_text().replace("\0", " ").strip()
        except OSError:
            continue  # it has just ended
        if int(fields[1]) in below and process != os.getpid():
            below.add(process)
            part = next((name for name in SERVERS if name in title), title)
            spent[part] += sum(map(int, fields[11:15])) / tick
    return spent


def _people_and_campaign(carrier: remote.Carrier, people: int) -> int:
    numbers = [f"+1{212 + i // 700_0000}{2_000_000 + i:07d}" for i in range(people)]
    for start in range(0, people, 5000):  # the door takes a megabyte at a time
        some = numbers[start : start + 5000]
        carrier.supporters([{"number": number, "first_name": "Ana", "zone": "America/New_York"} for number in some])
    now = clock.now()
    contact, member = (tables.metadata.tables[name] for name in ("contact", "list_member"))
    with db.transaction() as session:
        everyone = ContactList(name="everyone", created_at=now)
        session.add(everyone)
        session.flush()
        rows = [
            Contact(phone=number, first_name="Ana", zones="America/New_York", created_at=now, updated_at=now)
            for number in numbers
        ]
        session.connection().execute(insert_for(session, contact), [row.model_dump(exclude={"id"}) for row in rows])
        ids = [row.id for row in session.connection().execute(contact.select())]
        members = [ListMember(list_id=everyone.id or 0, contact_id=one).model_dump() for one in ids]
        session.connection().execute(insert_for(session, member), members)
        return spec.create(session, spec.parse(CAMPAIGN), now).id or 0


@contextmanager
def _running(command: list[str], stderr: IO[str]) -> Iterator[None]:
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=stderr)
    try:
        yield
    finally:
        child.terminate()
        child.wait(30)


def _until(is_so: Callable[[], bool], within_s: float) -> None:
    deadline = time.monotonic() + within_s
    while not is_so():
        if time.monotonic() > deadline:
            sys.exit("gave up waiting; the parts' logs say why")
        time.sleep(0.2)


def _answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/health/live", timeout=2).ok
    except requests.RequestException:
        return False


if __name__ == "__main__":
    main()
