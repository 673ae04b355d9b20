"""Reads of lists and uploads, and of the numbers no text can reach."""

from typing import Any

from sqlalchemy import exists
from sqlmodel import Session, col, func, select

from phonebank.contacts.models import ContactImport, ImportStatus, TextlessNumber


def imports_waiting(session: Session) -> list[int]:
    """Uploads nobody has read to the end yet, oldest first: a reading may have died."""
    unread = (ImportStatus.WAITING, ImportStatus.READING)
    waiting = select(ContactImport.id).where(col(ContactImport.status).in_(unread))
    return [import_id for import_id in session.exec(waiting.order_by(col(ContactImport.id))) if import_id is not None]


TEXTLESS = "no text can reach this number"
"""Why somebody is left out of a campaign of texts."""


def is_textless(phone: Any) -> Any:
    """SQL: whether no text can reach the number in this column."""
    return exists().where(col(TextlessNumber.phone) == phone)


def textless(session: Session, most: int) -> tuple[int, list[TextlessNumber]]:
    """How many numbers no text can reach, and the latest of them."""
    number = session.exec(select(func.count()).select_from(TextlessNumber)).one()
    return number, list(session.exec(select(TextlessNumber).order_by(col(TextlessNumber.noted_at).desc()).limit(most)))
