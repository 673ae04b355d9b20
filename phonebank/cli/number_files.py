"""The phone numbers of a file from elsewhere: a list with a phone column, or just numbers, one a line."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from phonebank import phone
from phonebank.contacts import columns, csv_rows, file_kinds, xlsx_rows
from phonebank.contacts.rows import Row, Table
from phonebank.errors import BadInputError
from phonebank.phone import NotAPhoneNumber


def numbers(file: Path, rejected: list[str]) -> Iterator[str]:
    """Each number in E.164, in the file's order; a sentence for each row without one is added to `rejected`."""
    try:
        stream = file.open("rb")
    except OSError as wrong:
        raise BadInputError(f"Cannot read {file}: {wrong.strerror}.") from None
    with stream:
        table = _table(stream)
        places, rows = _places(table)
        for row in rows:
            try:
                yield _number(row, places)
            except NotAPhoneNumber as wrong:
                rejected.append(f"Line {row.line}: {wrong}")


def _table(stream: BinaryIO) -> Table:
    head = stream.read(8)
    stream.seek(0)
    return xlsx_rows.read(stream) if file_kinds.is_zip(head) else csv_rows.read(stream)


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
