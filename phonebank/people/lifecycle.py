"""The only writer of Person.status, of what ends sessions, and of a link's use.

Person: active ⇄ suspended;  SignInLink: fresh → used
"""

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col

from phonebank.people.models import Person, PersonStatus, SignInLink


def suspend(session: Session, person_id: int) -> bool:
    """Out, with every open session ended; False when they were out already."""
    return _move(session, person_id, PersonStatus.ACTIVE, PersonStatus.SUSPENDED)


def reinstate(session: Session, person_id: int) -> bool:
    """In again, by signing in anew; False when they were never out."""
    return _move(session, person_id, PersonStatus.SUSPENDED, PersonStatus.ACTIVE)


def change_password(session: Session, person_id: int, password_hash: str) -> bool:
    """A new password, and every open session ended."""
    return _end_sessions(session, update(Person).where(col(Person.id) == person_id), password_hash=password_hash)


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


def _move(session: Session, person_id: int, before: PersonStatus, after: PersonStatus) -> bool:
    standing = update(Person).where(col(Person.id) == person_id, col(Person.status) == before)
    return _end_sessions(session, standing, status=after)


def _end_sessions(session: Session, guarded: Any, **values: Any) -> bool:
    changed = guarded.values(**values, sessions_begun=col(Person.sessions_begun) + 1)
    return bool(session.connection().execute(changed).rowcount)
