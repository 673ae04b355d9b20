"""`phonebank replies`: how replies are read. `read` itself needs no settings, database, Redis or network."""

import json
from collections.abc import Iterator
from math import isfinite
from typing import Any, BinaryIO

import click

from phonebank.cli import printing
from phonebank.errors import BadInputError
from phonebank.replies.reading import Reading, read


@click.group()
def replies() -> None:
    """How replies are read."""


@replies.command("read")
@click.argument("source", type=click.File("rb"), default="-", metavar="[-|FILE]")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line instead of columns.")
def read_replies(source: BinaryIO, *, as_json: bool) -> None:
    """Say what replies mean: JSON lines {"id","text","question"?,"sent"?,"lang"?} in, a reading of each out.

    acted: the machine would answer now. hold: nothing at all would go out until a person has read it.
    """
    for asked in _records(source):
        reading = _read(asked)
        if as_json:
            printing.as_json(_told(asked.get("id"), reading))
        else:
            printing.say(_line(asked.get("id"), reading))


_CAMPAIGN = click.option("--campaign", metavar="NAME", help="One campaign's replies; without it, those of all.")
_JSON = click.option("--json", "wants_json", is_flag=True, help="JSON, for programs.")


@replies.command()
@_CAMPAIGN
@_JSON
def report(campaign: str | None, *, wants_json: bool) -> None:
    """How far volunteers' verdicts agree with the reading, and the replies most worth reading."""
    from phonebank.cli import learning  # reading needs no database, and does not wait for what does

    learning.report(campaign, wants_json=wants_json)


@replies.command()
@_CAMPAIGN
@click.option("--apply", "applies", is_flag=True, help="Keep the new threshold. Without it, nothing is changed.")
@_JSON
def calibrate(campaign: str | None, *, applies: bool, wants_json: bool) -> None:
    """Refit on people's verdicts how sure a reading must be for the machine to answer, and say what that changes."""
    from phonebank.cli import learning

    learning.calibrate(campaign, applies=applies, wants_json=wants_json)


@replies.command()
@_CAMPAIGN
@_JSON
def replay(campaign: str | None, *, wants_json: bool) -> None:
    """Read every past reply again with the present reader, and show what would differ. Writes nothing.

    With --json a line for each reply that differs, then one with the counts.
    """
    from phonebank.cli import learning

    learning.replay(campaign, wants_json=wants_json)


def _records(source: BinaryIO) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(source, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line.decode("utf-8-sig", "surrogatepass"))
        except UnicodeDecodeError as wrong:
            raise BadInputError(f"Line {number} is not in UTF-8: save the file as UTF-8.") from wrong
        except (ValueError, RecursionError) as wrong:
            raise BadInputError(f"Line {number} is not JSON: write one object a line, with id and text.") from wrong
        yield _checked(record, number)


def _checked(record: object, number: int) -> dict[str, Any]:
    if not isinstance(record, dict):
        raise BadInputError(f'Line {number} is not an object: write {{"id": …, "text": …}} on each line.')
    if not isinstance(record.get("text"), str):
        raise BadInputError(f'Line {number} has no text: give each reply a "text" in quotes.')
    name = record.get("id")
    if not isinstance(name, str | int | float | None) or (isinstance(name, float) and not isfinite(name)):
        raise BadInputError(f'Line {number}: "id" must be text or a number.')
    for name in ("question", "lang"):
        if not isinstance(record.get(name), str | None):
            raise BadInputError(f'Line {number}: "{name}" must be text, or left out.')
    sent = record.get("sent")
    if not (isinstance(sent, str | None) or (isinstance(sent, list) and all(isinstance(one, str) for one in sent))):
        raise BadInputError(f'Line {number}: "sent" must be a text or a list of texts, or left out.')
    return record


def _read(asked: dict[str, Any]) -> Reading:
    return read(asked["text"], question=asked.get("question"), sent=asked.get("sent"), lang=asked.get("lang"))


def _told(name: object, reading: Reading) -> dict[str, Any]:
    return {
        "id": name,
        "intent": reading.intent.value,
        "confidence": reading.confidence,
        "acted": reading.acted,
        "hold": reading.hold,
        "why": reading.why,
        "named": reading.named,
    }


def _line(name: object, reading: Reading) -> str:
    who = "machine answers" if reading.acted else "hold, to a person" if reading.hold else "to a person"
    shown = "" if name is None else str(name)
    return f"{shown:<10}  {reading.intent.value:<12}  {reading.confidence:.2f}  {who:<17}  {reading.why}"
