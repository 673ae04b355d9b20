"""Reads a list in CSV as programs write it: any of four encodings and four delimiters, a line at a time (pure).

A stray quotation mark spoils its own line only: the next line is read afresh, so that nobody is swallowed by it.
"""

import codecs
import csv
import io
import re
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import BinaryIO

from phonebank.contacts import file_kinds
from phonebank.contacts.rows import Row, Table, fitted, header_of, unescaped
from phonebank.errors import BadInputError

LONGEST_LINE = 1_000_000  # characters
_LONGEST_CELL_LINES = 200
_LONGEST_CELL = 100_000
_DELIMITERS = "\t;|,"  # those that rarely stand in a header's words first
_SAMPLE = 25
_EXCEL_HINT = re.compile(r"\"?sep=(.)\"?", re.IGNORECASE)
_OPEN_QUOTE = 'A quotation mark (") is opened here and never closed.'
_LONG_CELL = 'A cell is longer than 131,072 characters, or a quotation mark (") is never closed.'
_STRAY_QUOTE = 'A quotation mark (") inside a cell must be written twice ("").'

Line = tuple[int, str]


def read(stream: BinaryIO) -> Table:
    """The list in this seekable stream, streamed in flat memory.

    Raises BadInputError for a file that is no list, and while reading for a line longer than a list's can be.
    """
    head = stream.read(file_kinds.LOOK_AT)
    stream.seek(0)
    file_kinds.refuse_unless_text(head)
    text = io.TextIOWrapper(stream, file_kinds.utf_16(head) or "utf-8-sig", "phonebank.windows_1252", newline=None)
    lines = _Lines(_numbered(text))
    delimiter = _hinted(lines) or _sniffed(lines.peek(_SAMPLE))
    first = next(_records(lines, delimiter), None)
    if first is None:
        raise BadInputError("The file is empty.")
    if first.problem:
        raise BadInputError(f"Line {first.line}, the header, cannot be read: {first.problem}")
    header = header_of(first.cells)
    return Table(header, _fitted_rows(lines, delimiter, len(header)))


def _windows_1252(wrong: UnicodeError) -> tuple[str, int]:
    """A byte that is not UTF-8 is read as Windows-1252, so that one such name in a file spoils no other."""
    if not isinstance(wrong, UnicodeDecodeError):
        raise wrong
    if wrong.encoding.startswith("utf-16"):
        return "\N{REPLACEMENT CHARACTER}", wrong.end
    return wrong.object[wrong.start : wrong.end].decode("cp1252", "replace"), wrong.end


codecs.register_error("phonebank.windows_1252", _windows_1252)


class _Lines:
    """Numbered lines that can be looked at before they are taken, and put back."""

    def __init__(self, source: Iterator[Line]) -> None:
        self._source = source
        self._waiting: deque[Line] = deque()

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> Line:
        return self._waiting.popleft() if self._waiting else next(self._source)

    def peek(self, count: int) -> list[str]:
        self._waiting.extend(islice(self._source, max(0, count - len(self._waiting))))
        return [line for _, line in self._waiting]

    def put_back(self, lines: list[Line]) -> None:
        self._waiting.extendleft(reversed(lines))


def _numbered(text: io.TextIOWrapper) -> Iterator[Line]:
    number = 0
    try:
        while line := text.readline(LONGEST_LINE):
            number += 1
            if len(line) >= LONGEST_LINE and line[-1] != "\n":
                raise BadInputError(
                    f"Line {number} is longer than {LONGEST_LINE:,} characters: this is not a list of people, "
                    "or its lines have lost their ends.",
                )
            line = line.rstrip("\n")
            yield number, line.replace("\0", "") if "\0" in line else line
    finally:
        with suppress(ValueError):  # a reader given up on ends after its stream is closed
            text.detach()  # the stream is its owner's to close


def _hinted(lines: _Lines) -> str:
    """The delimiter that Excel's own first line names (sep=;), which is then taken away."""
    first = lines.peek(1)
    hint = _EXCEL_HINT.fullmatch(first[0].strip()) if first else None
    if not hint:
        return ""
    next(lines)
    return hint[1]


def _sniffed(sample: list[str]) -> str:
    """The delimiter that cuts the header in pieces and the lines under it in as many."""
    lines = [line for line in sample if line.strip()]
    return max(_DELIMITERS, key=lambda delimiter: _agreement(lines, delimiter)) if lines else ","


def _agreement(lines: list[str], delimiter: str) -> tuple[float, int]:
    widths = [len(_cut(line, delimiter)) for line in lines]
    if widths[0] == 1:
        return (0, 0)
    alike = sum(width == widths[0] for width in widths) / len(widths)
    return (round(alike, 1), widths[0])


def _cut(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))
    except csv.Error:  # a cell longer than any should be
        return line.split(delimiter)


def _fitted_rows(lines: _Lines, delimiter: str, width: int) -> Iterator[Row]:
    for row in _records(lines, delimiter):
        yield row if row.problem or len(row.cells) == width else fitted(row.line, row.cells, width)


def _records(lines: _Lines, delimiter: str) -> Iterator[Row]:
    """Every record that is not blank."""
    for number, line in lines:
        problem = ""
        if '"' in line:
            cells, problem = _quoted(number, line, lines, delimiter)
        else:
            cells = line.split(delimiter)
        cells = list(map(str.strip, cells))
        if "'" in line:
            cells = [unescaped(cell) for cell in cells]
        if cells[0] or any(cells):
            yield Row(number, cells, problem)


def _quoted(number: int, line: str, lines: _Lines, delimiter: str) -> tuple[list[str], str]:
    """The cells of a record with quotation marks, over as many lines as they hold together, and what is wrong."""
    taken: list[Line] = [(number, line)]
    while True:
        try:
            text = [line + "\n" for _, line in taken]
            return next(csv.reader(text, delimiter=delimiter, skipinitialspace=True, strict=True)), ""
        except csv.Error as wrong:
            why = str(wrong)
        is_open = why == "unexpected end of data"
        following = next(lines, None) if is_open and _may_go_on(taken) else None
        if following is None:
            lines.put_back(taken[1:])
            return _cut(line, delimiter), _problem(why, len(taken))
        taken.append(following)


def _problem(why: str, lines: int) -> str:
    if why.startswith("field larger"):
        return _LONG_CELL
    return _OPEN_QUOTE if why == "unexpected end of data" or lines > 1 else _STRAY_QUOTE


def _may_go_on(taken: list[Line]) -> bool:
    return len(taken) < _LONGEST_CELL_LINES and sum(len(line) for _, line in taken) < _LONGEST_CELL
