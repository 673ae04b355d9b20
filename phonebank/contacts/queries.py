"""Reads of lists and uploads."""

from sqlmodel import Session, col, select

from phonebank.contacts.models import ContactImport, ImportStatus


def imports_waiting(session: Session) -> list[int]:
    """Uploads nobody has read yet, oldest first."""
    waiting = select(ContactImport.id).where(ContactImport.status == ImportStatus.WAITING)
    return [import_id for import_id in session.exec(waiting.order_by(col(ContactImport.id))) if import_id is not None]
