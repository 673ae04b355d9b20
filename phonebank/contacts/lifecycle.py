"""The only writer of ContactImport.status.

draft → waiting → reading → done / refused / canceled; a reading that died begins again: importing twice changes
nothing. A draft may also be discarded.
"""

from typing import Any

from sqlalchemy import delete, update
from sqlmodel import Session, col

from phonebank.contacts.models import ContactImport, ImportStatus


def choose(session: Session, import_id: int, **chosen: Any) -> bool:
    """What the columns of a draft are said to be (`fields`, `region`), and what is `foreseen` of that."""
    return _move(session, import_id, _is_draft(), **chosen)


def foresee(session: Session, import_id: int, choices: str, foreseen: dict[str, Any]) -> bool:
    """What the whole file holds; False when other choices stand by now."""
    return _move(session, import_id, _is_draft() & (col(ContactImport.choices) == choices), foreseen=foreseen)


def submit(session: Session, import_id: int, **described: Any) -> bool:
    """The draft is to be imported: as `list_name`, with `consent`, by `imported_by`. False when it is no draft."""
    return _move(session, import_id, _is_draft(), status=ImportStatus.WAITING, foreseen={}, **described)


def discard(session: Session, import_id: int) -> bool:
    """Forget a draft; its slices go first. False when it is none."""
    mine = delete(ContactImport).where(col(ContactImport.id) == import_id, _is_draft())
    return bool(session.connection().execute(mine).rowcount)


def begin(session: Session, import_id: int) -> bool:
    """Somebody reads it now; False when it was read to its end already."""
    unread = col(ContactImport.status).in_((ImportStatus.WAITING, ImportStatus.READING))
    return _move(session, import_id, unread, status=ImportStatus.READING)


def progress(session: Session, import_id: int, counts: dict[str, int]) -> bool:
    """How far the reading has come."""
    return _move(session, import_id, _is_being_read(), counts=counts)


def finish(session: Session, import_id: int, counts: dict[str, int], list_id: int | None) -> bool:
    """Read to its end, with these counts, onto this list."""
    return _move(session, import_id, _is_being_read(), status=ImportStatus.DONE, counts=counts, list_id=list_id)


def refuse(session: Session, import_id: int, because: str) -> bool:
    """It cannot be read; `because` is a sentence for whoever uploaded it."""
    return _move(session, import_id, _is_being_read(), status=ImportStatus.REFUSED, refused_because=because)


def cancel(session: Session, import_id: int) -> bool:
    """Nobody wants it read any further: who reads it stops at the next batch. False when it was through already."""
    unread = col(ContactImport.status).in_((ImportStatus.WAITING, ImportStatus.READING))
    return _move(session, import_id, unread, status=ImportStatus.CANCELED)


def stopped(session: Session, import_id: int, counts: dict[str, int], list_id: int | None) -> bool:
    """What was stored before a cancel was heard."""
    canceled = col(ContactImport.status) == ImportStatus.CANCELED
    return _move(session, import_id, canceled, counts=counts, list_id=list_id)


def _is_draft() -> Any:
    return col(ContactImport.status) == ImportStatus.DRAFT


def _is_being_read() -> Any:
    return col(ContactImport.status) == ImportStatus.READING


def _move(session: Session, import_id: int, guard: Any, **values: Any) -> bool:
    mine = update(ContactImport).where(col(ContactImport.id) == import_id, guard)
    return bool(session.connection().execute(mine.values(**values)).rowcount)
