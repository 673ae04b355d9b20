"""Reads an uploaded list into contacts, and keeps its counts and rejected rows for the page."""

import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from time import monotonic
from typing import IO, BinaryIO, cast

from sqlmodel import Session

from phonebank import clock, db, jobs, logs
from phonebank.contacts import importing, lifecycle, queries, uploads
from phonebank.contacts.importing import ImportResult, Order
from phonebank.contacts.models import ContactImport
from phonebank.errors import BadInputError
from phonebank.people import audit
from phonebank.people.models import Deed
from workers import opening

_SLICE = 1_000_000
_SEEN_ALIVE_S = 60  # a reader that has said nothing for so long is dead, and another may begin
log = logs.get("imports")


class _StoppedError(Exception):
    """Between two batches: somebody canceled it, or the worker is asked to go."""


@opening.turn("imports")
def turn(key: str, _until: float) -> bool:
    """Read this upload from its beginning, unless somebody is at it or it was read to its end."""
    import_id = int(key)
    if not _seen_alive(import_id, first=True):
        return False
    try:
        with db.transaction() as session:
            wanted = lifecycle.begin(session, import_id)
            upload = session.get(ContactImport, import_id)
        if wanted and upload is not None:
            _read(import_id, upload)
    finally:
        jobs.connection().delete(_flag(import_id))
    return False


def _read(import_id: int, upload: ContactImport) -> None:
    with tempfile.TemporaryDirectory(prefix="phonebank-import-") as folder, tempfile.TemporaryFile() as stream:
        uploads.write_out(import_id, stream)
        order = Order(
            list_name=upload.list_name,
            imported_by=upload.imported_by,
            fields=upload.fields,
            region=upload.region,
            consent=upload.consent,
            rejects=Path(folder, "rejects.csv"),
        )

        try:
            result = importing.import_list(
                cast("BinaryIO", stream), order, now=clock.now(), progress=partial(_tell, upload, monotonic())
            )
        except _StoppedError:
            log.info("a list is read no further", upload=import_id)
            return
        except BadInputError as wrong:
            with db.transaction() as session:
                lifecycle.refuse(session, import_id, str(wrong))
                _drop(session, import_id)
            log.info("a list was refused", upload=import_id)
            return
        _finish(upload, result, order)


def _tell(upload: ContactImport, began: float, so_far: ImportResult, share: float) -> None:
    """After each batch, for the page; here a cancel is heard."""
    import_id = upload.id or 0
    _seen_alive(import_id)
    counts = so_far.counts | {"percent": int(share * 100)} | _pace(so_far.rows, share, monotonic() - began)
    with db.transaction() as session:
        goes_on = lifecycle.progress(session, import_id, counts)
        list_id = queries.list_id_of(session, upload.list_name)
        if not goes_on and lifecycle.stopped(session, import_id, counts, list_id):
            _sign(session, upload, f"canceled after {so_far.told}")
    if not goes_on or jobs.should_stop():  # a worker that is back begins again: importing twice changes nothing
        raise _StoppedError


def _pace(rows: int, share: float, took_s: float) -> dict[str, int]:
    return {"per_second": int(rows / took_s), "left_s": int(took_s * (1 - share) / share)} if took_s and share else {}


def _sign(session: Session, upload: ContactImport, detail: str) -> None:
    audit.record(session, Deed.IMPORTED, by=upload.imported_by, about=upload.list_name, now=clock.now(), detail=detail)


def _finish(upload: ContactImport, result: ImportResult, order: Order) -> None:
    import_id = upload.id or 0
    with db.transaction() as session:
        if result.rejected and order.rejects is not None and not uploads.has(session, import_id, uploads.REJECTS):
            with order.rejects.open("rb") as rejects:
                uploads.write(session, import_id, uploads.REJECTS, _slices(rejects))
        list_id = queries.list_id_of(session, upload.list_name)
        if lifecycle.finish(session, import_id, result.counts, list_id):
            _sign(session, upload, result.told)
        _drop(session, import_id)  # what it said is in the contacts now
    log.info("a list was read", upload=import_id, **result.counts)


def _drop(session: Session, import_id: int) -> None:
    for kind in (uploads.FILE, uploads.SAMPLE):
        uploads.drop(session, import_id, kind)


def _slices(stream: IO[bytes]) -> Iterator[bytes]:
    return iter(lambda: stream.read(_SLICE), b"")


def _seen_alive(import_id: int, *, first: bool = False) -> bool:
    """Says that this reader lives; as the first word, False when another one does."""
    return bool(jobs.connection().set(_flag(import_id), 1, ex=_SEEN_ALIVE_S, nx=first))


def _flag(import_id: int) -> str:
    return f"phonebank:reading:{import_id}"
