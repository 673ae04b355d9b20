"""Every time zone a person may be in, from what their row says: never a guess at one (pure)."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from zoneinfo import available_timezones

from phonebank import phone as phones
from phonebank.contacts import zips

_NOISE = re.compile(r"\((?:gmt|utc)[^)]*\)|\b(?:time|zone|standard|daylight|us & canada|united states)\b|[()]")
_PLACELESS = {"UTC", "GMT"}
_WHAT_A_NUMBER_SAYS = len("+1212555")


@dataclass(frozen=True)
class Zones:
    """`names` are sorted IANA ids, at least one; `state` is two letters where a column or the ZIP states it."""

    names: tuple[str, ...]
    state: str = ""
    notes: tuple[str, ...] = ()

    @property
    def joined(self) -> str:
        """As a contact keeps them."""
        return "|".join(self.names)


def possible(timezone: str, zip_code: str, state: str, phone: str) -> Zones:
    """Every zone of the first of these that says one: time-zone column, ZIP, state, the number's code and exchange.

    Empty text is a blank cell. A value nobody can read is passed over with a note. A foreign number widens what a ZIP
    or state says, since 10115 is in Berlin as well as in New York.
    """
    says = phone[:_WHAT_A_NUMBER_SAYS] if phone.startswith("+1") else phone
    return _possible(timezone.strip(), zips.tidy(zip_code), state.strip(), says)


@lru_cache(maxsize=100_000)
def _possible(timezone: str, zip_code: str, state: str, phone: str) -> Zones:
    named = recognize(timezone)
    place = zips.look_up(zip_code) if zip_code else None
    code = state_code(state)
    stated = (place.state if place else "") or code
    notes = _notes(
        (timezone, bool(named), "time zone"), (zip_code, bool(place), "ZIP code"), (state, bool(code), "state")
    )
    if named:
        return Zones(tuple(sorted(named)), stated, notes)
    says = place.zones if place else state_zones(code)
    if not says or not phone.startswith("+1"):
        says |= phones.zones(phone)
    return Zones(tuple(sorted(says)), stated, notes)


def _notes(*values: tuple[str, bool, str]) -> tuple[str, ...]:
    return tuple(f"The {what} “{value}” is not one we know." for value, known, what in values if value and not known)


def recognize(timezone: str) -> frozenset[str]:
    """The canonical IANA ids behind a spelling ("Eastern", "PST", "US/Pacific", two joined by `|`), else none."""
    parts = [part for part in re.split(r"[|;]", timezone) if part.strip()]
    found = [_recognize(part.strip()) for part in parts]
    return frozenset[str]().union(*found) if all(found) else frozenset()


@lru_cache(maxsize=10_000)
def _recognize(written: str) -> frozenset[str]:
    plain = " ".join(_NOISE.sub(" ", written.lower().replace(".", "")).split())
    known = _spellings().get(plain) or _spellings().get(plain.removesuffix(" us"))
    if known:
        return known
    exact = _iana().get(written.lower().replace(" ", "_"))
    return frozenset({exact}) if exact else frozenset()


def state_code(state: str) -> str:
    """The two letters of a state, territory or province written as a name, code or newspaper's short form, else ""."""
    return _states().get(_plain(state), "")


def state_zones(code: str) -> frozenset[str]:
    """Every zone some part of the state keeps; none for a code we do not know."""
    state = zips.places()["states"].get(code)
    return frozenset(state["zones"]) if state else frozenset()


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
