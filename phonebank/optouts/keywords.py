"""Texts that are, whole, a carrier keyword: STOP and its kin, START and UNSTOP, HELP and INFO (pure)."""

import re
import tomllib
import unicodedata
from functools import lru_cache
from importlib.resources import files

_LONGEST_KEYWORD_TEXT = 200
_MOST_LETTERS_NEAR_STOP = 5  # those of STOP and a wrong one
INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff"
    "\U0001f3fb-\U0001f3ff\U000e0000-\U000e0fff]",
)
"""Characters nobody sees: controls, joiners, direction marks, variation selectors, skin tones, lone surrogates."""


def folded(text: str) -> str:
    """The same words in lower case, without accents or invisible characters; width and ligatures made plain."""
    text = INVISIBLE.sub("", text)
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in apart if not unicodedata.combining(c))


@lru_cache(maxsize=1)
def _keywords() -> dict[str, frozenset[str]]:
    lists = tomllib.loads((files("phonebank.optouts") / "keywords.toml").read_text("utf-8"))
    return {name: frozenset(_letters(word) for word in words) for name, words in lists.items()}


@lru_cache(maxsize=256)
def _letters(body: str) -> str:
    """Only the letters and digits of a short text: `"S.T.O.P. 🛑"` is `stop`; empty for a long one."""
    return "".join(c for c in folded(body) if c.isalnum()) if len(body) <= _LONGEST_KEYWORD_TEXT else ""


def is_exact_opt_out(body: str) -> bool:
    """True when the whole text is an opt-out keyword, English or Spanish (47 CFR 64.1200(a)(10) and Twilio's list).

    Case, accents, punctuation, quotes, spaces, emoji and invisible characters around or inside it do not count.
    """
    return _letters(body) in _keywords()["opt_out"]


def is_exact_opt_in(body: str) -> bool:
    """True when the whole text is START or UNSTOP. YES is left to the caller, who knows what was asked."""
    return _letters(body) in _keywords()["opt_in"]


def is_exact_help(body: str) -> bool:
    """True when the whole text is HELP, INFO or AYUDA."""
    return _letters(body) in _keywords()["help"]


def is_stop_misspelled(body: str) -> bool:
    """True when the whole text is STOP with one letter wrong, missing, doubled or swapped, and no word of its own."""
    return _is_near_stop(body) and _letters(body) not in _keywords()["not_slips"]


def looks_like_stop(body: str) -> bool:
    """True when the whole text is one slip from STOP but also a word of its own (`shop`, `step`): a person decides."""
    return _is_near_stop(body) and _letters(body) in _keywords()["not_slips"]


def _is_near_stop(body: str) -> bool:
    word = _letters(body)
    if len(set(word)) > _MOST_LETTERS_NEAR_STOP:
        return False
    return _is_one_slip_from("stop", word) or _is_one_slip_from("stop", re.sub(r"(.)\1+", r"\1", word))


def _is_one_slip_from(target: str, word: str) -> bool:
    if abs(len(word) - len(target)) > 1:
        return False
    same = next((i for i, (a, b) in enumerate(zip(target, word, strict=False)) if a != b), min(len(word), len(target)))
    rest, wrong = target[same:], word[same:]
    return (
        rest[1:] == wrong[1:]  # one letter wrong
        or rest[1:] == wrong  # one missing
        or rest == wrong[1:]  # one too many
        or (rest[:2] == wrong[1::-1] and rest[2:] == wrong[2:])  # two swapped
    )
