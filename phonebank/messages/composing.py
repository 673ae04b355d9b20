"""Writes one text down: counted, priced, checked against the ledger, due when the person's hours allow it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Table
from sqlmodel import Session

from phonebank import phone as numbers
from phonebank.asks import segments
from phonebank.campaigns import contact_hours
from phonebank.campaigns.models import Campaign, Channel
from phonebank.db import insert_ignoring
from phonebank.errors import RefusedError
from phonebank.jobs import ring_after_commit
from phonebank.messages import queries
from phonebank.messages.models import Direction, Message, MessageKind, MessageStatus, Priority
from phonebank.optouts import queries as optouts
from phonebank.optouts.models import Ban
from phonebank.recipients.models import Recipient

ANSWERED_WITHIN = timedelta(minutes=10)
"""An answer to a person's own text may follow it this soon at any hour; everything later waits for contact hours."""

_DEFAULT_HOURS = (time(9), time(20))

messages: Table = Message.__table__  # type: ignore[attr-defined]  # SQLModel hides the table from mypy


@dataclass(frozen=True)
class NewText:
    """One text of ours. `step` names it within its recipient's walk: the same step is never written twice."""

    phone: str
    sender: str
    kind: MessageKind
    body: str
    priority: Priority
    campaign_id: int | None = None
    recipient_id: int | None = None
    step: str | None = None
    written_by: int | None = None
    due_at: datetime | None = None  # None: as soon as their hours allow
    useless_at: datetime | None = None


def compose(session: Session, text: NewText, now: datetime) -> int | None:
    """Write this text down and ring for it. None when its step is written already.

    Raises RefusedError when the number is opted out, or held until a person has read what they wrote.
    """
    refuse_if_banned(session, text.phone)
    due_at, lapses_at = _when(session, text, now)
    row = row_of(text, due_at=due_at, lapses_at=lapses_at, now=now)
    message_id: int | None = session.connection().scalar(
        insert_ignoring(messages, session).returning(messages.c.id), row
    )
    if message_id is not None:
        ring_after_commit(session, "answers" if text.priority < Priority.ASK else "texts", text.sender)
    return message_id


def refuse_if_banned(session: Session, phone: str) -> None:
    """Raises RefusedError when nothing may go to this number."""
    standing = optouts.kinds_standing(session, phone)
    if Ban.OPT_OUT in standing:
        raise RefusedError("This person asked us to stop: nothing can be sent to them.")
    if Ban.HOLD in standing:
        raise RefusedError("They may have asked us to stop: say first whether they did, then write.")


def row_of(text: NewText, *, due_at: datetime, lapses_at: datetime, now: datetime) -> dict[str, object]:
    """The queued Message row of this text, counted and priced."""
    body = segments.plain(text.body)
    counted = segments.count(body).segments
    return {
        "direction": Direction.OUT,
        "kind": text.kind,
        "status": MessageStatus.QUEUED,
        "campaign_id": text.campaign_id,
        "recipient_id": text.recipient_id,
        "step": text.step,
        "phone": text.phone,
        "sender": text.sender,
        "body": body,
        "media": [],
        "priority": text.priority.value,
        "segments": counted,
        "cost_micros": price_micros(counted, now.date()),
        "written_by": text.written_by,
        "due_at": due_at,
        "lapses_at": lapses_at,
        "useless_at": text.useless_at,
        "carrier_rank": -1,
        "attempts": 0,
        "looks": 0,
        "created_at": now,
    }


def price_micros(counted: int, on: date) -> int:
    """So many segments in millionths of a US dollar."""
    return int(segments.cost(counted, on=on) * 1_000_000)


def window_for(
    campaign: Campaign | None, *, zones: str, state: str, now: datetime, channel: str = Channel.TEXT
) -> contact_hours.Window:
    """The contact hours that are open now, or open next, in every zone (joined by `|`) a person may be in."""
    start, end = (campaign.hours_start, campaign.hours_end) if campaign else _DEFAULT_HOURS
    return contact_hours.window(now, zones=zones.split("|"), state=state or None, start=start, end=end, channel=channel)


def _when(session: Session, text: NewText, now: datetime) -> tuple[datetime, datetime]:
    """When this text falls due and when it lapses."""
    at = text.due_at or now
    if text.kind is MessageKind.TEST:
        return at, at + ANSWERED_WITHIN
    wrote_at = queries.last_heard_at(session, text.phone)
    if wrote_at is not None and at < wrote_at + ANSWERED_WITHIN:
        return at, wrote_at + ANSWERED_WITHIN
    window = hours_of(session, text, at)
    return max(at, window.opens_at), window.closes_at


def hours_of(session: Session, text: NewText | Message, at: datetime) -> contact_hours.Window:
    """The next contact hours of whoever this text is for."""
    campaign = session.get(Campaign, text.campaign_id) if text.campaign_id else None
    recipient = session.get(Recipient, text.recipient_id) if text.recipient_id else None
    person = recipient or queries.contact_of(session, text.phone)
    zones = (person.zones if person else "") or "|".join(sorted(numbers.zones(text.phone)))
    return window_for(campaign, zones=zones, state=person.state if person else "", now=at)
