"""Every time zone a person may be in, from what their row says: never a guess at one (pure)."""

import re
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple
from zoneinfo import available_timezones

from phonebank import phone as phones
from phonebank.contacts import zips

_NOISE = re.compile(r"\((?:gmt|utc)[^)]*\)|\b(?:time|zone|standard|daylight|us & canada|united states)\b|[()]")
_PLACELESS = {"UTC", "GMT"}
NOWHERE: frozenset[str] = frozenset()


class Place(StrEnum):
    """What said where a person may be."""

    TIMEZONE = "timezone"
    ZIP = "zip"
    STATE = "state"
    NUMBER = "number"


class Zones(NamedTuple):
    """`names` are sorted IANA ids, at least one; `state` is two letters where a column or the ZIP states it."""

    names: tuple[str, ...]
    state: str = ""
    said_by: Place = Place.NUMBER
    notes: tuple[str, ...] = ()


def possible(timezone: str, zip_code: str, state: str, phone: str) -> Zones:
    """Every zone of the first of these that says one: time-zone column, ZIP, state, the number's code and exchange.

    Empty text is a blank cell. A value nobody can read is passed over with a note. A foreign number widens what a ZIP
    or state says, since 10115 is in Berlin as well as in New York.
    """
    stated = _stated(timezone, zip_code, state)
    is_ours = phone.startswith("+1")
    if is_ours and stated.names:
        return stated
    if not is_ours:
        stated = stated._replace(state=state_code(state))  # a state's law is not guessed from what may be Berlin's code
    if stated.names and stated.said_by is Place.TIMEZONE:
        return stated
    return stated._replace(names=_in_order(phones.zones(phone).union(stated.names)))


@lru_cache(maxsize=50_000)
def _stated(timezone: str, zip_code: str, state: str) -> Zones:
    """What a row says without its number: no names when that is nothing."""
    named = recognize(timezone) if timezone else NOWHERE
    place = zips.look_up(zips.tidy(zip_code)) if zip_code else None
    code = state_code(state) if state else ""
    stated = (place.state if place else "") or code
    unread = timezone if not named else "", zip_code if not place else "", state if not code else ""
    notes = _notes(*unread) if any(unread) else ()
    if named:
        return Zones(_in_order(named), stated, Place.TIMEZONE, notes)
    says, said_by = (place.zones, Place.ZIP) if place else (state_zones(code), Place.STATE)
    return Zones(_in_order(says), stated, said_by if says else Place.NUMBER, notes)


@cache
def _in_order(names: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(names))


def _notes(timezone: str, zip_code: str, state: str) -> tuple[str, ...]:
    unread = (("time zone", timezone), ("ZIP code", zip_code), ("state", state))
    return tuple(f"The {what} “{value}” is not one we know." for what, value in unread if value)


@lru_cache(maxsize=10_000)
def recognize(timezone: str) -> frozenset[str]:
    """The canonical IANA ids behind a spelling ("Eastern", "PST", "US/Pacific", two joined by `|`), else none."""
    parts = [part for part in re.split(r"[|;]", timezone) if part.strip()]
    found = [_recognize(part.strip()) for part in parts]
    return NOWHERE.union(*found) if all(found) else NOWHERE


def _recognize(written: str) -> frozenset[str]:
    plain = " ".join(_NOISE.sub(" ", written.lower().replace(".", "")).split())
    known = _spellings().get(plain) or _spellings().get(plain.removesuffix(" us"))
    if known:
        return known
    exact = _iana().get(written.lower().replace(" ", "_"))
    return frozenset({exact}) if exact else NOWHERE


@lru_cache(maxsize=10_000)
def state_code(state: str) -> str:
    """The two letters of a state, territory or province written as a name, code or newspaper's short form, else ""."""
    return _states().get(_plain(state), "")


@cache
def state_zones(code: str) -> frozenset[str]:
    """Every zone some part of the state keeps; none for a code we do not know."""
    state = zips.places()["states"].get(code)
    return frozenset(state["zones"]) if state else NOWHERE


def _plain(state: str) -> str:
    words = state.strip().lower()
    if re.fullmatch(r"(?:[a-z]\.\s?)+", words):
        words = re.sub(r"[.\s]", "", words)
    return " ".join(re.sub(r"[.,]", " ", words).split()).replace("d c", "dc")


@cache
def _states() -> dict[str, str]:
    found = {}
    for code, state in zips.places()["states"].items():
        for name in (code, state["name"], *state.get("also", [])):
            found[_plain(name)] = code
    return found


@cache
def _spellings() -> dict[str, frozenset[str]]:
    canonical = _iana()
    return {
        spelling: frozenset(canonical[name] for name in names.split("|"))
        for names, spellings in zips.places()["spellings"].items()
        for spelling in spellings
    }


@cache
def _iana() -> dict[str, str]:
    """Lower-case id → the id to store: old names (US/Eastern) are led to the place's own (America/New_York)."""
    data = files("tzdata") / "zoneinfo"
    own = {
        line.split("\t")[2].strip()
        for line in (data / "zone.tab").read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    }
    links = {}
    for line in (data / "tzdata.zi").read_text(encoding="utf-8").splitlines():
        if line.startswith("L "):
            _, target, name = line.split()
            links[name] = target
    usable = {name for name in available_timezones() if "/" in name or name in _PLACELESS}
    return {name.lower(): name if name in own else links.get(name, name) for name in usable}
