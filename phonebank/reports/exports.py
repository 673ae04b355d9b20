"""Rows as CSV, streamed, in cells that no spreadsheet runs as a formula.

A phone number (+12025550143) is a plain number to a spreadsheet and stays as it is, so that other tools can take it.
"""

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any, TextIO

from sqlalchemy import func, select
from sqlmodel import Session

from phonebank.campaigns.models import Campaign
from phonebank.reports import sheets
from phonebank.reports.sheets import Sheet, What

__all__ = ["Sheet", "What", "cell", "count", "lines", "write"]

_AT_ONCE = 1000
_LINES_AT_ONCE = 200
# OWASP, "CSV Injection": a cell that begins with one of these is run as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - full-width ones run too
_UNSEEN = " \u00a0\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\x00"  # before a formula, some programs pass over these
_PLAIN_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d+)?", re.ASCII)


def write(session: Session, campaign: Campaign, what: What, out: TextIO) -> int:
    """Write a campaign's rows, a header first, oldest first. Returns how many."""
    assert campaign.id is not None
    return write_sheet(session, sheets.sheet(what, campaign.id), out)


def write_sheet(session: Session, sheet: Sheet, out: TextIO) -> int:
    """As `write`, for any sheet."""
    written = -1  # the header is no row
    for line in _rows(session, sheet):
        out.write(line)
        written += 1
    return written


def count(session: Session, sheet: Sheet) -> int:
    """How many rows it has, without reading them."""
    if sheet.query is None:
        return 0
    return session.scalar(select(func.count()).select_from(sheet.query.order_by(None).subquery())) or 0


def lines(session: Session, sheet: Sheet) -> Iterator[str]:
    """The CSV in pieces of a few hundred lines, read as they are taken: any number of rows in the same memory."""
    rows = _rows(session, sheet)
    while piece := "".join(islice(rows, _LINES_AT_ONCE)):
        yield piece


def cell(value: object) -> str:
    """One cell, with an apostrophe before what a spreadsheet would run; a number stays a number."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    text = str(value)
    is_formula = text.lstrip(_UNSEEN).startswith(_FORMULA) and not _PLAIN_NUMBER.fullmatch(text)
    return f"'{text}" if is_formula else text


def _rows(session: Session, sheet: Sheet) -> Iterator[str]:
    """One CSV line at a time, the header first. Moments are ISO 8601 in UTC, money US dollars."""
    line = io.StringIO()
    writer = csv.writer(line, lineterminator="\n")
    writer.writerow(sheet.header)
    for row in _streamed(session, sheet):
        yield _taken(line)
        writer.writerow([cell(value) for value in sheet.tell(row)])
    yield _taken(line)


def _streamed(session: Session, sheet: Sheet) -> Iterator[Any]:
    if sheet.query is not None:
        yield from session.connection().execute(sheet.query.execution_options(yield_per=_AT_ONCE))


def _taken(line: io.StringIO) -> str:
    text = line.getvalue()
    line.seek(0)
    line.truncate()
    return text
