"""Shifts: planned by an organizer, begun and ended by whoever works them."""

from datetime import datetime, timedelta

from sqlmodel import Session

from phonebank.errors import BadInputError, NotFoundError, RefusedError
from phonebank.people import lifecycle, queries
from phonebank.people.models import PersonStatus, Shift

LONGEST = timedelta(hours=14)
"""As long as a sign-in lasts: a shift that was never ended is over by then."""

_EARLY = timedelta(hours=2)
"""Who comes so long before their planned shift begins that one."""


def plan(  # who works when, as whom it says
    session: Session, person_id: int, *, begins: datetime, ends: datetime, by: str, now: datetime
) -> Shift:
    """A shift somebody is to work. Raises BadInputError or RefusedError when it cannot be."""
    person = queries.by_id(session, person_id)
    if person is None or person.status is not PersonStatus.ACTIVE:
        raise NotFoundError("Choose somebody who may sign in.")
    if not begins < ends <= begins + LONGEST:
        raise BadInputError(f"A shift ends after it begins, within {LONGEST.total_seconds() / 3600:.0f} hours.")
    if ends <= now:
        raise BadInputError("That time is past: plan a shift that is still ahead.")
    if queries.has_shift_between(session, person_id, begins, ends):
        raise RefusedError(f"{person.name} has a shift then already.")
    shift = Shift(person_id=person_id, planned_from=begins, planned_to=ends, planned_by=by)
    session.add(shift)
    session.flush()
    return shift


def cancel(session: Session, shift_id: int, now: datetime) -> bool:
    """Take a planned shift back. False when it was begun or taken back already."""
    return lifecycle.cancel_shift(session, shift_id, now)


def start(session: Session, person_id: int, now: datetime) -> bool:
    """They are here: their planned shift begins, or one that nobody planned. False when they are on shift already."""
    lifecycle.end_forgotten_shifts(session, person_id, started_before=now - LONGEST)
    if queries.running_shift(session, person_id) is not None:
        return False
    planned = queries.next_shift(session, person_id, now)
    if planned is not None and planned.id is not None and _is_due(planned, now):
        return lifecycle.begin_shift(session, planned.id, now)
    return lifecycle.begin_unplanned(session, person_id, now)


def end(session: Session, person_id: int, now: datetime) -> bool:
    """They go. False when they were not on shift."""
    return lifecycle.end_shift(session, person_id, now)


def _is_due(shift: Shift, now: datetime) -> bool:
    return shift.planned_from is not None and shift.planned_from - _EARLY <= now
