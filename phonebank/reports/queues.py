"""What waits for an organizer, queue by queue, the oldest first: strangers' texts, late replies, holds, lost texts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, literal_column
from sqlmodel import Session, col, select

from phonebank.campaigns.models import Campaign
from phonebank.contacts.models import Contact
from phonebank.handoffs.models import Handoff, HandoffStatus
from phonebank.messages.models import Direction, Message, MessageStatus
from phonebank.messages.queries import IS_IN_DOUBT
from phonebank.optouts.models import OptOut
from phonebank.people.models import Person

SCREENFUL = 25
_IS_STRAY: Any = literal_column(
    "message.direction = 'in' AND message.recipient_id IS NULL AND message.filed_at IS NULL"
)  # the small index's own words
_IS_HELD: Any = literal_column("opt_out.kind = 'hold' AND opt_out.lifted_at IS NULL")


@dataclass(frozen=True)
class Counts:
    """How many rows each queue has now."""

    strangers: int
    late: int
    held: int
    unknown: int

    @property
    def total(self) -> int:
        return self.strangers + self.late + self.held + self.unknown


@dataclass(frozen=True)
class Waits:
    """One row of a queue: `id` is what its buttons name."""

    id: int
    phone: str
    first_name: str
    campaign: str
    body: str
    at: datetime | None
    texts: int = 1
    claimer: str = ""
    why: str = ""
    message: Message | None = None


@dataclass(frozen=True)
class Shown:
    """One screenful; `after` is where the next begins, None at the end."""

    rows: list[Waits]
    after: int | None


@dataclass(frozen=True)
class Failures:
    """Texts that did not arrive, by the carrier's code."""

    code: int | None
    texts: int
    campaigns: int


def counts(session: Session) -> Counts:
    """How many rows each queue has."""
    return Counts(
        strangers=_number(session, _strangers()),
        late=_number(session, select(Handoff.id).where(*_late())),
        held=_number(session, select(OptOut.id).where(_IS_HELD)),
        unknown=_number(session, select(Message.id).where(IS_IN_DOUBT, Message.status == MessageStatus.UNKNOWN)),
    )


def strangers(session: Session, after: int = 0) -> Shown:
    """Numbers no campaign knows, that nobody has dealt with: a row for each, with its newest text."""
    page = list(session.connection().execute(_strangers(after).limit(SCREENFUL + 1)))
    rows = [_stranger(session, row) for row in page[:SCREENFUL]]
    return Shown(rows, page[SCREENFUL - 1].first if len(page) > SCREENFUL else None)


def late(session: Session, after: int = 0) -> Shown:
    """Replies to campaigns that are closed."""
    query = select(Handoff).where(*_late(), col(Handoff.id) > after).order_by(col(Handoff.id)).limit(SCREENFUL + 1)
    found = list(session.exec(query))
    return _screen([_conversation(session, one.id or 0, one.phone, one) for one in found])


def held(session: Session, after: int = 0) -> Shown:
    """Numbers to which nothing goes until a person has read whether they asked us to stop."""
    query = select(OptOut).where(_IS_HELD, col(OptOut.id) > after).order_by(col(OptOut.id)).limit(SCREENFUL + 1)
    found = list(session.exec(query))
    return _screen([_conversation(session, one.id or 0, one.phone, _standing(session, one.phone)) for one in found])


def unknown(session: Session, after: int = 0) -> Shown:
    """Texts that may have gone or not, which the carrier's log could not settle."""
    lost = select(Message).where(IS_IN_DOUBT, Message.status == MessageStatus.UNKNOWN, col(Message.id) > after)
    found = list(session.exec(lost.order_by(col(Message.id)).limit(SCREENFUL + 1)))
    return _screen([_lost(session, one) for one in found])


def failures(session: Session, since: datetime) -> list[Failures]:
    """Why texts since this moment did not arrive, the commonest first."""
    number = func.count().label("number")
    failed = select(Message.error_code, number, func.count(func.distinct(col(Message.campaign_id)))).where(
        literal_column("message.status IN ('undelivered', 'failed')"), col(Message.claimed_at) >= since
    )
    rows = session.exec(failed.group_by(col(Message.error_code)).order_by(number.desc()))
    return [Failures(code, texts, campaigns) for code, texts, campaigns in rows]


def _strangers(after: int = 0) -> Any:
    """A row for each number that nobody has in hand, and against which nothing stands."""
    in_hand = exists().where(col(Handoff.phone) == col(Message.phone), col(Handoff.status) != HandoffStatus.CLOSED)
    banned = exists().where(col(OptOut.phone) == col(Message.phone), col(OptOut.lifted_at).is_(None))
    first = func.min(Message.id).label("first")
    stray = select(col(Message.phone), first, func.max(Message.id).label("last"), func.count().label("texts")).where(
        _IS_STRAY, Message.status == MessageStatus.HANDLED, ~in_hand, ~banned
    )
    return stray.group_by(col(Message.phone)).having(first > after).order_by(first)


def _late() -> tuple[Any, ...]:
    return col(Handoff.status).in_((HandoffStatus.OPEN, HandoffStatus.CLAIMED)), col(Handoff.reason) == "late"


def _number(session: Session, query: Any) -> int:
    return int(session.exec(select(func.count()).select_from(query.subquery())).one())


def _screen(rows: list[Waits]) -> Shown:
    return Shown(rows[:SCREENFUL], rows[SCREENFUL - 1].id if len(rows) > SCREENFUL else None)


def _stranger(session: Session, row: Any) -> Waits:
    text = session.get_one(Message, row.last)
    return Waits(row.last, text.phone, "", "", text.body, text.created_at, texts=row.texts, message=text)


def _conversation(session: Session, row_id: int, phone: str, handoff: Handoff | None) -> Waits:
    heard = select(Message).where(Message.phone == phone, Message.direction == Direction.IN)
    text = session.exec(heard.order_by(col(Message.id).desc()).limit(1)).first()
    campaign_id = handoff.campaign_id if handoff is not None else text.campaign_id if text is not None else None
    return Waits(
        id=row_id,
        phone=phone,
        first_name=_first_name(session, phone),
        campaign=_campaign(session, campaign_id),
        body=text.body if text is not None else "",
        at=text.created_at if text is not None else None,
        claimer=_claimer(session, handoff),
        why=handoff.why if handoff is not None else "",
        message=text,
    )


def _lost(session: Session, text: Message) -> Waits:
    at = text.claimed_at or text.created_at
    name = _first_name(session, text.phone)
    return Waits(text.id or 0, text.phone, name, _campaign(session, text.campaign_id), text.body, at, message=text)


def _standing(session: Session, phone: str) -> Handoff | None:
    return session.exec(select(Handoff).where(Handoff.phone == phone, Handoff.status != HandoffStatus.CLOSED)).first()


def _first_name(session: Session, phone: str) -> str:
    return session.exec(select(Contact.first_name).where(Contact.phone == phone)).first() or ""


def _campaign(session: Session, campaign_id: int | None) -> str:
    campaign = session.get(Campaign, campaign_id) if campaign_id is not None else None
    return campaign.name if campaign is not None else ""


def _claimer(session: Session, handoff: Handoff | None) -> str:
    person = session.get(Person, handoff.claimed_by) if handoff is not None and handoff.claimed_by else None
    return person.name if person is not None else ""
