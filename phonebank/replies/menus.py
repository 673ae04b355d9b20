"""The choices our own texts offered: "Reply 1 for yes, 2 for no" makes `2` an answer (pure)."""

import re
from collections.abc import Sequence

_DIGIT_FIRST = re.compile(
    r"\b(\d)\s*(?:[).:=-]|for\b|if\b|to\b|para\b|si\b|es\b)\s*([^\d,;.\n?!]{2,40})", re.IGNORECASE
)
_LETTER_FIRST = re.compile(r"\b([yns])\s*(?:[).:=-]|for\b|para\b)\s*([^\d,;.\n?!]{2,40})", re.IGNORECASE)
_LABEL_FIRST = re.compile(r"([^\W\d_]+)\s*[(=]\s*(\d)\b")  # "YES (1) or NO (2)"
_CHOICE = re.compile(r"^\W*(?:press|reply|option|opcion|opción|responda|marque)?\W*([\dyns])\W*$", re.IGNORECASE)


def choice_meant(text: str, sent: Sequence[str]) -> str | None:
    """The words our latest menu gave to the choice that `text` is, whole; None when it is no choice of a menu.

    >>> choice_meant("2", ["Can you come? Reply 1 for yes, 2 for no."])
    'no'
    """
    chosen = _CHOICE.match(text[:40])
    if not chosen:
        return None
    for body in reversed(sent):
        options = _options(body, digits=chosen[1].isdigit())
        if options:
            return options.get(chosen[1].lower())
    return None


def _options(body: str, *, digits: bool) -> dict[str, str]:
    if digits and (named := _LABEL_FIRST.findall(body)):
        return {choice: label for label, choice in named}
    found = (_DIGIT_FIRST if digits else _LETTER_FIRST).findall(body)
    return {choice.lower(): re.sub(r"\s+(?:or|o|and|y)\s*$", "", label).strip() for choice, label in found}
