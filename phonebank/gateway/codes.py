"""What to do about each of the carrier's error codes: codes.toml, read once."""

import tomllib
from enum import StrEnum
from functools import cache
from pathlib import Path


class CodeAction(StrEnum):
    BAD_NUMBER = "bad_number"
    OPTED_OUT = "opted_out"
    PAUSE_CAMPAIGN = "pause_campaign"
    STOP_EVERYTHING = "stop_everything"
    LATER = "later"
    DOUBTFUL = "doubtful"
    FAILED = "failed"


def action(code: int | None) -> CodeAction:
    """What this code asks of us; FAILED for one we do not know."""
    return CodeAction.FAILED if code is None else _table()[0].get(code, CodeAction.FAILED)


def meaning(code: int | None) -> str:
    """The code in words a member of staff understands, with its number."""
    if code is None:
        return "no error code was given"
    return f"{_table()[1].get(code, 'the carrier refused it')} ({code})"


@cache
def _table() -> tuple[dict[int, CodeAction], dict[int, str]]:
    read = tomllib.loads(Path(__file__).with_name("codes.toml").read_text())
    actions = {code: CodeAction(name) for name, codes in read["actions"].items() for code in codes}
    return actions, {int(code): words for code, words in read["meanings"].items()}
