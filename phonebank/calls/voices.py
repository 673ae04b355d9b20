"""The voices an organizer chooses among (pure)."""

import tomllib
from functools import cache
from pathlib import Path


def choices(chosen: str) -> list[tuple[str, str]]:
    """(value, label) of each; another that a campaign file names stays to be chosen."""
    known = _known()
    own = [(chosen, chosen)] if chosen and chosen not in known else []
    return own + list(known.items())


@cache
def _known() -> dict[str, str]:
    found: dict[str, str] = tomllib.loads(Path(__file__).with_name("voices.toml").read_text("utf-8"))["voices"]
    return found
