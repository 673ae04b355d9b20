"""The only writer of ContactImport.status.

waiting → reading → done / refused / canceled; a reading that died begins again: importing twice changes nothing
"""

from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col

from phonebank.contacts.models import ContactImport, ImportStatus


def begin(session: Session, import_id: int) -> bool:
    """Somebody reads it now; False when it was read to its end already."""
    unread = col(ContactImport.status).in_((ImportStatus.WAITING, ImportStatus.READING))
    return _move(session, import_id, unread, status=ImportStatus.READING)


def progress(session: Session, import_id: int, counts: dict[str, int]) -> bool:
    """How far the reading has come."""
    return _move(session, import_id, _is_being_read(), counts=counts)


def finish(session: Session, import_id: int, counts: dict[str, int]) -> bool:
    """Read to its end, with these counts."""
    return _move(session, import_id, _is_being_read(), status=ImportStatus.DONE, counts=counts)


def refuse(session: Session, import_id: int, because: str) -> bool:
    """It cannot be read; `because` is a sentence for whoever uploaded it."""
    return _move(session, import_id, _is_being_read(), status=ImportStatus.REFUSED, refused_because=because)


def cancel(session: Session, import_id: int) -> bool:
    """Nobody wants it read any further: who reads it stops at the next batch. False when it was through already."""
    unread = col(ContactImport.status).in_((ImportStatus.WAITING, ImportStatus.READING))
    return _move(session, import_id, unread, status=ImportStatus.CANCELED)


def stopped(session: Session, import_id: int, counts: dict[str, int]) -> bool:
    """What was stored before a cancel was heard."""
    canceled = col(ContactImport.status) == ImportStatus.CANCELED
    return _move(session, import_id, canceled, counts=counts)


def _is_being_read() -> Any:
    return col(ContactImport.status) == ImportStatus.READING


def _move(session: Session, import_id: int, guard: Any, **values: Any) -> bool:
    mine = update(ContactImport).where(col(ContactImport.id) == import_id, guard)
    return bool(session.connection().execute(mine.values(**values)).rowcount)
