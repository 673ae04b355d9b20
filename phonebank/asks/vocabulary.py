"""The words of each language, from words.toml (pure)."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Words:
    """How one language says a day, a time, and how to stop; patterns for str.format."""

    weekdays: list[str]
    months: list[str]
    day: str
    year: str
    at: str
    at_one: str
    span: str
    noon: str
    opt_out: str


def words_in(language: str) -> Words:
    """The words of "es", "es-MX" or "Spanish"; English for a language we do not have."""
    spoken = language.strip().lower()
    is_spanish = spoken.startswith(("es-", "es_", "spa", "esp")) or spoken == "es"
    return _words("es" if is_spanish else "en")


@cache
def opt_out_patterns() -> tuple[re.Pattern[str], ...]:
    """What a line that tells how to stop looks like, over a text in lower case."""
    return tuple(re.compile(pattern) for pattern in _file()["opt_out_lines"]["patterns"])


@cache
def _words(language: str) -> Words:
    return Words(**_file()[language])


@cache
def _file() -> dict[str, Any]:
    with Path(__file__).with_name("words.toml").open("rb") as file:
        return tomllib.load(file)
