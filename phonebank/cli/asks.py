"""`phonebank asks`: the coach on a text, a script or JSON lines. No settings, database, Redis or network."""

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from phonebank.asks.coach import Finding, Judgement, Verdict, check
from phonebank.asks.rewriting import rewrite
from phonebank.cli.printing import as_json, safe
from phonebank.errors import BadInputError

_CHANNELS = ("text", "call")
_STARTS_JSON = re.compile(r'\s*\{\s*["}]').match
_COLORS = {Judgement.HARD: "green", Judgement.NEARLY: "yellow", Judgement.WEAK: "red"}


@click.group()
def asks() -> None:
    """The coach: is this a hard ask, one that gets a yes or a no."""


@asks.command("check")
@click.argument("file", default="-", metavar="[FILE|-]")
@click.option("--json", "wants_json", is_flag=True, help="One JSON object a line, for programs.")
def check_asks(file: str, wants_json: bool) -> None:
    """Judge an ask: hard, nearly or weak, and what would make it hard.

    FILE is one text or script, or JSON lines {"id", "text", "channel"?}; without it, or as "-", stdin is read.
    """
    for draft in _drafts(_read(file), file):
        verdict = check(draft.text, channel=draft.channel)
        harder = rewrite(draft.text, channel=draft.channel)
        if wants_json:
            as_json({"id": draft.id, **verdict.as_json(), "rewrite": harder})
        else:
            _report(draft, verdict, harder)


@dataclass(frozen=True)
class _Draft:
    id: Any
    text: str
    channel: str = "text"


def _read(file: str) -> str:
    if file == "-" and sys.stdin.isatty():
        raise BadInputError("Name a file, or pipe the text in: phonebank asks check FILE.")
    raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    encoding = "utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise BadInputError(f"{_called(file)} is not text: save it as UTF-8.") from error
    if "\0" in text:
        raise BadInputError(f"{_called(file)} is not text: save it as UTF-8.")
    return text


def _called(file: str) -> str:
    return "What came in" if file == "-" else safe(file)


def _drafts(text: str, file: str) -> list[_Draft]:
    """Every ask is read before the first is judged, so that a bad line leaves no half an answer."""
    if not _STARTS_JSON(text):
        return [_Draft(None, text.strip())]
    lines = enumerate(text.split("\n"), start=1)
    return [_draft(line, f"Line {number} of {_called(file).lower()}") for number, line in lines if line.strip()]


def _draft(line: str, place: str) -> _Draft:
    try:
        record = json.loads(line, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise BadInputError(f"{place} is not JSON: each line is one object with id and text.") from error
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        raise BadInputError(
            f'{place} has no text: each line is one object with id and text, as {{"id": 1, "text": "…"}}.'
        )
    channel = record.get("channel") or "text"
    if channel not in _CHANNELS:
        raise BadInputError(f'{place} has an unknown channel: it is "text" or "call".')
    return _Draft(record.get("id"), record["text"], channel)


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _report(draft: _Draft, verdict: Verdict, harder: str | None) -> None:
    name = "" if draft.id is None else f"{safe(str(draft.id))}: "
    click.echo(name + click.style(verdict.verdict.upper(), fg=_COLORS[verdict.verdict], bold=True))
    for finding in verdict.findings:
        click.echo(_line(finding))
    if harder:
        click.echo(f"  Try: {safe(harder)}")
    if draft.channel == "text":
        click.echo(f"  {verdict.segments} segment{'s' * (verdict.segments != 1)}, {verdict.encoding}\n")


def _line(finding: Finding) -> str:
    mark = click.style("✓", fg="green") if finding.ok else click.style("✗", fg="red")
    quote = f" “{safe(finding.quote)}”" if finding.quote else ""
    return f"  {mark} {finding.principle.replace('_', ' ')}{quote}{': ' * bool(finding.advice)}{finding.advice}"
