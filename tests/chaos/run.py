"""One run: a house, people who answer by themselves, a plan of troubles; then recovery, and the invariants."""

import shutil
import tempfile
import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from phonebank import clock as house_clock
from phonebank import db
from phonebank.campaigns.models import Campaign, CampaignStatus
from phonebank.messages import queries, spool
from phonebank.messages.models import Message, MessageStatus
from phonebank.recipients import queries as recipients
from tests.chaos import invariants
from tests.chaos.invariants import Seen
from tests.chaos.plans import Plan
from tests.chaos.trouble import Troublemaker
from tests.chaos.volunteers import Volunteer
from tests.support.databases import PostgresDatabases, SqliteDatabases
from tests.support.house import House
from tests.support.servers import MortalPostgres, Server
from tests.support.walk import DOUBTFUL, Drive, Walk

PATIENCE_S = 180.0
"""How long recovery and the talk after it may take, in real seconds, before that is a violation of its own."""

_MIX = {
    "silent": 25,
    "yes": 22,
    "yes_and_asks": 4,
    "maybe": 12,
    "question": 10,
    "not_now": 8,
    "not_that": 3,
    "no": 8,
    "opt_out": 4,
    "wrong_number": 1,
    "help": 1,
    "other": 2,
}
_QUIET_LOOKS = 4
_STEP_S = 16  # a look into the carrier's log counts fifteen seconds after the last


@dataclass
class Outcome:
    """What one run came to. Recovery: from the end of the faults until nothing of before was in doubt or due."""

    plan: Plan
    faults: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    recovered_after_s: float = 0.0
    by_the_clock: timedelta = timedelta()
    asks: int = 0
    replies: int = 0
    answers: int = 0
    given_up: int = 0
    paused: list[str] = field(default_factory=list)
    words: str = ""  # the parts' own, when something was violated


def run(plan: Plan) -> Outcome:
    """Carry out a plan on a house of its own."""
    outcome = Outcome(plan)
    with _database(plan.database) as (url, postgres), a_house(url, reply_mix=_MIX, reply_pace=0.02) as house:
        walk = Walk(house)
        zones = _people(walk, plan)
        taken: deque[int] = deque(maxlen=4)
        volunteers = [Volunteer(walk, name, plan.seed, taken) for name in ("Ana", "Ben")]
        for volunteer in volunteers:
            volunteer.start()
        troubles = Troublemaker(walk, plan, postgres)
        try:
            house.clock.run(plan.speed)
            troubles.run()
            house.clock.run(1.0)
            _recover(walk, troubles, outcome)
        finally:
            for volunteer in volunteers:
                volunteer.leave()
        _until_silent(walk, troubles, outcome)
        outcome.faults = troubles.done + Counter(walk.carrier.stats()["faults"])
        _look(walk, zones, troubles, volunteers, outcome)
        if outcome.violations:
            outcome.words = house.logs(20_000)
        walk.leave()
    return outcome


def _look(
    walk: Walk, zones: dict[str, str], troubles: Troublemaker, volunteers: list[Volunteer], outcome: Outcome
) -> None:
    said = [body for volunteer in volunteers for body in volunteer.said]
    seen = Seen(walk, zones, troubles.jumps, troubles.set_back_s, said, walk.ledger(), walk.carrier.told())
    outcome.violations += invariants.violations(seen)
    outcome.asks = sum(any(f"[{drive.name}]" in row["body"] for drive in walk.drives) for row in seen.texts)
    outcome.replies, outcome.answers = len(seen.told), sum(row["body"] in said for row in seen.texts)
    with db.reading() as session:
        given_up = select(Message).where(Message.status == MessageStatus.FAILED, col(Message.error_code).is_(None))
        outcome.given_up = len(session.exec(given_up).all())


