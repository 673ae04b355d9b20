"""What a run needs before it starts: a folder of its own that can be written, and a port that is free."""

import errno
import fcntl
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import click

from phonebank.errors import BadInputError, RefusedError, UnavailableError
from phonebank.settings import Settings

EVERYWHERE, LOOPBACK = "0.0.0.0", "127.0.0.1"  # noqa: S104  # a host's router comes from another address
PORT = click.option("--port", type=click.IntRange(1, 65535), help="Where to listen; else PORT, else 8000.")
_ENOUGH_TO_START = 4_000_000  # bytes
_OWNERS_ALONE = 0o700  # people's numbers lie here


def refuse_taken_port(host: str, port: int) -> None:
    """Raises RefusedError when nobody could listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as wrong:
            if wrong.errno == errno.EADDRINUSE:
                raise RefusedError(f"Port {port} is in use: stop what listens there, or give --port.") from None
            raise RefusedError(f"Cannot listen on port {port}: {wrong.strerror}. Give another with --port.") from None


@contextmanager
def held(settings: Settings) -> Iterator[None]:
    """var/ is this run's alone and can be written. A rehearsal begins without what was there, and leaves nothing."""
    if not settings.home.is_dir():
        raise BadInputError(f"There is no folder {settings.home}: make it, or mend PHONEBANK_HOME.")
    var = settings.home / "var"
    is_new = not var.exists()
    with ExitStack() as leaving:
        with _told_plainly(settings.home):
            var.mkdir(mode=_OWNERS_ALONE, exist_ok=True)
            leaving.callback(_remove_if_empty, var, is_new=is_new)
            leaving.enter_context(_locked(var / ("rehearsal.lock" if settings.rehearsal else "run.lock")))
            if settings.rehearsal:
                shutil.rmtree(settings.var, ignore_errors=True)
                leaving.callback(shutil.rmtree, settings.var, ignore_errors=True)
            settings.var.mkdir(mode=_OWNERS_ALONE, exist_ok=True)
            _try_out(settings.var)
        yield


def _try_out(folder: Path) -> None:
    with tempfile.TemporaryFile(dir=folder) as trial:
        trial.write(bytes(_ENOUGH_TO_START))
        trial.flush()
        os.fsync(trial.fileno())


def _remove_if_empty(folder: Path, *, is_new: bool) -> None:
    if is_new:
        with suppress(OSError):
            folder.rmdir()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("wb") as lock:
        if not _is_mine(lock):
            raise RefusedError(f"phonebank runs here already, in {path.parent.parent}: stop that one first.")
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def _is_mine(lock: BinaryIO) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _told_plainly(home: Path) -> Iterator[None]:
    try:
        yield
    except OSError as wrong:
        if wrong.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise UnavailableError("The disk is full: make some room, then try again.") from wrong
        raise UnavailableError(
            f"Cannot write in {home}: {wrong.strerror}. Work in a folder of yours, or set PHONEBANK_HOME.",
        ) from wrong
