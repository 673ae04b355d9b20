"""ZIP and Canadian postal codes: put one right, and say which state and time zones it may be in (pure)."""

import csv
import re
import tomllib
from bisect import bisect_left, bisect_right
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

_HERE = Path(__file__).parent
_US = re.compile(r"(\d{3,5})(?:\.0)?(?:[-\s]+(\d{4}))?")
_US_RUN_TOGETHER = re.compile(r"(\d{4,5})(\d{4})(?:\.0)?")
_CANADIAN = re.compile(r"([A-Z]\d[A-Z])\s?(\d[A-Z]\d)?", re.IGNORECASE)


_MADE_UP = {"00000", "11111", "99999"}  # typed to get past a form


class Place(NamedTuple):
    """What a ZIP states: its state ("" where it may be either of two) and every zone it may be in."""

    state: str
    zones: frozenset[str]


class _Range(NamedTuple):
    first: str
    last: str
    place: Place


def tidy(raw: str) -> str:
    """As 02138 or 02138-1234, with the zeros a spreadsheet lost, or K1A 0B1; anything else as it came, trimmed."""
    if len(raw) == len("02138") and raw.isdecimal() and raw.isascii():
        return raw
    written = raw.strip().lstrip("'")
    if found := _US.fullmatch(written) or _US_RUN_TOGETHER.fullmatch(written):
        five = found[1].zfill(5)
        return f"{five}-{found[2]}" if found[2] else five
    if found := _CANADIAN.fullmatch(written):
        return f"{found[1]} {found[2] or ''}".strip().upper()
    return written


def look_up(code: str) -> Place | None:
    """Where a tidy ZIP or postal code may be. None when there is none such.

    A ZIP newer than our data has the zones of all that share its first three digits.
    """
    if code[:1].isalpha():
        return _province(code[0]) if _CANADIAN.fullmatch(code) else None
    return _look_up(code[:5]) if code[5:6] in {"", "-"} else None


@lru_cache(maxsize=100_000)
def _look_up(five: str) -> Place | None:
    if not _US.fullmatch(five) or five in _MADE_UP:
        return None
    ranges, firsts = _ranges()
    nearest = ranges[bisect_right(firsts, five) - 1]
    if nearest.first <= five <= nearest.last:
        return nearest.place
    return _around(five[:3])


@cache
def _around(prefix: str) -> Place | None:
    ranges, firsts = _ranges()
    near = [entry.place for entry in ranges[bisect_left(firsts, prefix) : bisect_left(firsts, prefix + ":")]]
    if not near:
        return None
    states = {place.state for place in near}
    return Place(states.pop() if len(states) == 1 else "", frozenset[str]().union(*(place.zones for place in near)))


def _province(letter: str) -> Place | None:
    known = places()
    provinces = known["postal_letters"].get(letter, [])
    zones = frozenset(zone for province in provinces for zone in known["states"][province]["zones"])
    return Place(provinces[0] if len(provinces) == 1 else "", zones) if provinces else None


@cache
def _ranges() -> tuple[list[_Range], list[str]]:
    with (_HERE / "zips.csv").open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(line for line in lines if not line.startswith("#"))
        ranges = [
            _Range(row["first"], row["last"], Place(row["state"], frozenset(row["zones"].split("|")))) for row in rows
        ]
    for state, prefixes in places()["zip_prefixes"].items():
        zones = frozenset(places()["states"][state]["zones"])
        ranges += [_Range(prefix + "00", prefix + "99", Place(state, zones)) for prefix in prefixes]
    ranges.sort()
    return ranges, [entry.first for entry in ranges]


@cache
def places() -> dict[str, dict[str, Any]]:
    """The tables of places.toml."""
    return tomllib.loads((_HERE / "places.toml").read_text(encoding="utf-8"))
