"""A file kept in the database in slices, so that the worker that reads it may be on another machine."""

from collections.abc import Iterable, Iterator
from typing import IO

from sqlmodel import Session

from phonebank.contacts.models import ContactImport, ImportChunk
from phonebank.errors import BadInputError
from phonebank.jobs import ring_after_commit

FILE, REJECTS = "file", "rejects"
_SLICE = 1_000_000  # bytes


def keep(session: Session, upload: ContactImport, stream: IO[bytes]) -> int:
    """Keep an uploaded file and ring for it to be read. Returns the import's id; refuses a file with nothing in it."""
    session.add(upload)
    session.flush()
    assert upload.id is not None
    if not write(session, upload.id, FILE, iter(lambda: stream.read(_SLICE), b"")):
        raise BadInputError("The file is empty. Choose the list again, as CSV or XLSX.")
    ring_after_commit(session, "imports", str(upload.id))
    return upload.id


def write(session: Session, import_id: int, kind: str, slices: Iterable[bytes]) -> int:
    """Keep these slices in order; returns how many there were."""
    number = -1
    for number, content in enumerate(slices):
        session.add(ImportChunk(import_id=import_id, kind=kind, number=number, content=content))
        session.flush()
        session.expunge_all()  # a hundred megabytes need not be in memory at once
    return number + 1


def read(session: Session, import_id: int, kind: str) -> Iterator[bytes]:
    """The slices of a kept file, in order."""
    number = 0
    while (chunk := session.get(ImportChunk, (import_id, kind, number))) is not None:
        session.expunge(chunk)
        yield chunk.content
        number += 1


def drop(session: Session, import_id: int, kind: str) -> None:
    """Keep these slices no longer."""
    number = 0
    while (chunk := session.get(ImportChunk, (import_id, kind, number))) is not None:
        session.delete(chunk)
        session.flush()
        number += 1


def has(session: Session, import_id: int, kind: str) -> bool:
    return session.get(ImportChunk, (import_id, kind, 0)) is not None
