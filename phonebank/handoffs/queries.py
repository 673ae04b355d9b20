"""Which conversations wait for a person, whose they are, and who has the last word."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, case, func, or_
from sqlalchemy import select as columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from phonebank.campaigns.models import Campaign
from phonebank.contacts.models import Contact
from phonebank.errors import NotFoundError
from phonebank.handoffs.models import Handoff, HandoffStatus, SavedAnswer
from phonebank.messages.models import Direction, Message, MessageKind, MessageStatus
from phonebank.people.models import Person

NEVER_ARRIVED = (MessageStatus.FAILED, MessageStatus.UNDELIVERED, MessageStatus.CANCELED)


@dataclass(frozen=True)
class Waiting:
    """One standing conversation as the list shows it: never a number or a last name."""

    id: int
    campaign: str
    first_name: str
    reason: str
    status: HandoffStatus
    urgency: int
    opened_at: datetime
    claimed_by: int | None
    claimer: str
    claimed_until: datetime | None
    last_text: str
    is_our_turn: bool
    waits_since: datetime
    snoozed_until: datetime | None  # None once they have written again
    for_organizer: bool
    is_abusive: bool
    note: str

    def is_held(self, now: datetime) -> bool:
        """Somebody's lease stands."""
        return self.claimed_until is not None and self.claimed_until > now


def by_id(session: Session, handoff_id: int) -> Handoff:
    """Raises NotFoundError for an unknown one."""
    found = session.get(Handoff, handoff_id, populate_existing=True)
    if found is None:
        raise NotFoundError("There is no such conversation.")
    return found


def standing_of(session: Session, phone: str) -> Handoff | None:
    """The one that stands for this number (E.164), if any."""
    return session.exec(select(Handoff).where(Handoff.phone == phone, Handoff.status != HandoffStatus.CLOSED)).first()


def waiting(session: Session, limit: int | None = None) -> list[Waiting]:
    """All that stand, open or claimed: those that wait for our word first, the most urgent, then the oldest."""
    order = (waits_for_us().desc(), col(Handoff.urgency), waited_since(), col(Handoff.id))
    first = select(Handoff.id).where(Handoff.status != HandoffStatus.CLOSED).order_by(*order).limit(limit)
    in_order = rows().where(col(Handoff.id).in_(first)).order_by(*order)
    return [shown(row) for row in session.connection().execute(in_order)]


def oldest_first(session: Session) -> Iterator[Waiting]:
    """All that stand, streamed in the order they were opened."""
    those = rows().order_by(col(Handoff.opened_at), col(Handoff.id)).execution_options(yield_per=500)
    yield from map(shown, session.connection().execute(those))


def mine(session: Session, person_id: int, now: datetime) -> list[Waiting]:
    """Those this person holds now, the one that waits longest first."""
    held = rows().where(col(Handoff.claimed_by) == person_id, col(Handoff.claimed_until) > now)
    return [shown(row) for row in session.connection().execute(held.order_by(col(Handoff.opened_at)))]


def count_free(session: Session, now: datetime) -> int:
    """How many wait for our word and any volunteer may take."""
    waits = col(Handoff.waits_since).is_not(None)
    counted = columns(func.count()).select_from(Handoff).where(waits, is_free(now))
    return int(session.connection().scalar(counted) or 0)


def saved_for(session: Session, campaign_id: int | None) -> list[SavedAnswer]:
    """The saved answers for a conversation of this campaign, its own before everybody's."""
    fits = or_(col(SavedAnswer.campaign_id).is_(None), col(SavedAnswer.campaign_id) == campaign_id)
    own_first = col(SavedAnswer.campaign_id).is_(None)
    return list(session.exec(select(SavedAnswer).where(fits).order_by(own_first, col(SavedAnswer.shortcut))))


def all_saved(session: Session) -> list[tuple[SavedAnswer, str]]:
    """Every saved answer with its campaign's name, blank for everybody's."""
    rows = select(SavedAnswer, Campaign.name).outerjoin(Campaign, col(Campaign.id) == col(SavedAnswer.campaign_id))
    found = session.exec(rows.order_by(col(SavedAnswer.campaign_id), col(SavedAnswer.shortcut)))
    return [(saved, name or "") for saved, name in found]


