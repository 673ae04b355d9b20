"""What to do about each of the carrier's error codes: codes.toml, and the words for calls."""

import tomllib
from enum import StrEnum
from functools import cache
from pathlib import Path


class CodeAction(StrEnum):
    """The tables of codes.toml, where each is explained."""

    BAD_NUMBER = "bad_number"
    OPTED_OUT = "opted_out"
    PAUSE_CAMPAIGN = "pause_campaign"
    STOP_EVERYTHING = "stop_everything"
    LATER = "later"
    TOMORROW = "tomorrow"
    NEXT_HOURS = "next_hours"
    ONCE_MORE = "once_more"
    DOUBTFUL = "doubtful"
    FILTERED = "filtered"
    FAILED = "failed"


def action(code: int | None) -> CodeAction:
    """What this code asks of us; FAILED for one we do not know."""
    return CodeAction.FAILED if code is None else _table()[0].get(code, CodeAction.FAILED)


def meaning(code: int | None, *, of_call: bool = False) -> str:
    """The code in words a member of staff understands, with its number; `of_call` in words fit for a call."""
    if code is None:
        return "no error code was given"
    if of_call and code in _words_of_calls():
        return f"{_words_of_calls()[code]} ({code})"
    return f"{_table()[1].get(code, 'the carrier refused it')} ({code})"


def codes_of(*actions: CodeAction) -> list[int]:
    """The codes that ask one of these of us, in order."""
    return sorted(code for code, asked in _table()[0].items() if asked in actions)


@cache
def _words_of_calls() -> dict[int, str]:
    read = tomllib.loads(Path(__file__).with_name("call_codes.toml").read_text())
    return {int(code): words for code, words in read["calls"].items()}


@cache
def _table() -> tuple[dict[int, CodeAction], dict[int, str]]:
    read = tomllib.loads(Path(__file__).with_name("codes.toml").read_text())
    asked = {CodeAction(name): meant for name, meant in read.items() if isinstance(meant, dict)}
    actions = {int(code): does for does, meant in asked.items() for code in meant}
    return actions, {int(code): words for meant in asked.values() for code, words in meant.items()}
