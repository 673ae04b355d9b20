"""One row of a list as a person: the number, the name, where they may be, what they agreed to (pure)."""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import product
from operator import itemgetter
from typing import NamedTuple

from phonebank import phone as phones
from phonebank.contacts import zips
from phonebank.contacts.columns import Columns, words
from phonebank.contacts.zones import Place, possible
from phonebank.errors import BadInputError

_LANGUAGE_CODE = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]{2,8})*")
_KNOWN = (
    *("phone", "first_name", "last_name", "name", "email", "zip", "state"),
    *("timezone", "language", "connection", "consent"),
)
_NOWHERE = (-1,)  # the blank cell that is put behind a row's own
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
    """Reads the rows of one list: what is looked at for each of a million rows is made ready once."""

    def __init__(self, columns: Columns, region: str) -> None:
        self._cells_of = itemgetter(*(columns.known.get(field, _NOWHERE)[0] for field in _KNOWN))
        self._several = [(field, positions) for field, positions in columns.known.items() if len(positions) > 1]
        self._others = columns.others
        self._region = region

    def read(self, cells: list[str]) -> Arrival:
        """The person of this row. Raises BadInputError with the reason when the row cannot be used."""
        said = self._said(cells)
        phone, first, last, name, email, zip_code, state, timezone, spoken, connection, agreed = said
        number = phones.parse(phone, self._region)
        consent = _consent(agreed) if agreed else ""
        if len("".join(said)) > _LONGEST:
            _refuse_overlong(said)
        place = possible(timezone, zip_code, state, number)
        if name and not (first and last):
            split_first, split_last = split_name(name)
            first, last = first or split_first, last or split_last
        fields = {field: cell for at, field in self._others if (cell := cells[at])}
        if place.said_by is Place.TIMEZONE:
            fields["timezone"] = timezone  # so that a later list with a ZIP alone does not replace it
        return Arrival(
            number,
            first,
            last,
            email,
            zips.tidy(zip_code) if zip_code else "",
            place.state,
            "|".join(place.names),
            language(spoken),
            connection,
            fields,
            consent,
            place.said_by,
            place.notes,
        )

    def _said(self, cells: list[str]) -> tuple[str, ...]:
        """What the cells of the known fields say, in the order of _KNOWN; empty where that is nothing."""
        said: tuple[str, ...] = self._cells_of([*cells, ""])
        if self._several or not _any_blank().isdisjoint(said):
            known = {field: _or_nothing(field, cell) for field, cell in zip(_KNOWN, said, strict=True)}
            for field, positions in self._several:
                known[field] = next(filter(None, (_or_nothing(field, cells[at]) for at in positions)), "")
            said = tuple(known.values())
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


@cache
def _blanks(field: str) -> frozenset[str]:
    """The words that mean nothing in this column: Na and Nan are people's names, and a consent of none is a no."""
    blank = words()["blank"]
    return frozenset(blank["anywhere"] if field in blank["spared"] else (*blank["anywhere"], *blank["elsewhere"]))


@cache
def _any_blank() -> frozenset[str]:
    """All those words in every mixture of capitals, so that a row's cells are compared with them as they are."""
    listed = {*words()["blank"]["anywhere"], *words()["blank"]["elsewhere"]}
    return frozenset("".join(letters) for word in listed for letters in product(*zip(word, word.upper(), strict=True)))


def _or_nothing(field: str, cell: str) -> str:
    return "" if cell.lower() in _blanks(field) else cell


def _refuse_overlong(said: Sequence[str]) -> None:
    value = max(said, key=len)
    if len(value) > _LONGEST:
        field = _KNOWN[said.index(value)].replace("_", " ")
        raise BadInputError(f"The {field} is {len(value):,} characters long; {_LONGEST} at most.")


def _consent(written: str) -> str:
    plain = written.lower()
    if plain in words()["consent"]["no"]:
        raise BadInputError("The list says that this person did not consent.")
    return "the list's consent column says yes" if plain in words()["consent"]["yes"] else written


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
