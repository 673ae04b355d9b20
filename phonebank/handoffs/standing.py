"""What stands, as the inbox lists it: free to take, in hand, answered, put aside, handed over."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_
from sqlmodel import Session, col

from phonebank.handoffs.models import Handoff, HandoffStatus
from phonebank.handoffs.queries import Waiting, is_free, is_held, is_snoozed, rows, shown


def held(session: Session, now: datetime) -> list[Waiting]:
    """Those that anybody holds now, the one that waits longest first."""
    those = rows().where(col(Handoff.claimed_until) > now).order_by(col(Handoff.waits_since), col(Handoff.id))
    return [shown(row) for row in session.connection().execute(those)]


def free(session: Session, now: datetime, limit: int) -> list[Waiting]:
    """Those that wait for our word and any volunteer may take, in the order in which they are given out."""
    return _some(session, and_(col(Handoff.waits_since).is_not(None), is_free(now)), limit)


def answered(session: Session, now: datetime, limit: int) -> list[Waiting]:
    """Those that nobody holds and only the supporter can go on with."""
    return _some(session, and_(col(Handoff.waits_since).is_(None), is_free(now)), limit)


def snoozed(session: Session, now: datetime, limit: int) -> list[Waiting]:
    """Those put aside, the one that comes back first first."""
    asleep = and_(col(Handoff.status) == HandoffStatus.OPEN, ~col(Handoff.for_organizer), is_snoozed(now))
    return _some(session, asleep, limit, col(Handoff.snoozed_until))


def handed_over(session: Session, now: datetime, limit: int) -> list[Waiting]:
    """Those that wait for an organizer."""
    return _some(session, and_(col(Handoff.for_organizer), ~is_held(now)), limit)


def _some(session: Session, which: ColumnElement[bool], limit: int, *first: Any) -> list[Waiting]:
    order = (*first, col(Handoff.urgency), col(Handoff.waits_since), col(Handoff.id))
    return [shown(row) for row in session.connection().execute(rows().where(which).order_by(*order).limit(limit))]
