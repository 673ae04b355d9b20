"""What a list's file gives, whatever its format: a header and rows that know their line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from phonebank.errors import BadInputError

MOST_COLUMNS = 1_000
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


class Row(NamedTuple):
    """One line of the list. `cells` has as many as the header unless `problem` says why the row cannot be read."""

    line: int  # as an editor or a spreadsheet counts: of the row's start, from 1
    cells: list[str]
    problem: str = ""


@dataclass(frozen=True)
class Table:
    """A header, and the rows under it, read as they are asked for."""

    header: list[str]
    rows: Iterator[Row]


def header_of(cells: list[str]) -> list[str]:
    """The header without the blank columns to its right. Refuses one that no list has."""
    header = [cell.strip("\ufeff\u200b \t\r\n\xa0") for cell in cells]
    while header and not header[-1]:
        header.pop()
    if len(header) > MOST_COLUMNS:
        raise BadInputError(f"The first line has {len(header)} columns; a list has {MOST_COLUMNS} at most.")
    return header


def fitted(line: int, cells: list[str], width: int) -> Row:
    """The row as wide as the header: a short one is filled with blanks, blank cells too many are dropped."""
    if len(cells) <= width:
        return Row(line, cells + [""] * (width - len(cells)))
    extra = sum(1 for cell in cells[width:] if cell)
    if not extra:
        return Row(line, cells[:width])
    more = "1 more cell" if extra == 1 else f"{extra} more cells"
    return Row(line, cells, f"The row has {more} than the header: a cell with a delimiter in it needs quotation marks.")


def escaped(cell: str) -> str:
    """The cell so that no spreadsheet runs it as a formula; `unescaped` gives it back as it was."""
    return "'" + cell if _FORMULA.match(cell) else cell


def unescaped(cell: str) -> str:
    """The cell without the apostrophe that keeps a spreadsheet from running it."""
    return cell[1:] if cell[:1] == "'" and _FORMULA.match(cell) else cell
