"""Who answers now, and how fast each did: whoever is planned, here or away, and what they have in hand."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median

from sqlmodel import Session, col, func, or_, select

from phonebank.handoffs.models import Handoff
from phonebank.messages.models import Direction, Message, MessageKind
from phonebank.people.models import Person, PersonStatus, Shift
from phonebank.people.shifting import LONGEST

AWAY_AFTER = timedelta(minutes=3)
"""Whoever has not had the inbox open, nor written, for so long."""

FEW = 5
"""Fewer answers than this say nothing about how fast somebody is."""


class Presence(StrEnum):
    HERE = "here"
    AWAY = "away"
    PLANNED = "planned"


@dataclass(frozen=True)
class OnShift:
    """One person who is to answer now, or does. `since` and `until` are their shift's, where there is one."""

    person: Person
    presence: Presence
    since: datetime | None
    until: datetime | None
    in_hand: int


@dataclass
class Pace:
    """What one person answered. `waits` are seconds from the supporter's words to their first answer by this person."""

    person: Person
    answers: int = 0
    settled: int = 0
    hours: float = 0.0
    waits: list[float] = field(default_factory=list)

    @property
    def median_s(self) -> float | None:
        """None when there are too few to say."""
        return median(self.waits) if len(self.waits) >= FEW else None

    @property
    def an_hour(self) -> float | None:
        """None when nobody knows how long they worked, or there are too few to say."""
        return self.answers / self.hours if self.hours > 0 and self.answers >= FEW else None


def on_shift(session: Session, now: datetime) -> list[OnShift]:
    """Everybody who is to answer now, or does: those here first, then away, then planned, each by name."""
    shifts = {shift.person_id: shift for shift in _current(session, now)}
    is_there = or_(col(Person.id).in_(shifts), col(Person.at_inbox_at) >= now - AWAY_AFTER)
    people = session.exec(select(Person).where(Person.status == PersonStatus.ACTIVE, is_there)).all()
    in_hand = _in_hand(session, now)
    rows = [_row(person, shifts.get(person.id or 0), in_hand.get(person.id or 0, 0), now) for person in people]
    return sorted(rows, key=lambda row: (list(Presence).index(row.presence), row.person.name.lower()))


def paces(session: Session, since: datetime, now: datetime) -> list[Pace]:
    """How everybody who answered since this moment did, by name: no order of merit."""
    found: dict[int, Pace] = {}
    for person in session.exec(select(Person)):
        found[person.id or 0] = Pace(person)
    _count_answers(session, since, found)
    _count_settled(session, since, found)
    for shift in session.exec(select(Shift).where(col(Shift.started_at) >= since)):
        found[shift.person_id].hours += _worked(shift, now).total_seconds() / 3600
    worked = [pace for pace in found.values() if pace.answers or pace.settled or pace.hours]
    return sorted(worked, key=lambda pace: pace.person.name.lower())


def _current(session: Session, now: datetime) -> list[Shift]:
    """Shifts that run, and those planned for now that nobody has begun."""
    runs = col(Shift.started_at).is_not(None) & col(Shift.ended_at).is_(None)
    planned = col(Shift.started_at).is_(None) & col(Shift.canceled_at).is_(None)
    planned = planned & (col(Shift.planned_from) <= now) & (col(Shift.planned_to) > now)
    query = select(Shift).where(or_(runs & (col(Shift.started_at) > now - LONGEST), planned))
    return sorted(session.exec(query), key=lambda shift: shift.started_at is not None)  # what runs has the last word


def _in_hand(session: Session, now: datetime) -> dict[int, int]:
    held = select(Handoff.claimed_by, func.count()).where(col(Handoff.claimed_until) > now)
    return {who: number for who, number in session.exec(held.group_by(col(Handoff.claimed_by))) if who is not None}


def _row(person: Person, shift: Shift | None, in_hand: int, now: datetime) -> OnShift:
    is_there = person.at_inbox_at is not None and person.at_inbox_at >= now - AWAY_AFTER
    runs = shift is not None and shift.started_at is not None
    presence = Presence.HERE if is_there else Presence.AWAY if runs else Presence.PLANNED
    since = None if shift is None else shift.started_at or shift.planned_from
    return OnShift(person, presence, since, shift.planned_to if shift is not None else None, in_hand)


def _count_answers(session: Session, since: datetime, found: dict[int, Pace]) -> None:
    written = select(Message.written_by, func.count()).where(
        col(Message.written_by).is_not(None),
        col(Message.created_at) >= since,
        Message.direction == Direction.OUT,
        Message.kind == MessageKind.ANSWER,
    )
    for who, number in session.exec(written.group_by(col(Message.written_by))):
        found[who or 0].answers = number
    first = select(Handoff.first_answered_by, Handoff.opened_at, Handoff.first_answered_at)
    for who, opened_at, at in session.exec(first.where(col(Handoff.first_answered_at) >= since)):
        if who in found and at is not None:
            found[who].waits.append((at - opened_at).total_seconds())


def _count_settled(session: Session, since: datetime, found: dict[int, Pace]) -> None:
    closed = select(Handoff.closed_by, func.count()).where(
        col(Handoff.closed_at) >= since, col(Handoff.closed_by).is_not(None)
    )
    for who, number in session.exec(closed.group_by(col(Handoff.closed_by))):
        found[who or 0].settled = number


def _worked(shift: Shift, now: datetime) -> timedelta:
    begun = shift.started_at or now
    return min((shift.ended_at or now) - begun, LONGEST)
