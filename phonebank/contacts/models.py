"""People we may reach, the lists they came on, and the consent they came with."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from phonebank.db import JSONField, Moment, choice


class Contact(SQLModel, table=True):
    """One person, one number. `zones` holds every time zone they may be in, sorted and joined by `|`."""

    id: int | None = Field(default=None, primary_key=True)
    phone: str = Field(unique=True)  # E.164
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    zip: str = ""
    state: str = ""  # two letters, only where a column or the ZIP states it
    zones: str
    language: str = "en"
    connection: str = ""
    fields: dict[str, Any] = Field(default_factory=dict, sa_type=JSONField)
    created_at: datetime = Field(sa_type=Moment)
    updated_at: datetime = Field(sa_type=Moment)


class ContactList(SQLModel, table=True):
    __tablename__ = "contact_list"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    made_by: str = ""
    rules: dict[str, Any] = Field(default_factory=dict, sa_type=JSONField)  # by which it was chosen from other lists
    created_at: datetime = Field(sa_type=Moment)


class ListMember(SQLModel, table=True):
    """Without foreign keys: checking them for each row took half of an import's time on PostgreSQL."""

    __tablename__ = "list_member"

    list_id: int = Field(primary_key=True)
    contact_id: int = Field(primary_key=True)


class Consent(SQLModel, table=True):
    """Proof that a number agreed to hear from us: what they agreed to, when we learned it, who brought it."""

    id: int | None = Field(default=None, primary_key=True)
    phone: str = Field(index=True)
    source: str
    recorded_by: str
    recorded_at: datetime = Field(sa_type=Moment)


class TextlessNumber(SQLModel, table=True):
    """A number no text can reach, by the carrier's own word: a landline, or nobody's. A call may still reach it."""

    __tablename__ = "textless_number"

    phone: str = Field(primary_key=True)
    because: str
    noted_at: datetime = Field(sa_type=Moment, index=True)


class ImportStatus(StrEnum):
    DRAFT = "draft"
    WAITING = "waiting"
    READING = "reading"
    DONE = "done"
    REFUSED = "refused"
    CANCELED = "canceled"


class ContactImport(SQLModel, table=True):
    """One file uploaded on the page, read by a worker that may be on another machine.

    While a draft: `fields` is what each column is, as chosen so far; `foreseen` is what that would do, and `choices` a
    mark of the choices it was foreseen for.
    """

    __tablename__ = "contact_import"

    id: int | None = Field(default=None, primary_key=True)
    file_name: str
    digest: str = ""  # of the file
    size: int = Field(default=0, sa_type=BigInteger)  # bytes
    list_name: str = ""
    list_id: int | None = None  # once there is one
    consent: str = ""
    fields: list[str] = Field(default_factory=list, sa_type=JSONField)
    region: str = "US"
    choices: str = ""
    foreseen: dict[str, Any] = Field(default_factory=dict, sa_type=JSONField)
    status: ImportStatus = Field(default=ImportStatus.DRAFT, sa_type=choice(ImportStatus))
    counts: dict[str, Any] = Field(default_factory=dict, sa_type=JSONField)
    refused_because: str = ""
    imported_by: str
    created_at: datetime = Field(sa_type=Moment)


class ImportChunk(SQLModel, table=True):
    """A slice of an uploaded file (kind "file"), of its first rows ("sample") or of its rejects ("rejects")."""

    __tablename__ = "import_chunk"

    import_id: int = Field(foreign_key="contact_import.id", primary_key=True)
    kind: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    content: bytes
