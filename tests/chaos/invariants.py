"""The seven invariants of the house, checked after a run against the stand-in carrier's own ledger."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from phonebank import db
from phonebank.campaigns.models import Campaign, CampaignStatus
from phonebank.handoffs.lifecycle import LEASE
from phonebank.handoffs.models import Handoff
from phonebank.intents import Decision, Intent, Outcome
from phonebank.messages import queries, spool
from phonebank.messages.models import Direction, Message, MessageKind, MessageStatus
from phonebank.optouts import keywords
from phonebank.optouts.models import Ban, OptOut
from phonebank.recipients.models import Recipient, RecipientStatus
from phonebank.replies.models import ReplyReading
from tests.support.walk import DOUBTFUL, Walk

OPENS, CLOSES = 9, 20
_ANSWERED_WITHIN = timedelta(minutes=10)
_ON_ITS_WAY_S = 2.0  # what was claimed before may still be on its way
_SEES_THE_CLOCK_S = (
    2.5  # processes look at the dial five times a second; on a busy machine a request takes a while more
)


@dataclass(frozen=True)
class Seen:
    """What is known of one run: the carrier's rows, what people texted, whose zone is which, when the clock was moved."""

    walk: Walk
    zones: dict[str, str]
    jumps: list[float]
    set_back_s: float
    said_by_volunteers: list[str]
    texts: list[dict[str, Any]]
    told: list[dict[str, Any]]


def violations(seen: Seen) -> list[str]:
    """Every broken promise, in words. None of them may be."""
    with db.reading() as session:
        checks = (_all_settled, _one_ask, _all_in_our_books, _silent_after_stop, _in_hours, _replies, _unsure)
        found = [f"{check.__name__[1:]}: {wrong}" for check in checks for wrong in check(session, seen)]
        return found + [f"volunteers: {wrong}" for wrong in _one_volunteer(session, seen)]


def _all_settled(session: Session, seen: Seen) -> Iterator[str]:
    """1. The database is the truth: nothing waits for a bell that was lost."""
    now = seen.walk.clock.now()
    for text in session.exec(select(Message).where(col(Message.status).in_(DOUBTFUL))):
        yield f"text {text.id} is still {text.status}, claimed {text.claimed_at}, looks {text.looks}"
    for drive in seen.walk.drives:
        if queries.may_any_go(session, drive.sender, urgent_only=False, now=now):
            yield f"texts of {drive.name} are due and nobody says them"
    waiting = select(Recipient).join(Campaign, col(Campaign.id) == Recipient.campaign_id)
    waiting = waiting.where(Recipient.status == RecipientStatus.PENDING, Campaign.status == CampaignStatus.RUNNING)
    for one in session.exec(waiting):
        yield f"recipient {one.id} was never asked: due {one.due_at}, composed {one.composed_at}"
    if spool.is_waiting(seen.walk.house.settings.var / "spool"):
        yield "webhooks are still on disk"


def _one_ask(session: Session, seen: Seen) -> Iterator[str]:
    """2. One ask, once, for everyone who was not left out with a reason."""
    for drive in seen.walk.drives:
        asked = Counter(row["to"] for row in seen.texts if f"[{drive.name}]" in row["body"])
        standing = {
            one.phone: one for one in session.exec(select(Recipient).where(Recipient.campaign_id == drive.id)).all()
        }
        for number in drive.people:
            one = standing.get(number)
            if one is None:
                yield f"{number} was never enrolled in {drive.name}"
            elif asked[number] > 1:
                yield f"recipient {one.id} was asked {asked[number]} times in {drive.name}: {_story(session, one)}"
            elif asked[number] == 0 and one.status not in {RecipientStatus.EXCLUDED, RecipientStatus.UNREACHABLE}:
                yield f"recipient {one.id} is {one.status}, and was never asked: {_story(session, one)}"


def _story(session: Session, one: Recipient) -> str:
    """What became of all that was said with this person."""
    texts = session.exec(select(Message).where(Message.phone == one.phone).order_by(col(Message.created_at)))
    return "; ".join(
        f"{text.id} of {text.recipient_id} {text.step or text.kind} {text.status}, {text.attempts} attempts, {text.looks} "
        f"looks, error {text.error_code}, sid {text.carrier_sid}, made {text.created_at:%H:%M:%S}, "
        f"claimed {text.claimed_at and text.claimed_at.time()}, sent {text.sent_at and text.sent_at.time()}"
        for text in texts
    )


def _all_in_our_books(session: Session, seen: Seen) -> Iterator[str]:
    """2. Nothing was said twice: each text that the carrier took is a row of its own."""
    ours = session.exec(select(Message).where(Message.direction == Direction.OUT)).all()
    by_sid = {text.carrier_sid for text in ours if text.carrier_sid}
    nameless = Counter((text.phone, text.body) for text in ours if text.carrier_sid is None and text.sent_at)
    for row in seen.texts:
        if row["sid"] not in by_sid:
            nameless[row["to"], row["body"]] -= 1
            if nameless[row["to"], row["body"]] < 0:
                yield f"said, and in no row of ours: {row['sid']} at {row['at']}: {row['body'][:60]}"


