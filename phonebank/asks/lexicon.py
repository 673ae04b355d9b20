"""The phrases the coach knows, English and Spanish read together, from lexicon.*.toml (pure)."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from phonebank.asks.branching import branched

_FILES = ("lexicon.en.toml", "lexicon.es.toml")

DEEDS = (
    "canvass",
    "calls",
    "officials",
    "testify",
    "texts",
    "letters",
    "donate",
    "sign",
    "vote",
    "host",
    "recruit",
    "share",
    "register",
    "member",
    "meet",
    "strike",
    "staff",
)


@cache
def phrases(key: str) -> re.Pattern[str]:
    """A pattern for any phrase under this key ("openers", "when.day"), whole words only, over folded text."""
    return re.compile(rf"(?<!\w)(?:{branched(_entries(key))})(?!\w)")


@cache
def deeds() -> re.Pattern[str]:
    """A pattern for any named action; the group that matched is its kind."""
    kinds = (f"(?P<{kind}>{branched(_entries(f'deeds.{kind}'))})" for kind in DEEDS)
    return re.compile(rf"(?<!\w)(?:{'|'.join(kinds)})(?!\w)")


@cache
def ending_in(key: str, words_between: int) -> re.Pattern[str]:
    """The same at the end of a text, with at most so many words after the phrase."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(_entries(key))}) (?:[\w'-]+ ){{0,{words_between}}}$")


@cache
def ending(key: str) -> re.Pattern[str]:
    """The same where the patterns themselves say that the text ends there."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(_entries(key))})")


def _entries(key: str) -> list[str]:
    *tables, name = key.split(".")
    entries: list[str] = []
    for language in _languages():
        table = language
        for step in tables:
            table = table[step]
        entries += table.get(name, [])
    if not entries:
        raise KeyError(key)  # an empty pattern would match anywhere
    return entries


@cache
def _languages() -> tuple[dict[str, Any], ...]:
    return tuple(tomllib.loads(Path(__file__).with_name(name).read_text("utf-8")) for name in _FILES)