def saved_as(session: Session, shortcut: str, campaign_id: int | None) -> SavedAnswer | None:
    """The saved answer of this shortcut and campaign (None: of all)."""
    same = SavedAnswer.campaign_id == campaign_id if campaign_id else col(SavedAnswer.campaign_id).is_(None)
    return session.exec(select(SavedAnswer).where(SavedAnswer.shortcut == shortcut, same)).first()


def counts(session: Session, campaign_id: int | None = None) -> dict[str, int]:
    """How many handoffs have each status, of one campaign or of all: `{"open": 3, …}`, every status named."""
    query = columns(col(Handoff.status), func.count().label("number")).group_by(col(Handoff.status))
    if campaign_id is not None:
        query = query.where(col(Handoff.campaign_id) == campaign_id)
    found = {row.status: row.number for row in session.connection().execute(query)}
    return {status.value: found.get(status, 0) for status in HandoffStatus}


def answers(session: Session, handoff_id: int, phone: str) -> list[Message]:
    """What volunteers wrote in this handoff, newest first."""
    steps = col(Message.step).startswith(f"answer:{handoff_id}:", autoescape=True)
    query = select(Message).where(Message.phone == phone, steps).order_by(col(Message.id).desc())
    return list(session.exec(query))


def contact_of(session: Session, phone: str) -> Contact | None:
    """Who has this number (E.164), as far as we know."""
    return session.exec(select(Contact).where(Contact.phone == phone)).first()


def last_heard(session: Session, phone: str) -> Message | None:
    """Their newest text."""
    theirs = select(Message).where(Message.phone == phone, Message.direction == Direction.IN)
    return session.exec(theirs.order_by(col(Message.id).desc()).limit(1)).first()


def heard_from(session: Session, *, before: int | None = None, limit: int = 50) -> list[Message]:
    """The newest text of each number that ever wrote to us, newest first; `before` that message id, for paging."""
    later = aliased(Message)
    newer = select(later.id).where(
        later.phone == Message.phone, later.direction == Direction.IN, col(later.id) > Message.id
    )
    query = select(Message).where(Message.direction == Direction.IN, ~newer.exists())
    if before is not None:
        query = query.where(col(Message.id) < before)
    return list(session.exec(query.order_by(col(Message.id).desc()).limit(limit)))


def waits_for_us() -> ColumnElement[bool]:
    """True unless a volunteer's answer is the last word (then only the supporter can go on)."""
    arrived = and_(col(Message.kind) == MessageKind.ANSWER, col(Message.status).not_in(NEVER_ARRIVED))
    last_word = (
        columns(col(Message.direction))
        .where(col(Message.phone) == col(Handoff.phone), or_(col(Message.direction) == Direction.IN, arrived))
        .order_by(col(Message.id).desc())
        .limit(1)
        .correlate(Handoff)
        .scalar_subquery()
    )
    return func.coalesce(last_word, Direction.IN) == Direction.IN


@dataclass(frozen=True)
class Wait:
    """One person who waits for our word: since when, how urgently, in which campaign."""

    handoff_id: int
    campaign_id: int | None
    urgency: int
    since: datetime


def waits(session: Session, now: datetime) -> list[Wait]:
    """Everybody who waits for our word and is not put aside, the longest wait first."""
    since = _waiting_since().label("since")
    theirs = columns(col(Handoff.id), col(Handoff.campaign_id), col(Handoff.urgency), since)
    those = session.connection().execute(theirs.where(_stands(), ~is_snoozed(now), waits_for_us()))
    found = [Wait(int(row.id), row.campaign_id, row.urgency, row.since) for row in those]
    return sorted(found, key=lambda wait: (wait.since, wait.handoff_id))


def is_any_waiting_since(session: Session, at: datetime, now: datetime) -> bool:
    """Whether somebody has waited for our word since this moment, or longer."""
    theirs = columns(col(Handoff.id)).where(_stands(), col(Handoff.opened_at) <= at, ~is_snoozed(now), waits_for_us())
    return session.connection().scalar(theirs.where(_waiting_since() <= at).limit(1)) is not None


def _stands() -> ColumnElement[bool]:
    return col(Handoff.status) != HandoffStatus.CLOSED


