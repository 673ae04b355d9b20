"""What a command prints: one JSON object a line for programs, aligned columns for people."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

import click


def as_json(record: Mapping[str, Any]) -> None:
    """One object on one line, ASCII-escaped, so that any program in any locale can read it."""
    click.echo(json.dumps(record, ensure_ascii=True, allow_nan=False))


def say(words: str = "") -> None:
    """One line for a person."""
    click.echo(safe(words))


def warn(words: str) -> None:
    """One line on stderr: it does not change the exit status."""
    click.echo(safe(words), err=True)


def safe(words: str) -> str:
    """The words on one line, without the control characters that could drive somebody's terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in words)


def rows(records: Sequence[Mapping[str, Any]], *, wants_json: bool) -> None:
    """A list: one JSON object a line, or aligned columns under the names of the first record's keys."""
    if wants_json:
        for record in records:
            as_json(record)
    elif records:
        table([name.upper() for name in records[0]], (list(record.values()) for record in records))


def table(headers: Sequence[str], cells: Iterable[Sequence[object]]) -> None:
    """Aligned columns with a header; only the header's names when there are no rows."""
    lines = [list(headers), *([safe(str(cell)) for cell in row] for row in cells)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headers))]
    for line in lines:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def progress(total: int, label: str) -> AbstractContextManager[Any]:
    """A bar on stderr when it is a terminal, and nothing at all otherwise: `bar.update(n)`."""
    return click.progressbar(length=total, label=label, file=sys.stderr, hidden=not sys.stderr.isatty())
