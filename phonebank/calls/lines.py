"""Our own lines and how we listen, read from lines.toml; what a key, or a few words, ask for (pure)."""

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

from phonebank.calls.script import Place, Sound, State
from phonebank.intents import Intent

LANGUAGES = ("en", "es")
_LANGUAGE_KEY = "language"


@cache
def spoken() -> dict[str, Any]:
    """lines.toml as it stands."""
    return tomllib.loads(Path(__file__).with_name("lines.toml").read_text(encoding="utf-8"))


def template(line: str, language: str) -> str:
    """Our own words for this line; English where we do not speak the language."""
    ours = spoken().get(language, {}) if language in LANGUAGES else {}
    return str(ours.get(line) or spoken()["en"].get(line) or spoken()[line.removeprefix("invite_")][line])


def pressed(keys: str, state: State) -> Sound | Intent:
    """What this key means while the question of `state` is open."""
    asked = Place.WHEN if state.place in {Place.WAITING, Place.OVER} else state.place
    meaning = spoken()["keys"][asked].get(keys[:1])
    if meaning is None:
        return Sound.UNCLEAR
    if meaning == _LANGUAGE_KEY:
        return Sound.ENGLISH if state.language == "es" else Sound.SPANISH
    return Intent(meaning)


def asked_for(words: str) -> Sound | Intent | None:
    """Another language, one of us (a question), or no person at all (a machine's greeting); None for all else."""
    said = f" {' '.join(_folded(words).split())} "
    asking = spoken()["asking"]
    if any(f" {phrase} " in said for phrase in asking["machine"]):
        return Sound.MACHINE
    if len(said.split()) > _SHORT:
        return None
    if any(f" {phrase} " in said for phrase in asking["spanish"]):
        return Sound.SPANISH
    if any(f" {phrase} " in said for phrase in asking["english"]):
        return Sound.ENGLISH
    return Intent.QUESTION if any(f" {phrase} " in said for phrase in asking["person"]) else None


_SHORT = 8
"""Words; in a longer sentence these may stand for something else."""


def _folded(words: str) -> str:
    plain = unicodedata.normalize("NFKD", words[:400].casefold())
    return re.sub(r"[^a-z ]+", " ", "".join(letter for letter in plain if not unicodedata.combining(letter)))
