"""The only writer of an alert: one episode begins once, ends once, and each person is told of it once.

Every move is one guarded UPDATE, so that two clocks tell nobody twice.
"""

from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Table, or_, update
from sqlmodel import Session, col

from phonebank.alerts.models import THE_ONE, USUAL_MINUTES, AlertWish, WaitWatch
from phonebank.db import insert_for, insert_ignoring

APART = timedelta(hours=1)
"""Nobody is told twice within this, however often a wait passes the bound."""

_watches: Table = WaitWatch.__table__  # type: ignore[attr-defined]  # SQLModel hides the table from mypy
_wishes: Table = AlertWish.__table__  # type: ignore[attr-defined]


def set_bound(session: Session, minutes: int) -> None:
    """From now on a wait is too long after so many minutes."""
    _make_sure(session)
    _watch(session, True, bound_minutes=minutes)


def begin(session: Session, now: datetime) -> bool:
    """A wait has passed the bound. False: that is known."""
    _make_sure(session)
    return _watch(session, col(WaitWatch.over_since).is_(None), over_since=now)


def end(session: Session, now: datetime) -> bool:
    """Nobody waits too long any more. False: nobody did."""
    return _watch(session, col(WaitWatch.over_since).is_not(None), over_since=None, ended_at=now, trouble="")


def note_trouble(session: Session, sentence: str) -> None:
    """Why somebody could not be told, for the page."""
    _watch(session, True, trouble=sentence)


def tell_by_text(session: Session, person_id: int, episode: datetime, now: datetime) -> bool:
    """Theirs to text now. False: told of this episode already, or within the hour."""
    return _told(session, person_id, col(AlertWish.texted_at), episode, now, texted_at=now)


def tell_by_email(session: Session, person_id: int, episode: datetime, now: datetime) -> bool:
    """Theirs to write an e-mail to now. False: told of this episode already, or within the hour."""
    return _told(session, person_id, col(AlertWish.mailed_at), episode, now, mailed_at=now)


def wish(  # noqa: PLR0913  # all that a person may wish
    session: Session, person_id: int, *, phone: str, by_text: bool, by_email: bool, start: time, end: time
) -> None:
    """How this person wishes to be told from now on."""
    told = {"phone": phone, "by_text": by_text, "by_email": by_email, "hours_start": start, "hours_end": end}
    insert = insert_for(session, _wishes).values(person_id=person_id, **told)
    session.connection().execute(insert.on_conflict_do_update(index_elements=["person_id"], set_=told))


def _make_sure(session: Session) -> None:
    row = {"id": THE_ONE, "bound_minutes": USUAL_MINUTES, "trouble": ""}
    session.connection().execute(insert_ignoring(_watches, session).values(row))


def _watch(session: Session, where: Any, **values: Any) -> bool:
    one = update(WaitWatch).where(col(WaitWatch.id) == THE_ONE, where)
    return bool(session.connection().execute(one.values(**values)).rowcount)


def _told(session: Session, person_id: int, last: Any, episode: datetime, now: datetime, **values: Any) -> bool:
    is_new = or_(last.is_(None), (last < episode) & (last <= now - APART))
    theirs = update(AlertWish).where(col(AlertWish.person_id) == person_id, is_new)
    return bool(session.connection().execute(theirs.values(**values)).rowcount)
