"""The inbox under load: p95 of every page and action, while a blast goes out and 200 volunteers answer.

    python bench/inbox.py [--volunteers 200] [--seconds 60] [--database sqlite|postgresql|both]

Everything is real and on one machine: gunicorn as in production, workers, clock, the stand-in carrier, a blast at 75
segments a second, supporters who answer it, and volunteers who poll every 1.5 seconds, save drafts and answer every ten
seconds (20 answers a second), one answer in ten by a double tap. The limit is 250 ms; beside it stands what
the emptiest page (`/health/live`) takes in the same run. Afterwards every answer and every draft is looked for.
"""

import argparse
import asyncio
import statistics
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from aiohttp import ClientSession

from bench import walk
from bench.figures import Figure, show
from bench.volunteers import Log, Volunteer
from phonebank import clock, db, settings, tables
from phonebank.campaigns import lifecycle, spec
from phonebank.db import insert_for
from phonebank.handoffs import lifecycle as handoffs
from phonebank.messages.models import Direction, Message, MessageKind, MessageStatus
from phonebank.people import accounts
from phonebank.people.models import Role
from phonebank.rehearsal import remote
from tests.support.blast import ACCOUNT, CAMPAIGN, TOKEN
from tests.support.servers import free_port

LIMIT_MS = 250
SEGMENTS_PER_SECOND = 75
ANSWERS_PER_SECOND = 20
SUPPORTERS = {"maybe": 0.15, "yes": 0.1, "no": 0.05, "silent": 0.7}
WARMS_UP_S = 15
WAITING_ALREADY = 400


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--volunteers", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--database", default="both", choices=("sqlite", "postgresql", "both"))
    asked = parser.parse_args()
    kinds = ("sqlite", "postgresql") if asked.database == "both" else (asked.database,)
    held = [_measure(kind, asked.volunteers, asked.seconds) for kind in kinds]
    if not all(held):
        sys.exit("An answer or a draft was lost or doubled, or a page broke: see above.")


def _measure(kind: str, volunteers: int, seconds: int) -> bool:
    with ExitStack() as stack:
        home, port = Path(stack.enter_context(TemporaryDirectory())), free_port()
        carrier = stack.enter_context(_carrier(port))
        house = walk._open(stack, home, port, carrier.url, walk._database(stack, kind))  # noqa: SLF001
        campaign_id = _people_and_campaign(carrier, SEGMENTS_PER_SECOND * (seconds + WARMS_UP_S))
        waiting = WAITING_ALREADY + ANSWERS_PER_SECOND * (seconds + WARMS_UP_S)
        links = _fill(waiting, volunteers)
        for part in walk.PARTS:
            errors = stack.enter_context((home / f"{part}.log").open("w"))
            stack.enter_context(walk._running([sys.executable, "-m", "phonebank", part], errors))  # noqa: SLF001
        walk._until(lambda: walk._answers(port), 60)  # noqa: SLF001
        log, probes, spoken = asyncio.run(_shift(house, carrier, links, seconds, campaign_id))
        _tell(kind, volunteers, log, probes, spoken / (seconds + WARMS_UP_S), seconds)
        return _kept(log)


async def _shift(
    house: settings.Settings, carrier: remote.Carrier, links: list[str], seconds: int, campaign_id: int
) -> tuple[Log, list[float], int]:
    log, probes = Log(), list[float]()
    every_s = len(links) / ANSWERS_PER_SECOND
    everybody = [Volunteer(f"V{number}", house.address, log, every_s) for number in range(len(links))]
    for one, link in zip(everybody, links, strict=True):
        await one.sign_in(link)
    before = carrier.stats()["accepted"]
    with db.transaction() as session:
        lifecycle.launch(session, campaign_id, by="bench", because=None, now=clock.now())
    cpu, own, began = walk._spent(), time.process_time(), time.monotonic()  # noqa: SLF001
    log.counts_from = began + WARMS_UP_S
    ends = log.counts_from + seconds
    probing = asyncio.create_task(_probe(house.address, probes, log.counts_from, ends))
    await asyncio.gather(*(one.work(lambda: time.monotonic() > ends) for one in everybody))
    await probing
    spoken = await asyncio.to_thread(lambda: carrier.stats()["accepted"])
    used, took = walk._spent() - cpu, time.monotonic() - began  # noqa: SLF001
    used["the volunteers"] = time.process_time() - own
    print("    cores busy: " + ", ".join(f"{part[-24:]} {seconds / took:.2f}" for part, seconds in used.most_common(8)))
    return log, probes, spoken - before


async def _probe(address: str, probes: list[float], begins: float, ends: float) -> None:
    """What a page that does nothing takes meanwhile."""
    async with ClientSession() as session:
        while time.monotonic() < ends:
            await asyncio.sleep(0.2)
            began = time.monotonic()
            async with session.get(f"{address}/health/live") as answer:
                await answer.read()
            if began >= begins:
                probes.append(time.monotonic() - began)


