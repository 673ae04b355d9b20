"""Reads of lists and uploads."""

from sqlmodel import Session, col, select

from phonebank.contacts.models import ContactImport, ImportStatus


def imports_waiting(session: Session) -> list[int]:
    """Uploads nobody has read to the end yet, oldest first: a reading may have died."""
    unread = (ImportStatus.WAITING, ImportStatus.READING)
    waiting = select(ContactImport.id).where(col(ContactImport.status).in_(unread))
    return [import_id for import_id in session.exec(waiting.order_by(col(ContactImport.id))) if import_id is not None]
