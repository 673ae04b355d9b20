"""The only writer of Person.status and role, of what ends sessions, of a link's use, and of how a shift stands.

Person: active ⇄ suspended;  SignInLink: fresh → used;  JoinLink: open → full, over or revoked;
Shift: planned → canceled, or begun → ended
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Table, update
from sqlmodel import Session, col

from phonebank.db import insert_ignoring
from phonebank.people.models import FirstShift, JoinLink, Person, PersonStatus, Role, Shift, SignInLink

_first_shifts: Table = FirstShift.__table__  # type: ignore[attr-defined]  # SQLModel hides the table from mypy
_shifts: Table = Shift.__table__  # type: ignore[attr-defined]  # SQLModel hides the table from mypy


def suspend(session: Session, person_id: int) -> bool:
    """Out, with every open session ended; False when they were out already."""
    return _move(session, person_id, PersonStatus.ACTIVE, PersonStatus.SUSPENDED)


def reinstate(session: Session, person_id: int) -> bool:
    """In again, by signing in anew; False when they were never out."""
    return _move(session, person_id, PersonStatus.SUSPENDED, PersonStatus.ACTIVE)


def change_role(session: Session, person_id: int, before: Role, after: Role) -> bool:
    """Another role, from the next request on; False when theirs is no longer what it was."""
    return _done(session, update(Person).where(col(Person.id) == person_id, col(Person.role) == before), role=after)


def change_password(session: Session, person_id: int, password_hash: str) -> bool:
    """A new password, and every open session ended."""
    return _end_sessions(session, update(Person).where(col(Person.id) == person_id), password_hash=password_hash)


def note_practised(session: Session, person_id: int, now: datetime) -> None:
    """They have had a practised conversation."""
    _note(session, person_id, FirstShift.practised_at, now)


def note_begun(session: Session, person_id: int, now: datetime) -> None:
    """They have begun in earnest, or passed the first steps over."""
    _note(session, person_id, FirstShift.done_at, now)


def _note(session: Session, person_id: int, moment: Any, now: datetime) -> None:
    session.connection().execute(insert_ignoring(_first_shifts, session).values(person_id=person_id))
    first = update(FirstShift).where(col(FirstShift.person_id) == person_id, col(moment).is_(None))
    session.connection().execute(first.values({col(moment): now}))


def seen_at_inbox(session: Session, person_id: int, now: datetime) -> None:
    """They have the inbox open now."""
    session.connection().execute(update(Person).where(col(Person.id) == person_id).values(at_inbox_at=now))


def use_link(session: Session, token_hash: str, now: datetime) -> int | None:
    """Whose link this was; None when it is unknown, too old, or somebody was first."""
    fresh = update(SignInLink).where(
        col(SignInLink.token_hash) == token_hash,
        col(SignInLink.used_at).is_(None),
        col(SignInLink.expires_at) > now,
    )
    used = session.connection().execute(fresh.values(used_at=now).returning(col(SignInLink.person_id))).scalar()
    return None if used is None else int(used)


def take_seat(session: Session, link_id: int, now: datetime) -> bool:
    """One more joins by this link; False when it is full, over or revoked."""
    free = update(JoinLink).where(
        col(JoinLink.id) == link_id,
        col(JoinLink.revoked_at).is_(None),
        col(JoinLink.expires_at) > now,
        col(JoinLink.joined) < col(JoinLink.most),
    )
    return _done(session, free, joined=col(JoinLink.joined) + 1)


def revoke_link(session: Session, link_id: int, *, by: str, now: datetime) -> bool:
    """Nobody joins by it any more; False when that is so already."""
    standing = update(JoinLink).where(col(JoinLink.id) == link_id, col(JoinLink.revoked_at).is_(None))
    return _done(session, standing.where(col(JoinLink.expires_at) > now), revoked_at=now, revoked_by=by)


def begin_shift(session: Session, shift_id: int, now: datetime) -> bool:
    """A planned shift is worked from now on; False when it was begun or canceled already."""
    return _done(session, _planned().where(col(Shift.id) == shift_id), started_at=now)


def begin_unplanned(session: Session, person_id: int, now: datetime) -> bool:
    """A shift nobody planned; False when they work one already."""
    begun = insert_ignoring(_shifts, session).values(person_id=person_id, started_at=now)
    return bool(session.connection().execute(begun).rowcount)


def end_shift(session: Session, person_id: int, now: datetime) -> bool:
    """The shift they work is over; False when they work none."""
    return _done(session, _running(person_id), ended_at=now)


def end_forgotten_shifts(session: Session, person_id: int, *, started_before: datetime) -> bool:
    """A shift they never ended is taken as over when it began: nobody knows how long it was."""
    forgotten = _running(person_id).where(col(Shift.started_at) < started_before)
    return _done(session, forgotten, ended_at=col(Shift.started_at))


def cancel_shift(session: Session, shift_id: int, now: datetime) -> bool:
    """A planned shift is not worked; False when it was begun or canceled already."""
    return _done(session, _planned().where(col(Shift.id) == shift_id), canceled_at=now)


def cancel_shifts_of(session: Session, person_id: int, now: datetime) -> None:
    """Whatever they were still to work is not worked."""
    _done(session, _planned().where(col(Shift.person_id) == person_id), canceled_at=now)


def _planned() -> Any:
    return update(Shift).where(col(Shift.started_at).is_(None), col(Shift.canceled_at).is_(None))


def _running(person_id: int) -> Any:
    theirs = update(Shift).where(col(Shift.person_id) == person_id)
    return theirs.where(col(Shift.started_at).is_not(None), col(Shift.ended_at).is_(None))


def _done(session: Session, guarded: Any, **values: Any) -> bool:
    return bool(session.connection().execute(guarded.values(**values)).rowcount)


def _move(session: Session, person_id: int, before: PersonStatus, after: PersonStatus) -> bool:
    standing = update(Person).where(col(Person.id) == person_id, col(Person.status) == before)
    return _end_sessions(session, standing, status=after)


def _end_sessions(session: Session, guarded: Any, **values: Any) -> bool:
    changed = guarded.values(**values, sessions_begun=col(Person.sessions_begun) + 1)
    return bool(session.connection().execute(changed).rowcount)