def _tell(kind: str, volunteers: int, log: Log, probes: list[float], spoken: float, seconds: int) -> None:
    answers = len(log.took["action: answer"]) / seconds
    empty = _p95(probes)
    print(f"{kind}: {answers:.1f} answers/s, {spoken:.0f} texts/s to the carrier, {len(log.wrong)} wrong answers")
    for wrong in sorted(set(log.wrong)):
        print(f"    {wrong}: {log.wrong.count(wrong)}")
    print(f"    {'the emptiest page':28} p50 {_p50(probes):6.0f}  p95 {empty:6.0f} ms")
    measured = {what: took for what, took in sorted(log.took.items()) if what != "sign in" and len(took) > 1}
    for what, took in measured.items():
        print(f"    {what:28} p50 {_p50(took):6.0f}  p95 {_p95(took):6.0f} ms  ({len(took):,})")
    for group in ("page", "action", "poll"):
        slowest = max((what for what in measured if what.startswith(group)), key=lambda what: _p95(measured[what]))
        ours = _p95(measured[slowest])
        show(
            Figure(
                f"p95 of the slowest {slowest}, {volunteers} volunteers, {kind} (the emptiest page: {empty:.0f} ms)",
                f"{ours:.0f} ms",
                f"{LIMIT_MS} ms",
                ours / LIMIT_MS,
                "at most 1",
            )
        )


def _kept(log: Log) -> bool:
    """Whether each answer that was said to be sent is there once, and each draft that was said to be kept."""
    message, handoff = (tables.metadata.tables[name] for name in ("message", "handoff"))
    with db.reading() as session:
        answered = message.select().where(message.c.kind == MessageKind.ANSWER)
        sent = [row.body for row in session.connection().execute(answered)]
        drafts = {row.id: row.draft for row in session.connection().execute(handoff.select())}
    lost = [words for words in log.answers if words not in set(sent)]
    doubled = len(sent) - len(set(sent))
    drafts_lost = [one for one, words in log.drafts.items() if drafts[one] != words]
    print(f"    {len(log.answers):,} answers: {len(lost)} lost, {doubled} sent twice", end="; ")
    print(f"{len(log.drafts)} drafts left behind: {len(drafts_lost)} lost")
    return not lost and not doubled and not drafts_lost and not log.wrong


def _carrier(port: int) -> remote.Carrier:
    return remote.spawn(
        account_sid=ACCOUNT,
        auth_token=TOKEN,
        inbound_url=f"http://127.0.0.1:{port}/twilio/sms",
        service_rate=1000,
        pick_delay=(0.0, 0.05),
        delivery_delay=(0.1, 0.5),
        reply_mix=SUPPORTERS,
        reply_pace=0,
    )


def _people_and_campaign(carrier: remote.Carrier, people: int) -> int:
    campaign_id = walk._people_and_campaign(carrier, people)  # noqa: SLF001
    with db.transaction() as session:
        campaign = tables.metadata.tables["campaign"]
        paced = campaign.update().values(segments_per_second=SEGMENTS_PER_SECOND)
        session.connection().execute(paced.where(campaign.c.id == campaign_id))
    return campaign_id


def _fill(waiting: int, volunteers: int) -> list[str]:
    """So many people of an earlier campaign who wait for a word, and a sign-in link for each volunteer."""
    now = clock.now()
    with db.transaction() as session:
        earlier = spec.create(session, spec.parse(CAMPAIGN.replace('"bench"', '"bench before"')), now)
        message = tables.metadata.tables["message"]
        for number in range(waiting):
            phone = f"+1305{4_000_000 + number:07d}"
            told = {"phone": phone, "campaign_id": earlier.id, "sender": earlier.sender, "created_at": now}
            asked = Message(
                direction=Direction.OUT, kind=MessageKind.ASK, status=MessageStatus.DELIVERED, body="Hi!", **told
            )
            heard = Message(
                direction=Direction.IN, kind=MessageKind.REPLY, status=MessageStatus.HANDLED, body="maybe?", **told
            )
            rows = [row.model_dump(exclude={"id"}) for row in (asked, heard)]
            session.connection().execute(insert_for(session, message), rows)
            story = {"campaign_id": earlier.id, "recipient_id": None, "reason": "maybe", "why": "'maybe' → maybe"}
            handoffs.open_(session, phone=phone, urgency=2, now=now, **story)  # type: ignore[arg-type]  # all of them
        links = []
        for number in range(volunteers):
            person = accounts.add(session, f"v{number}@example.org", f"V{number}", Role.VOLUNTEER, None, now)
            links.append(f"/sign-in/{accounts.sign_in_link(session, person.id or 0, now)}")
    return links


def _p95(took: list[float]) -> float:
    return statistics.quantiles(took, n=20)[-1] * 1000 if len(took) > 1 else 0.0


def _p50(took: list[float]) -> float:
    return statistics.median(took) * 1000 if took else 0.0


if __name__ == "__main__":
    main()
