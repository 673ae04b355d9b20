"""The phone numbers of a file from elsewhere: a list with a phone column, or just numbers, one a line."""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from phonebank import phone
from phonebank.contacts import columns, sources
from phonebank.contacts.rows import Row, Table, escaped
from phonebank.errors import BadInputError
from phonebank.phone import NotAPhoneNumber


class Reject(NamedTuple):
    """A row without a number: its first line in the file, why, and what it says."""

    line: int
    because: str
    cells: list[str]


def numbers(source: Path | BinaryIO, rejected: list[Reject]) -> Iterator[str]:
    """Each number in E.164, in the file's order; each row without one is added to `rejected`."""
    with sources.opened(source) as stream:
        places, rows = _places(sources.table_in(stream))
        for row in rows:
            try:
                yield _number(row, places)
            except NotAPhoneNumber as wrong:
                rejected.append(Reject(row.line, str(wrong), row.cells))


def rejects_csv(rejected: Iterable[Reject]) -> bytes:
    """The rows without a number as a file to mend and take in again."""
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow(["Line", "Because", "Row"])
    for reject in rejected:
        writer.writerow([reject.line, escaped(reject.because), *(escaped(cell) for cell in reject.cells)])
    return lines.getvalue().encode("utf-8-sig", "replace")


def _places(table: Table) -> tuple[Iterable[int], Iterator[Row]]:
    """Which columns to look in, and the rows: the first line, too, when it is no header but a number itself."""
    try:
        return columns.choose(table.header, {}).known["phone"], table.rows
    except BadInputError:
        everywhere = range(len(table.header))
        return everywhere, _with_first(Row(1, table.header), table.rows)


def _with_first(first: Row, rows: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from rows


def _number(row: Row, places: Iterable[int]) -> str:
    wrong: NotAPhoneNumber | None = None
    for place in places:
        try:
            return phone.parse(row.cells[place])
        except (NotAPhoneNumber, IndexError) as problem:
            wrong = wrong or (problem if isinstance(problem, NotAPhoneNumber) else None)
    raise wrong or NotAPhoneNumber(row.problem or "There is no phone number.")
