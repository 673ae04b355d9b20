"""Our own words while people are brought together, read from words.toml (pure)."""

import tomllib
from functools import cache
from pathlib import Path

from phonebank.calls import lines
from phonebank.gateway.twiml import Spoken


@cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def spoken(line: str, language: str = "en") -> list[Spoken]:
    """The line in this language; in English where we have it in no other."""
    found = language if line in _words().get(language, {}) else "en"
    ours = lines.spoken()[found]
    return [Spoken(_words()[found][line], ours["voice"], ours["speech"])]
