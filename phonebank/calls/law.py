"""What law.toml says, read once (pure): tries to a landline, and waiting in vain."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


def landline_calls() -> int:
    """How many artificial-voice calls a landline without consent may get in `landline_days`."""
    return int(_law()["landlines"]["calls"])


def landline_days() -> int:
    """The days in which `landline_calls` are counted."""
    return int(_law()["landlines"]["in_days"])


def waiting_days() -> int:
    """The days in which callers who waited in vain are counted."""
    return int(_law()["waiting"]["in_days"])


def most_abandoned() -> float:
    """Of the calls that people answer, the share of which may find nobody."""
    return float(_law()["waiting"]["most_abandoned"])


def share_of_pace(answered: int, abandoned: int) -> float:
    """How much of its pace dialing keeps: all while few wait in vain, then less, a tenth at the ceiling and beyond.

    A few calls say little: fewer than would let one abandoned call lie at the ceiling count as so many.
    """
    ceiling = most_abandoned()
    share = abandoned / max(answered, 1 / ceiling)
    over_half = max(0.0, share - ceiling / 2) / (ceiling / 2)
    return max(_LEAST, 1 - (1 - _LEAST) * over_half)


_LEAST = 0.1


@cache
def _law() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("law.toml").read_text(encoding="utf-8"))
