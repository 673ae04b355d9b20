"""The rows an import could not use, written as a list that can be mended and imported again."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from phonebank.contacts.columns import merge_field, words
from phonebank.contacts.rows import Row, escaped
from phonebank.errors import BadInputError

OUR_COLUMNS = ("Rejected line", "Rejected because")


class Rejection(NamedTuple):
    """`line` is the row's first in the file."""

    line: int
    because: str


class Rejects(Protocol):
    """Somebody who is told of each rejected row."""

    def add(self, row: Row, because: str) -> None: ...


class RejectsFile:
    """The list's own columns, then the line and the reason, which an import passes over."""

    def __init__(self, lines: Any, header: list[str]) -> None:
        self._rows = csv.writer(lines)
        ours = words()["ignored"]["headers"]
        self._kept = [at for at, title in enumerate(header) if merge_field(title) not in ours]
        self._width = len(header)
        self._rows.writerow([*(escaped(header[at]) for at in self._kept), *OUR_COLUMNS])

    def add(self, row: Row, because: str) -> None:
        cells = row.cells + [""] * (self._width - len(row.cells))
        kept = [escaped(cells[at]) for at in self._kept]
        beyond = [escaped(cell) for cell in cells[self._width :]]  # stays too wide until somebody mends it
        self._rows.writerow([*kept, row.line, because, *beyond])


@contextmanager
def rejects_file(path: Path | None, header: list[str]) -> Iterator[RejectsFile | None]:
    """A file that takes its name only when the import is through, so that a list can be mended in its place."""
    if path is None:
        yield None
        return
    part = path.with_name(path.name + ".part")
    with _told(path):
        lines = part.open("w", encoding="utf-8-sig", newline="")
    try:
        with lines:
            yield RejectsFile(lines, header)
        with _told(path):
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as wrong:
        raise BadInputError(f"The rejected rows cannot be written to {path}: {wrong.strerror}.") from wrong
