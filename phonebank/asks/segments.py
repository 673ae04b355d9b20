"""How many segments a text takes, what they cost, and the look-alikes that would double it (pure)."""
# ruff: noqa: RUF001 - the look-alikes are the point

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path

# 3GPP TS 23.038 §6.2.1: the basic alphabet, one septet a character, and the escaped ones, two septets each.
GSM_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION = "^{}\\[~]|€\f"

_GSM_ALONE, _GSM_EACH = 160, 153
_UCS_ALONE, _UCS_EACH = 70, 67

_IS_GSM = re.compile(f"[{re.escape(GSM_BASIC + GSM_EXTENSION)}]*").fullmatch
_ESCAPED = re.compile(f"[{re.escape(GSM_EXTENSION)}]").findall
_LAST_OF_BMP = "\uffff"


class Encoding(StrEnum):
    """How the carrier writes a text; one character outside GSM-7 turns all of it into UCS-2."""

    GSM_7 = "GSM-7"
    UCS_2 = "UCS-2"


@dataclass(frozen=True, slots=True)
class Segments:
    """`segments` parts are billed; `units` are septets (GSM-7) or UTF-16 code units (UCS-2)."""

    encoding: Encoding
    segments: int
    units: int


def count(text: str) -> Segments:
    """What the carrier will bill for this text: 160 septets or 70 code units alone, 153 or 67 a part. Empty is 0."""
    if _IS_GSM(text):
        escaped = len(_ESCAPED(text))
        units = len(text) + escaped
        if units <= _GSM_ALONE or not escaped:
            return Segments(Encoding.GSM_7, _parts(units, _GSM_ALONE, _GSM_EACH), units)
        return Segments(Encoding.GSM_7, _unsplit([1 + (c in GSM_EXTENSION) for c in text], _GSM_EACH), units)
    widths = [1 + (c > _LAST_OF_BMP) for c in text]
    units = sum(widths)
    if units <= _UCS_ALONE or units == len(text):
        return Segments(Encoding.UCS_2, _parts(units, _UCS_ALONE, _UCS_EACH), units)
    return Segments(Encoding.UCS_2, _unsplit(widths, _UCS_EACH), units)


def outsiders(text: str) -> list[str]:
    """The characters that GSM-7 does not have, each once: one of them makes the whole text UCS-2."""
    return [c for c in dict.fromkeys(text) if c not in GSM_BASIC + GSM_EXTENSION]


def _parts(units: int, alone: int, each: int) -> int:
    if units <= alone:
        return int(units > 0)
    return -(-units // each)


def _unsplit(widths: list[int], each: int) -> int:
    """Parts when a pair (escape or surrogate) that would straddle a boundary moves whole to the next part."""
    parts, room = 1, each
    for width in widths:
        if width > room:
            parts, room = parts + 1, each
        room -= width
    return parts


_LOOK_ALIKES = str.maketrans(
    dict.fromkeys("“”„‟″❝❞«»", '"')
    | dict.fromkeys("‘’‚‛′ʼʻ`´", "'")
    | dict.fromkeys("–—‒―−‐‑", "-")
    | dict.fromkeys("\t\xa0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " ")
    | dict.fromkeys("\u2028\u2029", "\n")
    | dict.fromkeys("\u200b\u2060\ufeff\xad", "")
    | {"…": "..."},
)
_JOINERS = str.maketrans("", "", "\u200c\u200d\ufe0e\ufe0f")


def plain(text: str) -> str:
    """The same words with quotes, dashes, dots and blanks that GSM-7 has: letters and emoji are left as they are."""
    if _IS_GSM(text):
        return text
    easy = text.translate(_LOOK_ALIKES)
    # Joiners hold emoji and some scripts together: they go only when nothing else needs UCS-2.
    bare = easy.translate(_JOINERS)
    return bare if _IS_GSM(bare) else easy


@dataclass(frozen=True, slots=True)
class Prices:
    """US dollars, carrier fees included at their highest, so that a budget is never passed."""

    text_out: Decimal
    text_in: Decimal
    picture_out: Decimal
    call_minute: Decimal
    answering_machine: Decimal
    speech: Decimal
    since: date
    source: str


@lru_cache(maxsize=64)
def prices(on: date) -> Prices:
    """The prices in force on this day; before the first known, the first."""
    dated = _dated_prices()
    return next((p for p in reversed(dated) if p.since <= on), dated[0])


def cost(segments: int, *, on: date, inbound: bool = False) -> Decimal:
    """What so many text segments cost on this day, in US dollars."""
    each = prices(on)
    return segments * (each.text_in if inbound else each.text_out)


def call_cost(minutes: int, *, on: date, is_scripted: bool) -> Decimal:
    """What a call of so many begun minutes costs on this day; a scripted one listens for machines and for words."""
    each = prices(on)
    heard = each.answering_machine + each.speech if is_scripted and minutes else Decimal()
    return minutes * each.call_minute + heard


@cache
def _dated_prices() -> tuple[Prices, ...]:
    with Path(__file__).with_name("prices.toml").open("rb") as file:
        rows = tomllib.load(file, parse_float=Decimal)["prices"]
    return tuple(sorted((Prices(**row) for row in rows), key=lambda p: p.since))
