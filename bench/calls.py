"""A person is on the line: how soon they hear what comes next.

    python bench/calls.py [--rate 200] [--seconds 15] [--database sqlite|postgresql|both]

As many steps a second as asked for (greeting, then an answer by key or by speech) reach the real web part by signed
webhooks at even distances; the limit is 50 ms for all but one in a
hundred. Then as many as it can take, eight at a time.
"""

import argparse
import asyncio
import itertools
import statistics
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from aiohttp import ClientSession
from sqlmodel import Session, SQLModel

from bench import walk
from bench.figures import Figure, show
from phonebank import clock, db, settings, tables
from phonebank.calls.models import Call, CallKind, CallStatus
from phonebank.campaigns import spec
from phonebank.contacts.models import Contact, ContactList
from phonebank.gateway import twilio
from phonebank.recipients.models import Recipient
from tests.support.blast import ACCOUNT, TOKEN
from tests.support.servers import free_port

LIMIT_MS = 50
SENDER = "+12025550190"
WARMS_UP_S = 3
AT_ONCE, AT_ONCE_FOR_S = 8, 5
CAMPAIGN = f"""
name = "Calls"
channel = "call"
lists = ["everyone"]
organization = "RepresentUs"
sender_name = "Amanda"
sender = "{SENDER}"
[hours]
start = "00:00"
end = "23:59"
[ask]
action = "make calls with us online"
texts = ["Hi {{{{ first_name }}}}, it's RepresentUs. Can I count on you to make calls with us? Reply STOP to end."]
[call]
ask = "We are making calls on Wednesday. Can I count on you to join us?"
"""
Step = tuple[str, dict[str, str]]
ANSWERS = ({"Digits": "1"}, {"SpeechResult": "Sure, count me in", "Confidence": "0.9"}, {"Digits": "2"})


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--database", default="both", choices=("sqlite", "postgresql", "both"))
    asked = parser.parse_args()
    for kind in ("sqlite", "postgresql") if asked.database == "both" else (asked.database,):
        _measure(kind, asked.rate, asked.seconds)


def _measure(kind: str, rate: int, seconds: int) -> None:
    with ExitStack() as stack:
        home, port = Path(stack.enter_context(TemporaryDirectory())), free_port()
        carrier = stack.enter_context(walk._carrier(port, 0.0))  # noqa: SLF001
        house = walk._open(stack, home, port, carrier.url, walk._database(stack, kind))  # noqa: SLF001
        calls = rate * (seconds + WARMS_UP_S) + rate * AT_ONCE_FOR_S * 4
        _write_down(calls // 2)
        log = stack.enter_context((home / "web.log").open("w"))
        stack.enter_context(walk._running([sys.executable, "-m", "phonebank", "web"], log))  # noqa: SLF001
        walk._until(lambda: walk._answers(port), 60)  # noqa: SLF001
        asyncio.run(_steps(kind, house, rate, seconds))


async def _steps(kind: str, house: settings.Settings, rate: int, seconds: int) -> None:
    steps = _all_steps()
    async with ClientSession() as session:
        took = await _evenly(session, house, itertools.islice(steps, rate * (seconds + WARMS_UP_S)), rate)
        took = took[rate * WARMS_UP_S :]
        most = await _as_many_as_it_takes(session, house, steps)
    slowest = _p99(took)
    print(f"    {kind}: p50 {statistics.median(took) * 1000:.0f} ms, p99 {slowest:.0f} ms, {len(took):,} steps")
    what = f"p99 of a step of a call at {rate} steps/s, {kind}"
    show(
        Figure(what, f"{slowest:.0f} ms", f"{LIMIT_MS} ms", slowest / LIMIT_MS, "at most 1"),
        Figure(f"steps of calls, {AT_ONCE} at a time, {kind}", f"{most:.0f}/s", f"{rate}/s", most / rate, "at least 1"),
    )


def _all_steps() -> Iterator[Step]:
    """Each call twice: it is taken, and a second later answered. (path, form), in the order they come."""
    waiting: list[int] = []
    for call_id in itertools.count(1):
        yield f"/twilio/calls/{call_id}/start", _form(call_id)
        waiting.append(call_id)
        if len(waiting) > 100:
            answered = waiting.pop(0)
            yield f"/twilio/calls/{answered}/answer/1", _form(answered) | ANSWERS[answered % len(ANSWERS)]


def _form(call_id: int) -> dict[str, str]:
    return {"CallSid": f"CA{call_id:032d}", "AccountSid": ACCOUNT, "CallStatus": "in-progress", "From": SENDER}


async def _evenly(session: ClientSession, house: settings.Settings, steps: Iterable[Step], rate: int) -> list[float]:
    """Seconds each took, of steps begun at even distances whatever the ones before them take."""
    begun, tasks = time.monotonic(), []
    for number, step in enumerate(steps):
        await asyncio.sleep(max(0.0, begun + number / rate - time.monotonic()))
        tasks.append(asyncio.create_task(_step(session, house, *step)))
    return await asyncio.gather(*tasks)


async def _as_many_as_it_takes(session: ClientSession, house: settings.Settings, steps: Iterator[Step]) -> float:
    ends, done = time.monotonic() + AT_ONCE_FOR_S, 0

    async def one() -> None:
        nonlocal done
        while time.monotonic() < ends:
            await _step(session, house, *next(steps))
            done += 1

    await asyncio.gather(*(one() for _ in range(AT_ONCE)))
    return done / AT_ONCE_FOR_S


async def _step(session: ClientSession, house: settings.Settings, path: str, form: dict[str, str]) -> float:
    url = house.address + path
    headers = {"X-Twilio-Signature": twilio.sign(url, form, TOKEN)}
    began = time.monotonic()
    async with session.post(url, data=form, headers=headers) as answer:
        words = await answer.text()
    took = time.monotonic() - began
    assert "<Say" in words, words[:200]
    assert "went wrong" not in words
    return took


def _p99(took: list[float]) -> float:
    return statistics.quantiles(took, n=100)[98] * 1000


def _phones(number: int) -> list[str]:
    return [f"+1{212 + i // 7_000_000}{2_000_000 + i:07d}" for i in range(number)]


def _write_down(calls: int) -> None:
    """A campaign whose calls are all ringing."""
    now, phones = clock.now(), _phones(calls)
    with db.transaction() as session:
        session.add(ContactList(name="everyone", created_at=now))
        session.flush()
        drive = spec.create(session, spec.parse(CAMPAIGN), now)
        same = {"first_name": "Ana", "zones": "America/New_York", "created_at": now, "updated_at": now}
        _insert(session, Contact, [{"phone": one, **same} for one in phones])
        same = {"campaign_id": drive.id, "zones": "America/New_York", "due_at": now}
        _insert(session, Recipient, [{"contact_id": i, "phone": one, **same} for i, one in enumerate(phones, 1)])
        same = {"campaign_id": drive.id, "kind": CallKind.SCRIPTED, "status": CallStatus.RINGING, "step": "call"}
        same |= {"sender": SENDER, "attempts": 1, "claimed_at": now, "created_at": now}
        ringing = [{"recipient_id": i, "phone": one, "carrier_sid": f"CA{i:032d}"} for i, one in enumerate(phones, 1)]
        _insert(session, Call, [one | same for one in ringing])


def _insert(session: Session, kind: type[SQLModel], rows: list[dict[str, object]]) -> None:
    table = tables.metadata.tables[str(kind.__tablename__)]
    session.connection().execute(table.insert(), [kind(**row).model_dump(exclude={"id"}) for row in rows])


if __name__ == "__main__":
    main()
