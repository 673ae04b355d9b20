"""Keeps webhooks on disk while the database is down: fsynced before the carrier is told 204, replayed in order.

Opt-outs are replayed first. A file that cannot be understood is set aside, never deleted.
"""

import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy.exc import DataError, IntegrityError

from phonebank import db, logs
from phonebank.errors import BadInputError
from phonebank.gateway import inbound
from phonebank.messages import receiving, reporting
from phonebank.optouts import keywords, ledger

BY_CALL = "their call"

log = logs.get("spool")


def keep(folder: Path, kind: str, key: str, form: Mapping[str, str], now: datetime) -> None:
    """Write one webhook to disk, durably. `kind` is "text" or "report"; `key` is our message id for a report.

    "stop" is no webhook but what a call brought: `form` names the `phone` that opts out and `because`.

    Raises OSError when the disk refuses: then the carrier must not be told that we have it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = (
        f"{now.timestamp():017.6f}-{time.monotonic_ns():020d}-{uuid4().hex}"  # in order though the clock stands still
    )
    draft = folder / f"{name}.new"
    with draft.open("w", encoding="utf-8") as file:
        json.dump({"kind": kind, "key": key, "at": now.isoformat(), "form": dict(form)}, file)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(folder / f"{name}.json")
    _sync(folder)


def is_waiting(folder: Path) -> bool:
    return next(folder.glob("*.json"), None) is not None


def replay(folder: Path) -> int:
    """Store everything spooled, opt-outs first and then in order of arrival. Returns how many were stored."""
    waiting = sorted(_read(folder), key=lambda kept: (not kept[1].get("is_opt_out"), kept[0].name))
    for path, kept in waiting:
        try:
            _store(kept)
        except (BadInputError, KeyError, TypeError, ValueError, DataError, IntegrityError):
            log.warning("a spooled webhook cannot be understood; it is set aside", file=path.name)
            with suppress(FileNotFoundError):  # another turn was first
                path.rename(path.with_suffix(".bad"))
        else:
            path.unlink(missing_ok=True)
    return len(waiting)


def _read(folder: Path) -> Iterator[tuple[Path, dict[str, object]]]:
    for path in sorted(folder.glob("*.json")):
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            said = keywords.is_exact_opt_out(kept["form"].get("Body", ""))
            kept["is_opt_out"] = kept["kind"] == "stop" or (kept["kind"] == "text" and said)
        except FileNotFoundError:
            continue  # another turn was first
        except (ValueError, KeyError, TypeError, AttributeError):
            kept = {}
        yield path, kept


def _store(kept: dict[str, object]) -> None:
    form, at = kept["form"], datetime.fromisoformat(str(kept["at"]))
    if not isinstance(form, dict) or at.tzinfo is None:
        raise TypeError("a form, and a moment with its zone")
    with db.transaction() as session:
        if kept["kind"] == "stop":
            ledger.record(session, form["phone"], because=form["because"], by=BY_CALL, now=at)
        elif kept["kind"] == "text":
            receiving.store(session, inbound.text_from(form), at)
        else:
            reporting.report(session, str(kept["key"]), inbound.report_from(form), at)


def _sync(folder: Path) -> None:
    """A rename is durable once its folder is on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
