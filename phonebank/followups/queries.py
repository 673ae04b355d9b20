"""Reads of commitments and follow-ups."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, func, select

from phonebank.asks.models import Ask
from phonebank.followups.lifecycle import STANDING
from phonebank.followups.models import CalendarFeed, Commitment, Door, FollowUp, FollowUpStatus, Greeter
from phonebank.people.models import Person
from phonebank.recipients.models import Recipient


def by_token(session: Session, token: str) -> Commitment | None:
    """The commitment behind a supporter's own page."""
    return session.exec(select(Commitment).where(Commitment.token == token)).first()


def standing_of(session: Session, recipient_id: int) -> Commitment | None:
    """Their yes that stands, the newest one."""
    theirs = select(Commitment).where(Commitment.recipient_id == recipient_id, col(Commitment.status).in_(STANDING))
    return session.exec(theirs.order_by(col(Commitment.pledged_at).desc())).first()


def of_recipient(session: Session, recipient_id: int) -> list[Commitment]:
    """Every yes of this recipient, whatever became of it, the newest first."""
    theirs = select(Commitment).where(Commitment.recipient_id == recipient_id)
    return list(session.exec(theirs.order_by(col(Commitment.pledged_at).desc())))


def to_ask(session: Session, recipient_id: int, ask_id: int) -> Commitment | None:
    """Their commitment to one ask, standing or not."""
    theirs = select(Commitment).where(Commitment.recipient_id == recipient_id, Commitment.ask_id == ask_id)
    return session.exec(theirs).first()


def of_campaign(session: Session, campaign_id: int) -> list[Commitment]:
    theirs = select(Commitment).where(Commitment.campaign_id == campaign_id)
    return list(session.exec(theirs.order_by(col(Commitment.id))))


def due(session: Session, now: datetime, most: int) -> Sequence[tuple[FollowUp, Commitment]]:
    """Reminders whose moment has come, with the commitment each belongs to, the oldest first."""
    ready = (
        select(FollowUp, Commitment)
        .join(Commitment, col(FollowUp.commitment_id) == col(Commitment.id))
        .where(FollowUp.status == FollowUpStatus.SCHEDULED, col(FollowUp.due_at) <= now)
        .order_by(col(FollowUp.due_at))
        .limit(most)
    )
    return session.exec(ready).all()


def is_due(session: Session, now: datetime) -> bool:
    return bool(due(session, now, 1))


def count_wished(session: Session, commitment_id: int) -> int:
    """How many reminders they asked for themselves, whatever became of them."""
    wished = select(func.count()).where(FollowUp.commitment_id == commitment_id, col(FollowUp.plan_id).is_(None))
    return session.exec(wished).one()


def wished(session: Session, commitment_id: int) -> FollowUp | None:
    """The reminder they asked for themselves that is still to come."""
    theirs = select(FollowUp).where(
        FollowUp.commitment_id == commitment_id,
        col(FollowUp.plan_id).is_(None),
        FollowUp.status == FollowUpStatus.SCHEDULED,
    )
    return session.exec(theirs).first()


def is_greeter(session: Session, ask_id: int, person_id: int) -> bool:
    """Whether the door of this event was handed to them."""
    return session.get(Greeter, (ask_id, person_id)) is not None


def greeters(session: Session, ask_id: int) -> list[Person]:
    """To whom the door of this event was handed, by name."""
    theirs = select(Person).join(Greeter, col(Greeter.person_id) == col(Person.id)).where(Greeter.ask_id == ask_id)
    return list(session.exec(theirs.order_by(col(Person.name), col(Person.id))))


def doors_of(session: Session, person_id: int) -> list[int]:
    """The events whose door was handed to this person."""
    return list(session.exec(select(Greeter.ask_id).where(Greeter.person_id == person_id)))


def walk_ins(session: Session, ask_id: int) -> str:
    """What greeters tell people who are not on the list; empty where nobody has said."""
    door = session.get(Door, ask_id)
    return door.walk_ins if door is not None else ""


def feed_of(session: Session, person_id: int) -> CalendarFeed | None:
    """Their calendar address, if they have one."""
    return session.exec(select(CalendarFeed).where(CalendarFeed.person_id == person_id)).first()


def feed_by_token(session: Session, token: str) -> CalendarFeed | None:
    """The calendar address behind this token."""
    return session.get(CalendarFeed, token)


def standing_of_phone(session: Session, phone: str) -> list[tuple[Commitment, Ask]]:
    """What this number has said yes to and not taken back, the soonest first."""
    rows = (
        select(Commitment, Ask)
        .join(Recipient, col(Recipient.id) == col(Commitment.recipient_id))
        .join(Ask, col(Ask.id) == col(Commitment.ask_id))
        .where(Recipient.phone == phone, col(Commitment.status).in_(STANDING))
    )
    return list(session.exec(rows.order_by(col(Ask.starts_at), col(Commitment.id))))
