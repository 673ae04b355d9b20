"""Reads of lists and uploads, and of the numbers no text can reach."""

from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import exists
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from phonebank.contacts.models import Consent, Contact, ContactImport, ContactList, ImportStatus, TextlessNumber
from phonebank.errors import NotFoundError


def imports_waiting(session: Session) -> list[int]:
    """Uploads nobody has read to the end yet, oldest first: a reading may have died."""
    unread = (ImportStatus.WAITING, ImportStatus.READING)
    waiting = select(ContactImport.id).where(col(ContactImport.status).in_(unread))
    return [import_id for import_id in session.exec(waiting.order_by(col(ContactImport.id))) if import_id is not None]


def import_of(session: Session, digest: str) -> ContactImport | None:
    """The latest upload of the very same file."""
    same = select(ContactImport).where(ContactImport.digest == digest).order_by(col(ContactImport.id).desc())
    return session.exec(same.limit(1)).first()


def drafts(session: Session, before: datetime | None = None) -> list[int]:
    """Uploads that nobody has imported yet; those from before a moment."""
    found = select(ContactImport.id).where(ContactImport.status == ImportStatus.DRAFT)
    if before is not None:
        found = found.where(col(ContactImport.created_at) < before)
    return [import_id for import_id in session.exec(found) if import_id is not None]


def imported_before(session: Session, upload: ContactImport) -> ContactImport | None:
    """The latest import of the very same file that was read to its end."""
    same = select(ContactImport).where(
        ContactImport.digest == upload.digest, ContactImport.status == ImportStatus.DONE, ContactImport.id != upload.id
    )
    return session.exec(same.order_by(col(ContactImport.id).desc()).limit(1)).first()


def is_import_waiting(session: Session) -> bool:
    """Whether a worker is wanted for an import that nobody has begun."""
    return (
        session.exec(select(ContactImport.id).where(ContactImport.status == ImportStatus.WAITING)).first() is not None
    )


def is_list_named(session: Session, name: str) -> bool:
    """Whether there is a list of this name, or an import on its way that will make one."""
    return list_id_of(session, name) is not None or is_import_on_its_way(session, name)


def is_import_on_its_way(session: Session, name: str) -> bool:
    """Whether a file is being imported into the list of this name."""
    on_its_way = (ImportStatus.WAITING, ImportStatus.READING)
    coming = select(ContactImport.id).where(ContactImport.list_name == name, col(ContactImport.status).in_(on_its_way))
    return session.exec(coming.limit(1)).first() is not None


def list_by_id(session: Session, list_id: int) -> ContactList:
    """The list of this id. Raises NotFoundError."""
    found = session.get(ContactList, list_id)
    if found is None:
        raise NotFoundError("There is no such list: it may have been deleted.")
    return found


def list_id_of(session: Session, name: str) -> int | None:
    """The id of the list of this name, if there is one."""
    return session.exec(select(ContactList.id).where(ContactList.name == name)).first()


TEXTLESS = "no text can reach this number"
"""Why somebody is left out of a campaign of texts."""


def is_textless(phone: Any) -> Any:
    """SQL: whether no text can reach the number in this column."""
    return exists().where(col(TextlessNumber.phone) == phone)


def is_known_textless(session: Session, phone: str) -> bool:
    """Whether no text can reach this number."""
    return session.get(TextlessNumber, phone) is not None


def consents(session: Session) -> list[Consent]:
    """Every consent on record."""
    return list(session.exec(select(Consent)))


def has_consent(phone: Any) -> Any:
    """SQL: whether whoever has the number in this column agreed to hear from us."""
    return exists().where(col(Consent.phone) == phone)


def is_landline(phone: Any) -> Any:
    """SQL: whether the carrier, or a list's own column `line_type`, says that this number is a landline."""
    told = exists().where(col(TextlessNumber.phone) == phone, col(TextlessNumber.because).endswith(_LANDLINE))
    person = aliased(Contact)  # or it would be the contact of the statement around it
    line_type = func.lower(col(person.fields)["line_type"].as_string())
    return told | exists().where(person.phone == phone, line_type == "landline")


_LANDLINE = "(21635)"  # the carrier's code for it, as `codes.meaning` writes it


def cannot_be_texted(session: Session, phone: str) -> bool:
    """Whether no text can reach this number, by the carrier's own word."""
    return session.get(TextlessNumber, phone) is not None


def textless(session: Session, most: int) -> tuple[int, list[TextlessNumber]]:
    """How many numbers no text can reach, and the latest of them."""
    number = session.exec(select(func.count()).select_from(TextlessNumber)).one()
    return number, list(session.exec(select(TextlessNumber).order_by(col(TextlessNumber.noted_at).desc()).limit(most)))


def free_name(session: Session, wanted: str) -> str:
    """A name for a list that none has yet: this one, or with a number."""
    taken = set(session.exec(select(ContactList.name).where(col(ContactList.name).startswith(wanted, autoescape=True))))
    return next(name for n in count(1) if (name := wanted if n == 1 else f"{wanted} ({n})") not in taken)
