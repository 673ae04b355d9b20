"""Counts the whole of a large upload as its columns are matched now, for the page where they are being matched."""

import tempfile
from typing import Any, BinaryIO, cast

from phonebank import clock, db, jobs
from phonebank.contacts import foreseeing, lifecycle, queries, sources, uploads
from phonebank.contacts.foreseeing import Choices
from phonebank.contacts.models import ContactImport, ImportStatus
from phonebank.errors import BadInputError
from workers import opening

_SEEN_ALIVE_S = 60


@opening.turn("counting")
def turn(key: str, _until: float) -> bool:
    """Count this draft, unless somebody is at it; once more when others choices were made or an import goes first."""
    import_id = int(key)
    if not _seen_alive(import_id, first=True):
        return False
    try:
        with db.reading() as session:
            upload = session.get(ContactImport, import_id)
        if upload is None or upload.status is not ImportStatus.DRAFT or "whole" in upload.foreseen:
            return False
        return not _counted(upload)
    finally:
        jobs.connection().delete(_flag(import_id))


def _counted(upload: ContactImport) -> bool:
    """Whether all was counted, or cannot be."""
    with tempfile.TemporaryFile() as file:
        stream = cast("BinaryIO", file)
        uploads.write_out(upload.id or 0, stream)
        size = sources.size_of(stream)
        try:
            table = sources.table_in(stream)
            choices = Choices(table.header, upload.fields, upload.region)
            so_far: dict[str, Any] = {}
            for so_far in foreseeing.foresee(table.rows, choices, clock.now()):
                if not _told(upload, {"percent": min(99, 100 * stream.tell() // size), "so_far": so_far["rows"]}):
                    return False
        except BadInputError as wrong:
            return _told(upload, {"trouble": str(wrong)})
        return _told(upload, {"whole": so_far})


def _told(upload: ContactImport, news: dict[str, Any]) -> bool:
    """Keeps what is counted; False when it is of no use any more, or somebody's import waits for this worker."""
    _seen_alive(upload.id or 0)
    with db.transaction() as session:
        foreseen = {**upload.foreseen, **news}
        is_wanted = lifecycle.foresee(session, upload.id or 0, upload.choices, foreseen)
        return is_wanted and ("whole" in news or not (queries.is_import_waiting(session) or jobs.should_stop()))


def _seen_alive(import_id: int, *, first: bool = False) -> bool:
    return bool(jobs.connection().set(_flag(import_id), 1, ex=_SEEN_ALIVE_S, nx=first))


def _flag(import_id: int) -> str:
    return f"phonebank:counting:{import_id}"