def _people(walk: Walk, plan: Plan) -> dict[str, str]:
    """A campaign for each time zone, and one that asks some of the same people again. Gives whose zone is which."""
    zones: dict[str, str] = {}
    for number, (zone, count) in enumerate(plan.people.items()):
        people = walk.people(count)
        zones |= dict.fromkeys(people, zone)
        _launch(walk, plan, people, f"drive {number} of {plan.seed}", zone)
    again = list(zones)[: max(1, len(zones) // 8)]
    _launch(walk, plan, again, f"once more of {plan.seed}", zones[again[0]])
    walk.carrier.supporters({"number": number, "first_name": "Sam", "zone": zone} for number, zone in zones.items())
    return zones


def _launch(walk: Walk, plan: Plan, people: list[str], name: str, zone: str) -> Drive:
    ask = walk.ask(
        texts=[
            f"[{name}] Hi {{{{ first_name }}}}, can I count on you to make calls {{{{ ask.when }}}}? Reply STOP to end."
        ],
        alternatives=[
            {"for": "not_now", "text": "Could you join us {{ ask.when }} instead?", "starts_at": walk.event(8)},
        ],
    )
    return walk.launch(
        people, name=name, ask=ask, columns={"timezone": zone}, limits={"segments_per_second": plan.pace}
    )


def _recover(walk: Walk, troubles: Troublemaker, outcome: Outcome) -> None:
    """Wait until nothing of before is left over, winding on what only waits."""
    began, ended = time.monotonic(), walk.clock.now()
    for left in _waiting(walk, troubles, outcome, ended):
        if not left:
            outcome.recovered_after_s = time.monotonic() - began
            outcome.by_the_clock = walk.clock.now() - ended
            return


def _until_silent(walk: Walk, troubles: Troublemaker, outcome: Outcome) -> None:
    """Wait until nobody has any more to say: seen several times, for a webhook on its way is in no book."""
    seen = 0
    for _ in _waiting(walk, troubles, outcome, walk.clock.now()):
        seen = seen + 1 if _is_quiet(walk) else 0
        if seen == _QUIET_LOOKS:
            return


def _waiting(walk: Walk, troubles: Troublemaker, outcome: Outcome, ended: datetime) -> Iterator[list[str]]:
    """What is left over of the time before, again and again, until patience ends: then that is a violation."""
    until, wound_at = time.monotonic() + PATIENCE_S, time.monotonic()
    while time.monotonic() < until:
        left = list(_left_over(walk, ended))
        yield left
        _go_on(walk, outcome)
        if time.monotonic() - wound_at > 1.0:
            _wind(walk, troubles, left)
            wound_at = time.monotonic()
        time.sleep(0.25)
    outcome.violations.append(f"not over {PATIENCE_S:.0f} s after the faults: {list(_left_over(walk, ended))[:10]}")


def _wind(walk: Walk, troubles: Troublemaker, left: list[str]) -> None:
    """Time passes where nothing but time is missing: looks into the log, replies to come, contact hours."""
    if left and all(one.startswith("in doubt") for one in left):
        troubles.wind(seconds=_STEP_S)
    elif not left and not _is_quiet(walk):
        troubles.wind(minutes=5)


def _left_over(walk: Walk, before: datetime) -> Iterator[str]:
    """What was there when the faults ended, and is not settled yet."""
    now = walk.clock.now()
    with db.reading() as session:
        for text in session.exec(select(Message).where(col(Message.status).in_(DOUBTFUL))):
            if text.claimed_at is None or text.claimed_at <= before or text.created_at <= before:
                yield f"in doubt: {text.id} {text.status} of {text.claimed_at}, {text.looks} looks"
        for drive in walk.drives:
            if session.scalar(queries.may_go_now(drive.sender, urgent_only=False, now=now).limit(1)):
                yield f"due at {drive.name}"
            if recipients.any_due(session, drive.id, now):
                yield f"not written: {drive.name}"
        for row in queries.unread(session, 1000):
            if row.first <= before:
                yield f"unread since {row.first}"
    if spool.is_waiting(walk.house.settings.var / "spool"):
        yield "on disk"


def _is_quiet(walk: Walk) -> bool:
    """Nobody has anything more to say, and everyone was asked."""
    if walk.carrier.stats()["to_come"] or walk._work() or list(_left_over(walk, walk.clock.now())):
        return False
    with db.reading() as session:
        return not any(recipients.by_status(session, drive.id).get("pending") for drive in walk.drives)


def _go_on(walk: Walk, outcome: Outcome) -> None:
    """The button that a member of staff has when a campaign stopped by itself."""
    with db.reading() as session:
        stopped = session.exec(select(Campaign).where(Campaign.status == CampaignStatus.PAUSED)).all()
    for campaign in stopped:
        outcome.paused.append(str(campaign.paused_reason))
        walk.resume(next(drive for drive in walk.drives if drive.id == campaign.id))


@contextmanager
def _database(kind: str) -> Iterator[tuple[str, MortalPostgres | None]]:
    folder = Path(tempfile.mkdtemp(prefix="phonebank-chaos-", dir="/tmp"))
    postgres = MortalPostgres() if kind == "postgresql" else None
    try:
        if postgres is None:
            yield SqliteDatabases(folder).fresh(), None
        else:
            yield PostgresDatabases(Server(postgres.url, postgres.stop)).fresh(), postgres
    finally:
        if postgres is not None:
            postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def a_house(url: str, *, more: Sequence[str] = ("clock 2", "bulk 2"), **carrier: Any) -> Iterator[House]:
    """A house on this database, entered; gone at the end."""
    home = Path(tempfile.mkdtemp(prefix="phonebank-house-", dir="/tmp"))
    house = House(url, home, more=more, **carrier)
    try:
        house.enter()
        yield house
    finally:
        house.stop()
        db.engine().dispose()
        house_clock.follow(None)
        shutil.rmtree(home, ignore_errors=True)
