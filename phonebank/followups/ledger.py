"""The only writer of who greets at an event, what they tell walk-ins, and of calendar addresses."""

import secrets
from datetime import datetime

from sqlalchemy import Table, delete
from sqlmodel import Session, col

from phonebank.db import insert_for, insert_ignoring
from phonebank.followups.models import CalendarFeed, Door, Greeter

_greeters: Table = Greeter.__table__  # type: ignore[attr-defined]  # SQLModel hides the table from mypy
_doors: Table = Door.__table__  # type: ignore[attr-defined]
_feeds: Table = CalendarFeed.__table__  # type: ignore[attr-defined]


def hand_door(session: Session, ask_id: int, person_id: int, now: datetime) -> None:
    """Let this person check people in at this event. Handing it twice changes nothing."""
    row = {"ask_id": ask_id, "person_id": person_id, "handed_at": now}
    session.connection().execute(insert_ignoring(_greeters, session), row)


def take_door(session: Session, ask_id: int, person_id: int) -> None:
    """They may no longer."""
    theirs = (col(Greeter.ask_id) == ask_id) & (col(Greeter.person_id) == person_id)
    session.connection().execute(delete(Greeter).where(theirs))


def tell_walk_ins(session: Session, ask_id: int, words: str) -> None:
    """What greeters tell people who are not on the list."""
    insert = insert_for(session, _doors).values(ask_id=ask_id, walk_ins=words)
    session.connection().execute(insert.on_conflict_do_update(index_elements=["ask_id"], set_={"walk_ins": words}))


def make_feed(session: Session, person_id: int, now: datetime) -> None:
    """A calendar address for this person; the one they had opens nothing any more."""
    row = {"person_id": person_id, "token": secrets.token_urlsafe(24), "made_at": now}
    insert = insert_for(session, _feeds).values(row)
    changed = {"token": row["token"], "made_at": now}
    session.connection().execute(insert.on_conflict_do_update(index_elements=["person_id"], set_=changed))


def revoke_feed(session: Session, person_id: int) -> None:
    """Their calendar address opens nothing any more."""
    session.connection().execute(delete(CalendarFeed).where(col(CalendarFeed.person_id) == person_id))
