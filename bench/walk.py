"""The whole walk, measured: recipients a second from launch to confirmed yes, and CPU a recipient.

    python bench/walk.py [--people 1000] [--database postgresql://…]

Everyone is asked, answers yes, is read, pledged and confirmed: two texts out, one in and their reports, each through
the real parts (web, five workers, clock, Redis) and a stand-in carrier without latency. The limit, measured in the
same run against the same carrier: a bare loop of the SDK's asynchronous client that only creates as many texts.
"""

import argparse
import asyncio
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import requests
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from phonebank import clock, db, jobs, migrations, settings, tables
from phonebank.campaigns import lifecycle, spec
from phonebank.contacts.models import Contact, ContactList, ListMember
from phonebank.db import insert_for
from phonebank.rehearsal import remote
from tests.support import servers

ACCOUNT, TOKEN, SERVICE = "AC" + "0" * 32, "t" * 32, "MG" + "0" * 32
IN_FLIGHT = 32
PARTS = (("web",), ("worker",), ("clock",))
GIVEN_UP_AFTER_S = 300

CAMPAIGN = f"""
name = "bench"
lists = ["everyone"]
organization = "RepresentUs"
sender = "{SERVICE}"
[hours]
start = "00:00"
end = "23:59"
[limits]
segments_per_second = 10000
[ask]
action = "make calls with us"
texts = ["Hi {{{{ first_name }}}}, it's RepresentUs. Can I count on you to make calls with us? Reply STOP to end."]
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--database", default="")
    asked = parser.parse_args()
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        port = servers.free_port()
        carrier = stack.enter_context(
            remote.spawn(
                account_sid=ACCOUNT,
                auth_token=TOKEN,
                inbound_url=f"http://127.0.0.1:{port}/twilio/sms",
                service_rate=100_000,
                pick_delay=(0.0, 0.0),
                delivery_delay=(0.0, 0.01),
                reply_mix={"yes": 1.0},
                reply_pace=0,
            )
        )
        house = _open(stack, home, port, carrier.url, asked.database)
        limit_s, limit_cpu = _bare_loop(house, asked.people * 2)
        print(
            f"bare loop of the SDK's client, {IN_FLIGHT} in flight: {asked.people * 2 / limit_s:.0f} texts/s,", end=" "
        )
        print(f"{limit_cpu / asked.people / 2 * 1000:.2f} ms CPU a text")
        walk_s, walk_cpu = _walk(house, carrier, home, asked.people)
    kind, people = "PostgreSQL" if asked.database else "SQLite", asked.people
    print(
        f"the whole walk on {kind}: {people / walk_s:.1f} recipients/s ({people} in {walk_s:.1f} s),",
        end=" ",
    )
    print(f"{walk_cpu / asked.people * 1000:.1f} ms CPU a recipient, all parts together")
    print(f"ratio of speed (two texts a recipient): {(asked.people / walk_s) / (asked.people / limit_s):.3f};", end=" ")
    print(f"of CPU: {walk_cpu / limit_cpu:.1f} times the bare loop's")


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
    return time.monotonic() - began, _cpu(after) - _cpu(before)


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


def _walk(house: settings.Settings, carrier: remote.Carrier, home: Path, people: int) -> tuple[float, float]:
    """Seconds from launch until everyone is confirmed, and the CPU seconds of all parts until then."""
    campaign_id = _people_and_campaign(carrier, people)
    spent_before = _cpu(resource.getrusage(resource.RUSAGE_CHILDREN))
    with ExitStack() as parts:
        for part in PARTS:
            log = parts.enter_context((home / f"{'-'.join(part)}.log").open("w"))
            command = [sys.executable, "-m", "phonebank", *part]
            parts.enter_context(_running(command, dict(os.environ), stderr=log))
        _until(lambda: _answers(house.port), 60)
        time.sleep(2)  # the workers have registered
        texts_before, began = carrier.stats()["accepted"], time.monotonic()
        with db.transaction() as session:
            lifecycle.launch(session, campaign_id, by="bench", because=None, now=clock.now())
        _until(lambda: carrier.stats()["accepted"] - texts_before >= people * 2, GIVEN_UP_AFTER_S)
        took = time.monotonic() - began
    return took, _cpu(resource.getrusage(resource.RUSAGE_CHILDREN)) - spent_before


def _people_and_campaign(carrier: remote.Carrier, people: int) -> int:
    numbers = [f"+1{212 + i // 700_0000}{2_000_000 + i:07d}" for i in range(people)]
    carrier.supporters([{"number": number, "first_name": "Ana", "zone": "America/New_York"} for number in numbers])
    now = clock.now()
    contact, member = tables.metadata.tables["contact"], tables.metadata.tables["list_member"]
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
        made = spec.create(session, spec.parse(CAMPAIGN), now)
        assert made.id is not None
        return made.id


@contextmanager
def _running(command: list[str], environment: dict[str, str], stderr: object = None) -> Iterator[None]:
    child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=stderr)  # type: ignore[call-overload]
    try:
        yield
    finally:
        child.terminate()
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


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


def _cpu(used: resource.struct_rusage) -> float:
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
