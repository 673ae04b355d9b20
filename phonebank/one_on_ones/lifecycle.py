"""The only writer of a one-on-one: its status, its time, who meets, and what was heard."""

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import Table, update
from sqlmodel import Session, col, select

from phonebank.db import insert_ignoring
from phonebank.one_on_ones.models import STANDING, OneOnOne, OneOnOneStatus
from phonebank.recipients.models import Recipient

_rows: Table = OneOnOne.__table__  # type: ignore[attr-defined]  # SQLModel hides the table from mypy
_SILENT = {"story": "", "interests": "", "resources": "", "next_step": "", "reflection": ""}


def book(session: Session, *, nonce: str, now: datetime, **fields: Any) -> int | None:
    """The id of a new one. None: this form has booked it already."""
    row = {
        **fields,
        **_SILENT,
        "nonce": nonce,
        "status": OneOnOneStatus.BOOKED,
        "token": secrets.token_urlsafe(24),
        "moves": 0,
        "booked_at": now,
        "changed_at": now,
    }
    insert = insert_ignoring(_rows, session).returning(_rows.c.id)
    made: int | None = session.connection().scalar(insert, row)
    return made


def move(session: Session, one: OneOnOne, *, now: datetime, **fields: Any) -> bool:
    """Another time, place or person. False: somebody moved it meanwhile, or it is over."""
    as_seen = (col(OneOnOne.moves) == one.moves) & _stands()
    moved = {**fields, "moves": one.moves + 1, "status": OneOnOneStatus.BOOKED, "changed_at": now}
    return _update(session, one.id, as_seen, **moved)


def confirm_next(session: Session, recipient_id: int) -> bool:
    """They said that the next one is good for them."""
    booked = (col(OneOnOne.recipient_id) == recipient_id) & (col(OneOnOne.status) == OneOnOneStatus.BOOKED)
    first = select(OneOnOne.id).where(booked).order_by(col(OneOnOne.starts_at)).limit(1).scalar_subquery()
    confirmed = update(OneOnOne).where(col(OneOnOne.id) == first).values(status=OneOnOneStatus.CONFIRMED)
    return bool(session.connection().execute(confirmed).rowcount)


def call_off(session: Session, one_on_one_id: int, now: datetime) -> bool:
    """It will not take place, and nobody is reminded of it. False: it is over already."""
    values = {"status": OneOnOneStatus.CALLED_OFF, "remind_at": None, "changed_at": now}
    return _update(session, one_on_one_id, _stands(), **values)


def stand_again(session: Session, one_on_one_id: int, *, remind_at: datetime | None, now: datetime) -> bool:
    """What was called off takes place after all."""
    was_off = col(OneOnOne.status) == OneOnOneStatus.CALLED_OFF
    values = {"status": OneOnOneStatus.CONFIRMED, "remind_at": remind_at, "changed_at": now}
    return _update(session, one_on_one_id, was_off, **values)


def call_off_all_of(session: Session, phone: str, now: datetime) -> int:
    """They asked us to leave them alone."""
    theirs = select(Recipient.id).where(Recipient.phone == phone)
    off = update(OneOnOne).where(col(OneOnOne.recipient_id).in_(theirs), _stands())
    values = {"status": OneOnOneStatus.CALLED_OFF, "remind_at": None, "changed_at": now}
    return int(session.connection().execute(off.values(**values)).rowcount)


def note(session: Session, one_on_one_id: int, status: OneOnOneStatus | None, heard: dict[str, str]) -> bool:
    """What was heard; with a status, whether it took place."""
    values: dict[str, Any] = dict(heard)
    if status is not None:
        values |= {"status": status, "remind_at": None}
    return _update(session, one_on_one_id, col(OneOnOne.status) != OneOnOneStatus.CALLED_OFF, **values)


def set_reminder(session: Session, one: OneOnOne, remind_at: datetime | None) -> bool:
    """The next reminder instead of this one. False: another turn was first."""
    return _update(session, one.id, (col(OneOnOne.remind_at) == one.remind_at) & _stands(), remind_at=remind_at)


def _stands() -> Any:
    return col(OneOnOne.status).in_(STANDING)


def _update(session: Session, one_on_one_id: int | None, where: Any, **values: Any) -> bool:
    one = update(OneOnOne).where(col(OneOnOne.id) == one_on_one_id, where)
    return bool(session.connection().execute(one.values(**values)).rowcount)
