"""The prepared words for each answer, in the person's language: the campaign's own, else ours (pure)."""

import tomllib
from functools import cache
from pathlib import Path

from phonebank.asks.models import Ask


def template(ask: Ask, name: str, language: str) -> str:
    """What to say on this answer ("yes", "no", "help", "wrong_number", "not_now", "not_that"), as a template.

    The campaign's words in that language, else ours in it; for a language neither speaks, the campaign's own words.
    """
    own = ask.answers.get(language, {}).get(name)
    if own:
        return str(own)
    ours = _defaults().get(language, {}).get(name)
    return ours or str(ask.answers.get("en", {}).get(name) or _defaults()["en"][name])


@cache
def _defaults() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("answers.toml").read_text(encoding="utf-8"))
