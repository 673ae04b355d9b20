"""Where in their text the words stand that told the reader what they meant (pure)."""
# ruff: noqa: RUF001 - the look-alikes are the point

import re
from collections.abc import Iterator
from dataclasses import dataclass

_QUOTED = re.compile(r"'(.+)' → ", re.DOTALL)
_BETWEEN = "' + '"
_AS_TYPED = {  # the reader straightens what phones curl
    "'": "['’‘ʼ´`]",
    '"': '["“”]',
}


@dataclass(frozen=True)
class Piece:
    """A run of their text, as typed; `is_marked` when it is one that told."""

    text: str
    is_marked: bool


def marked(body: str, why: str) -> list[Piece]:
    """Their whole text in pieces, the words that `why` (a reading's) quotes marked. Nothing is added or left out."""
    spans = sorted(found for quote in _quotes(why) if (found := _where(body, quote)))
    return list(_pieces(body, spans))


def _quotes(why: str) -> list[str]:
    found = _QUOTED.match(why)
    return found[1].split(_BETWEEN) if found else []


def _where(body: str, quote: str) -> tuple[int, int] | None:
    """A quote's words stand in the text in the same order, with whatever blanks were between them."""
    letters = (_AS_TYPED.get(letter) or re.escape(letter) for letter in quote)
    pattern = "".join(r"[\s¿¡]*" if letter.isspace() or letter == r"\ " else letter for letter in letters)
    whole_words = rf"(?<!\w){pattern}(?!\w)"
    found = re.search(whole_words, body, re.IGNORECASE) or re.search(pattern, body, re.IGNORECASE)
    return found.span() if found else None


def _pieces(body: str, spans: list[tuple[int, int]]) -> Iterator[Piece]:
    at = 0
    for start, end in spans:
        if end <= at:
            continue
        if start > at:
            yield Piece(body[at:start], is_marked=False)
        yield Piece(body[max(start, at) : end], is_marked=True)
        at = end
    if at < len(body):
        yield Piece(body[at:], is_marked=False)
