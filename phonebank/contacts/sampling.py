"""The first rows of an uploaded file, kept beside it: to look at a choice takes neither the file nor its format."""

import json
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from phonebank import phone as phones
from phonebank.contacts import columns, sources
from phonebank.contacts.rows import Row
from phonebank.errors import BadInputError

MOST_ROWS = 5_000
_MOST_LETTERS = 2_000_000
_LOOKED_AT = 50
_SHOWN = 3
_NUMBERS_AT_LEAST = 0.5


@dataclass(frozen=True)
class Sample:
    """The header and the first rows; `is_whole` when the file has no more of them."""

    header: list[str]
    rows: list[Row]
    is_whole: bool

    def examples(self, at: int) -> list[str]:
        """What the first rows say in this column."""
        return [row.cells[at][:60] if at < len(row.cells) else "" for row in self.rows[:_SHOWN]]

    @property
    def content(self) -> bytes:
        return json.dumps({"header": self.header, "rows": self.rows, "is_whole": self.is_whole}).encode()


def of(content: bytes) -> Sample:
    """The sample that was kept as `content`."""
    kept = json.loads(content)
    return Sample(kept["header"], [Row(*row) for row in kept["rows"]], kept["is_whole"])


def take(stream: BinaryIO) -> Sample:
    """The sample of this file. Raises BadInputError for a file that is no list, or has nobody in it."""
    stream.seek(0)
    table = sources.table_in(stream)
    rows: list[Row] = []
    letters = 0
    is_whole = True
    for row in islice(table.rows, MOST_ROWS + 1):
        letters += sum(map(len, row.cells))
        if len(rows) == MOST_ROWS or letters > _MOST_LETTERS:
            is_whole = False
            break
        rows.append(row)
    if not rows:
        raise BadInputError(_nobody(table.header))
    return Sample(table.header, rows, is_whole)


def matched(sample: Sample) -> list[str]:
    """What each column is, as far as its name says; where none is named as a number, the one that has numbers in it."""
    fields = columns.fields_of(sample.header)
    if "phone" not in fields:
        shares = [_share_of_numbers(sample, at) for at in range(len(fields))]
        best = max(range(len(fields)), key=shares.__getitem__, default=None)
        if best is not None and shares[best] >= _NUMBERS_AT_LEAST:
            fields[best] = "phone"
    return fields


def _share_of_numbers(sample: Sample, at: int) -> float:
    cells = [row.cells[at] for row in sample.rows[:_LOOKED_AT] if at < len(row.cells) and row.cells[at]]
    return sum(map(_is_number, cells)) / len(cells) if cells else 0.0


def _is_number(cell: str) -> bool:
    try:
        phones.parse(cell)
    except BadInputError:
        return False
    return True


def _nobody(header: list[str]) -> str:
    if any(map(_is_number, header)):
        return (
            "This file is one line, which looks like a person: add a first line that names the columns, "
            "such as First Name,Phone."
        )
    return "This file names columns and has nobody under them: add the people, a row each, and upload it again."
