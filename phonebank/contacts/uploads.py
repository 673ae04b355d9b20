"""A file kept in the database in slices, so that the worker that reads it may be on another machine."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import IO

from sqlmodel import Session

from phonebank import db
from phonebank.contacts import lifecycle, queries, sampling
from phonebank.contacts.models import ContactImport, ImportChunk
from phonebank.contacts.sampling import Sample

FILE, SAMPLE, REJECTS = "file", "sample", "rejects"
_SLICE = 1_000_000  # bytes
_FORGOTTEN_AFTER = timedelta(days=14)


def digest_of(stream: IO[bytes]) -> str:
    """By which the same file is known again."""
    stream.seek(0)
    found = hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]  # any binary stream will do
    stream.seek(0)
    return found


def keep(session: Session, upload: ContactImport, stream: IO[bytes], sample: Sample) -> int:
    """Keep an uploaded file and its first rows, as a draft of an import; forget drafts of long ago. Returns its id."""
    for old in queries.drafts(session, before=upload.created_at - _FORGOTTEN_AFTER):
        discard(session, old)
    session.add(upload)
    session.flush()
    assert upload.id is not None
    import_id = upload.id
    stream.seek(0)
    write(session, import_id, FILE, iter(lambda: stream.read(_SLICE), b""))
    write(session, import_id, SAMPLE, [sample.content])
    return import_id


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


def write_out(import_id: int, stream: IO[bytes]) -> None:
    """The kept file into this one, from its beginning."""
    with db.reading() as session:
        for content in read(session, import_id, FILE):
            stream.write(content)
    stream.seek(0)


def sample_of(session: Session, import_id: int) -> Sample:
    """The first rows of a kept file."""
    return sampling.of(b"".join(read(session, import_id, SAMPLE)))


def drop(session: Session, import_id: int, kind: str) -> None:
    """Keep these slices no longer."""
    number = 0
    while (chunk := session.get(ImportChunk, (import_id, kind, number))) is not None:
        session.delete(chunk)
        session.flush()
        number += 1


def discard(session: Session, import_id: int) -> bool:
    """Forget a draft and its file; False when it is none, and nothing is forgotten."""
    is_draft = import_id in queries.drafts(session)
    for kind in (FILE, SAMPLE) if is_draft else ():
        drop(session, import_id, kind)
    return is_draft and lifecycle.discard(session, import_id)


def has(session: Session, import_id: int, kind: str) -> bool:
    return session.get(ImportChunk, (import_id, kind, 0)) is not None
