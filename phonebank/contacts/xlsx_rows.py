"""Reads a list in XLSX: the first sheet with rows, its cells as the text a person meant (pure)."""

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import chain
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

from phonebank.contacts import file_kinds
from phonebank.contacts.rows import Row, Table, fitted, header_of, unescaped
from phonebank.errors import BadInputError

_LARGEST = 2_000_000_000  # bytes, unpacked
_LARGEST_WORDS = 300_000_000  # bytes of the table of texts, which is held in memory
_TIGHTEST = 200  # times: a real sheet packs ten- to thirtyfold
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    EOFError,
    NotImplementedError,
)


def read(stream: BinaryIO) -> Table:
    """The list in this seekable stream, streamed. Raises BadInputError for what is no workbook, or a bomb."""
    import openpyxl  # takes a quarter of a second, and most processes never need it

    _refuse_unless_workbook(stream)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # openpyxl's remarks on styles and validation
            workbook = openpyxl.load_workbook(stream, read_only=True, data_only=True)
            rows = _first_rows(workbook)
    except _BROKEN as wrong:
        raise _broken() from wrong
    if rows is None:
        raise BadInputError("The workbook has no rows in any of its sheets.")
    header = header_of(next(rows).cells)
    return Table(header, _fitted_rows(rows, len(header)))


def _refuse_unless_workbook(stream: BinaryIO) -> None:
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as wrong:
        raise _broken() from wrong
    stream.seek(0)
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names:
        raise file_kinds.not_a_list(_other_kind(names))
    packed, unpacked = sum(part.compress_size for part in parts), sum(part.file_size for part in parts)
    words = sum(part.file_size for part in parts if part.filename.endswith("sharedStrings.xml"))
    is_tight = unpacked > _LARGEST // 20 and unpacked > packed * _TIGHTEST
    if unpacked > _LARGEST or words > _LARGEST_WORDS or is_tight:
        raise BadInputError("The workbook unpacks to far more than a list: save the sheet as CSV and import that.")


def _other_kind(names: set[str]) -> str:
    if "word/document.xml" in names:
        return "a Word document"
    if "xl/workbook.bin" in names:
        return "a binary Excel file (.xlsb)"
    if any(name.startswith("Index/") for name in names):
        return "a Numbers file"
    return "an OpenDocument file" if "content.xml" in names else "a ZIP archive"


def _broken() -> BadInputError:
    return BadInputError("The workbook is damaged or locked by a password: save it again as XLSX or CSV.")


def _first_rows(workbook: Any) -> Iterator[Row] | None:
    for sheet in sorted(workbook.worksheets, key=lambda sheet: sheet.sheet_state != "visible"):
        sheet.reset_dimensions()  # some programs write a wrong size, and reading would stop there
        rows = _rows(sheet)
        first = next(rows, None)
        if first:
            return chain([first], rows)
    return None


def _rows(sheet: Any) -> Iterator[Row]:
    """Every row that is not blank."""
    for line, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        cells = [_text(value) for value in values]
        if any(cells):
            yield Row(line, cells)


def _fitted_rows(rows: Iterator[Row], width: int) -> Iterator[Row]:
    try:
        for row in rows:
            yield fitted(row.line, row.cells, width)
    except _BROKEN as wrong:
        raise _broken() from wrong


def _text(value: Any) -> str:
    """Numbers without .0, days as 2027-02-10, everything else as it is written."""
    match value:
        case None:
            return ""
        case str():
            return unescaped(value.strip())
        case bool():
            return "TRUE" if value else "FALSE"
        case float():
            return str(int(value)) if value.is_integer() else repr(value)
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case date() | time():
            return value.isoformat()
        case _:
            return str(value).strip()
