"""The only writer of the numbers no text can reach. Kept by number: a new import, or another list, changes nothing."""

from datetime import datetime

from sqlalchemy import Table, delete
from sqlmodel import Session, col

from phonebank.contacts.models import TextlessNumber
from phonebank.db import insert_ignoring

_textless: Table = TextlessNumber.__table__  # type: ignore[attr-defined]  # SQLModel hides the table from mypy


def note_textless(session: Session, phone: str, *, because: str, now: datetime) -> None:
    """The carrier says that no text reaches this number (E.164), and why. The first reason stands."""
    row = {"phone": phone, "because": because, "noted_at": now}
    session.connection().execute(insert_ignoring(_textless, session).values(row))


def texts_again(session: Session, phone: str) -> bool:
    """A person has seen that texts do reach this number, or it has texted us. False when nothing stood against it."""
    return bool(session.connection().execute(delete(TextlessNumber).where(col(TextlessNumber.phone) == phone)).rowcount)
