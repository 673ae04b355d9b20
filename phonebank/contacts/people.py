"""One row of a list as a person: the number, the name, where they may be, what they agreed to (pure)."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple, NoReturn

from phonebank import phone as phones
from phonebank.contacts import zips
from phonebank.contacts.columns import Columns, words
from phonebank.contacts.zones import Place, possible
from phonebank.errors import BadInputError

_LANGUAGE_CODE = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]{2,8})*")
_LONGEST_BLANK = len("unknown")
_LONGEST = 500  # characters of a name, address or connection; merge fields may be longer


class Arrival(NamedTuple):
    """What a row says. Blank text is a blank cell: it says nothing, and takes nothing from what we knew."""

    phone: str
    first_name: str
    last_name: str
    email: str
    zip: str
    state: str
    zones: str
    language: str
    connection: str
    fields: dict[str, str]
    consent: str
    placed_by: Place
    notes: tuple[str, ...]


class PeopleReader:
    """Reads the rows of one list."""

    def __init__(self, columns: Columns, region: str) -> None:
        known = [(field, positions, _blanks(field)) for field, positions in columns.known.items()]
        self._single = [(field, positions[0], blanks) for field, positions, blanks in known if len(positions) == 1]
        self._several = [each for each in known if len(each[1]) > 1]
        self._others = columns.others
        self._region = region

    def read(self, cells: list[str]) -> Arrival:
        """The person of this row. Raises BadInputError with the reason when the row cannot be used."""
        said = self._said(cells)
        get = said.get
        number = phones.parse(said["phone"], self._region)
        consent = _consent(said["consent"]) if get("consent") else ""
        if max(map(len, said.values())) > _LONGEST:
            _refuse_overlong(said)
        place = possible(get("timezone", ""), zip_code := get("zip", ""), get("state", ""), number)
        first, last = _names(said)
        fields = {field: cells[at] for at, field in self._others if cells[at]}
        if place.said_by is Place.TIMEZONE:
            fields["timezone"] = said["timezone"]  # so that a later list with a ZIP alone does not replace it
        return Arrival(
            number,
            first,
            last,
            get("email", ""),
            zips.tidy(zip_code) if zip_code else "",
            place.state,
            place.joined,
            language(said["language"]) if "language" in said else "",
            get("connection", ""),
            fields,
            consent,
            place.said_by,
            place.notes,
        )

    def _said(self, cells: list[str]) -> dict[str, str]:
        """Known field → what its cell says, empty where that is nothing."""
        said = {
            field: cell if len(cell := cells[at]) > _LONGEST_BLANK or cell.lower() not in blanks else ""
            for field, at, blanks in self._single
        }
        for field, positions, blanks in self._several:
            said[field] = _first(cells, positions, blanks)
        return said


def language(written: str) -> str:
    """ISO 639-1 for "Spanish", "español", "es" or "ES-mx"; a code we do not know as it is, else blank."""
    return _language(written) if written else ""


@lru_cache(maxsize=1_000)
def _language(written: str) -> str:
    plain = written.strip().lower()
    named = _languages().get(plain) or _languages().get(re.split(r"[\s(/,;]", plain)[0])
    if named:
        return named
    code = _LANGUAGE_CODE.fullmatch(plain)
    return _languages().get(code[1], code[1]) if code else ""


@lru_cache
def _languages() -> dict[str, str]:
    return {name: code for code, names in words()["languages"].items() for name in (code, *names)}


def _blanks(field: str) -> frozenset[str]:
    """The words that mean nothing in this column: Na and Nan are people's names, and a consent of none is a no."""
    blank = words()["blank"]
    return frozenset(blank["anywhere"] if field in blank["spared"] else (*blank["anywhere"], *blank["elsewhere"]))


def _first(cells: list[str], positions: tuple[int, ...], blanks: frozenset[str]) -> str:
    for at in positions:
        cell = cells[at]
        if cell and (len(cell) > _LONGEST_BLANK or cell.lower() not in blanks):
            return cell
    return ""


def _refuse_overlong(said: Mapping[str, str]) -> NoReturn:
    field, value = max(said.items(), key=lambda item: len(item[1]))
    raise BadInputError(f"The {field.replace('_', ' ')} is {len(value):,} characters long; {_LONGEST} at most.")


def _consent(written: str) -> str:
    plain = written.lower()
    if plain in words()["consent"]["no"]:
        raise BadInputError("The list says that this person did not consent.")
    return "the list's consent column says yes" if plain in words()["consent"]["yes"] else written


def _names(said: Mapping[str, str]) -> tuple[str, str]:
    first, last = said.get("first_name", ""), said.get("last_name", "")
    whole = said.get("name", "")
    if not whole or (first and last):
        return first, last
    split_first, split_last = split_name(whole)
    return first or split_first, last or split_last


def split_name(whole: str) -> tuple[str, str]:
    """First and last name of "Dr. Ana María López", "López, Ana María" or "John Smith, Jr."."""
    before, comma, after = (part.strip() for part in whole.partition(","))
    if comma and after.lower().rstrip(".") in words()["titles"]["suffixes"]:
        before, comma = f"{before}, {after}", ""
    if comma and after:
        return " ".join(_untitled(after.split())), before
    written = before.split()
    parts = _untitled(written)
    if len(parts) == 1 < len(written):
        return "", parts[0]  # "Mr. Doe" is nobody's first name
    return (parts[0], " ".join(parts[1:])) if parts else ("", "")


def _untitled(parts: list[str]) -> list[str]:
    titles = words()["titles"]["words"]
    while len(parts) > 1 and parts[0].lower().rstrip(".") in titles:
        parts = parts[1:]
    return parts