def _silent_after_stop(session: Session, seen: Seen) -> Iterator[str]:
    """3. Nobody who opted out hears from us again."""
    stopped = {
        one["sender"]: one["monotonic"]
        for one in reversed(seen.told)
        if 200 in one["answers"] and keywords.is_exact_opt_out(one["body"])
    }
    for row in seen.texts:
        at = stopped.get(row["to"])
        if at is not None and row["monotonic"] > at + _ON_ITS_WAY_S:
            yield f"{row['monotonic'] - at:.1f} s after their stop: {row['body'][:60]}"
    if seen.set_back_s:
        return
    for ban in session.exec(select(OptOut).where(OptOut.kind == Ban.OPT_OUT)):
        late = ban.recorded_at + timedelta(seconds=10)
        for row in seen.texts:
            is_late = (
                row["to"] == ban.phone and datetime.fromisoformat(row["at"]) > late and not _is_near_jump(row, seen)
            )
            if is_late and "Sorry" not in row["body"]:
                yield f"after an opt-out of {ban.recorded_at} at {row['at']}: {row['body'][:60]}"


def _in_hours(session: Session, seen: Seen) -> Iterator[str]:
    """4. Nobody is reached outside contact hours, but by an answer to their own text."""
    heard = defaultdict(list)
    for text in session.exec(select(Message).where(Message.direction == Direction.IN)):
        heard[text.phone].append(text.created_at)
    for row in seen.texts:
        at = datetime.fromisoformat(row["at"])
        if OPENS <= at.astimezone(ZoneInfo(seen.zones[row["to"]])).hour < CLOSES or _is_near_jump(row, seen):
            continue
        is_ask = any(f"[{drive.name}]" in row["body"] for drive in seen.walk.drives)
        slack = timedelta(seconds=5 + seen.set_back_s)
        if is_ask or not any(-slack <= at - then <= _ANSWERED_WITHIN + slack for then in heard[row["to"]]):
            since = min((row["monotonic"] - jump for jump in seen.jumps if jump <= row["monotonic"]), default=0.0)
            yield f"{at} in {seen.zones[row['to']]}, {since:.2f} s after a jump: {row['body'][:60]}"


def _is_near_jump(row: dict[str, Any], seen: Seen) -> bool:
    return any(0 <= row["monotonic"] - jump <= _SEES_THE_CLOCK_S for jump in seen.jumps)


def _replies(session: Session, seen: Seen) -> Iterator[str]:
    """5. No reply is lost or handled twice."""
    kept = {text.carrier_sid: text for text in session.exec(select(Message).where(Message.direction == Direction.IN))}
    readings = Counter(session.exec(select(ReplyReading.message_id)).all())
    for one in seen.told:
        text = kept.get(one["sid"])
        if text is None and 200 in one["answers"]:
            yield f"lost, though the carrier was told 200: {one['body'][:60]}"
        if text is not None and text.status is not MessageStatus.HANDLED:
            yield f"reply {text.id} is still {text.status}"
        if text is not None and readings[text.id] != 1:
            yield f"reply {text.id} was read {readings[text.id]} times: {text.body[:60]}"


def _unsure(session: Session, seen: Seen) -> Iterator[str]:
    """6. Unsure is never guessed: it is in a person's hands; and a yes stands on a clear yes."""
    rows = session.exec(select(ReplyReading, Message.phone).join(Message, col(Message.id) == ReplyReading.message_id))
    readings = rows.all()
    with_people = set(session.exec(select(Handoff.phone)))
    for reading, phone in readings:
        if not reading.acted and reading.decision is not Decision.KEEP and phone not in with_people:
            yield f"unsure, and with nobody: reading {reading.id}, {reading.intent}, {reading.decision}"
    clear = {phone for reading, phone in readings if reading.acted and reading.intent is Intent.YES}
    clear |= set(session.exec(select(Handoff.phone).where(Handoff.verdict == Intent.YES.value)))
    for one in session.exec(select(Recipient).where(Recipient.outcome == Outcome.YES)):
        if one.phone not in clear:
            yield f"recipient {one.id} is a yes that nobody said"


def _one_volunteer(session: Session, seen: Seen) -> Iterator[str]:
    """7. Two volunteers never answer one person: within one lease, all words are one person's; and none is said twice."""
    answers = session.exec(select(Message).where(Message.kind == MessageKind.ANSWER).order_by(col(Message.id))).all()
    by_handoff = defaultdict(list)
    for text in answers:
        by_handoff[str(text.step).split(":")[1]].append(text)
    for handoff, texts in by_handoff.items():
        for one, other in pairwise(texts):
            least = LEASE - timedelta(seconds=seen.set_back_s)
            if one.written_by != other.written_by and other.created_at - one.created_at < least:
                yield f"two people answered handoff {handoff}, at {one.created_at} and {other.created_at}"
    times = Counter(row["body"] for row in seen.texts)
    for body in seen.said_by_volunteers:
        if times[body] > 1:
            yield f"said {times[body]} times: {body}"