def _waiting_since() -> ColumnElement[datetime]:
    """As `waited_since`, or the first text since our last answer: a plain "ok" opens nothing anew."""
    ours = aliased(Message)
    is_answer = and_(col(ours.kind) == MessageKind.ANSWER, col(ours.status).not_in(NEVER_ARRIVED))
    answered = columns(func.max(ours.id)).where(col(ours.phone) == col(Handoff.phone), is_answer).scalar_subquery()
    theirs = (
        columns(func.min(Message.created_at))
        .where(col(Message.phone) == col(Handoff.phone), col(Message.direction) == Direction.IN)
        .where(col(Message.id) > func.coalesce(answered.correlate(Handoff), 0))
        .correlate(Handoff)
        .scalar_subquery()
    )
    return func.coalesce(col(Handoff.waits_since), theirs, col(Handoff.opened_at))


def is_snoozed(now: datetime) -> ColumnElement[bool]:
    """True while it is put aside and they have not written since."""
    return and_(
        col(Handoff.snoozed_until).is_not(None),
        col(Handoff.snoozed_until) > now,
        _has_not_written_since(),
    )


def _has_not_written_since() -> ColumnElement[bool]:
    return func.coalesce(last_heard_id(), 0) <= func.coalesce(col(Handoff.heard_before), 0)


def is_held(now: datetime) -> ColumnElement[bool]:
    """True while somebody's lease stands."""
    return and_(col(Handoff.claimed_until).is_not(None), col(Handoff.claimed_until) > now)


def is_free(now: datetime) -> ColumnElement[bool]:
    """True of what any volunteer may take now."""
    stands = and_(col(Handoff.status) != HandoffStatus.CLOSED, ~is_held(now))
    return and_(stands, ~col(Handoff.for_organizer), ~is_snoozed(now))


def last_heard_id() -> ScalarSelect[Any]:
    """The id of the newest text of a handoff's number."""
    is_theirs = and_(col(Message.phone) == col(Handoff.phone), col(Message.direction) == Direction.IN)
    theirs = columns(func.max(Message.id)).where(is_theirs)
    return theirs.correlate(Handoff).scalar_subquery()


def waited_since() -> ColumnElement[datetime]:
    """Since when a handoff waits for our word."""
    return func.coalesce(col(Handoff.waits_since), col(Handoff.opened_at))


def rows() -> Select[Any]:
    """Standing handoffs with what a list tells of them; `shown` makes a Waiting of each row."""
    last_text = (
        select(Message.body)
        .where(Message.phone == Handoff.phone, Message.direction == Direction.IN)
        .order_by(col(Message.id).desc())
        .limit(1)
        .correlate(Handoff)
        .scalar_subquery()
    )
    return (
        columns(
            Handoff,
            col(Campaign.name).label("campaign"),
            col(Contact.first_name).label("first_name"),
            col(Person.name).label("claimer"),
            last_text.label("last_text"),
            waits_for_us().label("is_our_turn"),
            case((func.coalesce(last_heard_id(), 0) <= Handoff.heard_before, Handoff.snoozed_until)).label(
                "asleep_until"
            ),
        )
        .outerjoin(Campaign, and_(col(Campaign.id) == Handoff.campaign_id))
        .outerjoin(Contact, and_(col(Contact.phone) == Handoff.phone))
        .outerjoin(Person, and_(col(Person.id) == Handoff.claimed_by))
        .where(col(Handoff.status) != HandoffStatus.CLOSED)
    )


def shown(row: Any) -> Waiting:
    """A row of `rows`."""
    return Waiting(
        id=row.id,
        campaign=row.campaign or "",
        first_name=row.first_name or "",
        reason=row.reason,
        status=HandoffStatus(row.status),
        urgency=row.urgency,
        opened_at=row.opened_at,
        claimed_by=row.claimed_by,
        claimer=row.claimer or "",
        claimed_until=row.claimed_until,
        last_text=row.last_text or "",
        is_our_turn=bool(row.is_our_turn),
        waits_since=row.waits_since or row.opened_at,
        snoozed_until=row.asleep_until,
        for_organizer=row.for_organizer,
        is_abusive=row.is_abusive,
        note=row.note,
    )
