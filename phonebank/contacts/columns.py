"""Which column of a list means what: headers become known fields and merge fields (pure)."""

import difflib
import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from phonebank.errors import BadInputError

_WORD_STARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_A_NUMBER = re.compile(r"\+?[\d\s().\-]{7,}")


@dataclass(frozen=True)
class Columns:
    """Where in a row each field stands. `known` lists positions, the preferred first; `others` are merge fields."""

    known: Mapping[str, tuple[int, ...]]
    others: tuple[tuple[int, str], ...]


def merge_field(header: str) -> str:
    """The header in lower_snake_case, as templates name it: "Precinct #" is precinct, "2024 Vote" field_2024_vote."""
    spaced = _WORD_STARTS.sub("_", header.strip())
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", spaced) if not unicodedata.combining(letter))
    name = re.sub(r"\W+|_+", "_", bare.lower()).strip("_")
    name = re.sub(r"_+", "_", name)
    return f"field_{name}" if name[:1].isdigit() else name


def choose(header: Sequence[str], mapping: Mapping[str, str]) -> Columns:
    """What each column of this header is; `mapping` (field → header) wins over the names we know.

    Raises BadInputError when no column holds phone numbers, or the mapping names none of these.
    """
    return of_fields(header, fields_of(header, mapping))


def fields_of(header: Sequence[str], mapping: Mapping[str, str] | None = None) -> list[str]:
    """What each column of this header is, in their order: a known field, a merge field, or nothing ("")."""
    return _fields(header, {_position(header, column): _mapped(field) for field, column in (mapping or {}).items()})


def of_fields(header: Sequence[str], fields: Sequence[str]) -> Columns:
    """The columns of this header when each is what `fields` says. Raises BadInputError when none is the number."""
    if len(fields) != len(header):
        raise BadInputError("The columns that were matched are not those of this file: upload it again.")
    known = {field: _positions(header, fields, field) for field in words()["known"] if field in fields}
    if "phone" not in known:
        raise BadInputError(_no_phone_column(header))
    others = [(at, field) for at, field in enumerate(fields) if field and field not in words()["known"]]
    return Columns(known, _distinct(others))


def _fields(header: Sequence[str], mapped: Mapping[int, str]) -> list[str]:
    """The field of each column: a mapped one leaves other columns of its kind to merging."""
    taken = set(mapped.values())
    found = []
    for at, title in enumerate(header):
        name = merge_field(title) or f"column_{at + 1}"
        known = _by_header().get(name)
        if at in mapped:
            found.append(mapped[at])
        elif name in words()["ignored"]["headers"]:
            found.append("")
        elif known and known not in taken:
            found.append(known)
        else:
            found.append(own_field(title, at))
    return found


def own_field(title: str, at: int) -> str:
    """The merge field of the column of this title, in this place, when it is none of the fields we know."""
    name = merge_field(title) or f"column_{at + 1}"
    return f"contact_{name}" if name in words()["reserved"]["headers"] or name in words()["known"] else name


def _positions(header: Sequence[str], fields: Sequence[str], field: str) -> tuple[int, ...]:
    names = words()["known"][field]
    at = [position for position, found in enumerate(fields) if found == field]
    rank = {position: merge_field(header[position]) for position in at}
    return tuple(sorted(at, key=lambda position: names.index(rank[position]) if rank[position] in names else -1))


def _distinct(others: Sequence[tuple[int, str]]) -> tuple[tuple[int, str], ...]:
    """A name that stands twice in the header gets a number: notes, notes_2."""
    seen: dict[str, int] = {}
    found = []
    for at, field in others:
        seen[field] = seen.get(field, 0) + 1
        found.append((at, field if seen[field] == 1 else f"{field}_{seen[field]}"))
    return tuple(found)


def _mapped(field: str) -> str:
    name = merge_field(field)
    if name in words()["reserved"]["headers"]:
        raise BadInputError(f"“{name}” is a campaign's own merge field: map the column to another name.")
    if not name:
        raise BadInputError("--map takes field=column, such as phone=Contact.")
    return name


def _position(header: Sequence[str], column: str) -> int:
    wanted = column.strip().casefold()
    titles = [title.strip().casefold() for title in header]
    if wanted in titles:
        return titles.index(wanted)
    alike = [at for at, title in enumerate(header) if merge_field(title) == merge_field(column)]
    if alike:
        return alike[0]
    near = difflib.get_close_matches(wanted, titles, 1, 0.5)
    hint = f"; did you mean “{header[titles.index(near[0])]}”?" if near else f": it has {_listed(header)}."
    raise BadInputError(f"The list has no column “{column}”{hint}")


def _no_phone_column(header: Sequence[str]) -> str:
    if any(_A_NUMBER.fullmatch(title) for title in header):
        return "The first line looks like a person, not names of columns: add a first line such as First Name,Phone."
    return f"No column holds phone numbers: the list has {_listed(header)}. Name it with --map phone=COLUMN."


def _listed(header: Sequence[str]) -> str:
    shown = [f"“{title[:40]}”" for title in header[:20]]
    return ", ".join(shown) + (f" and {len(header) - len(shown)} more" if len(header) > len(shown) else "")


@cache
def _by_header() -> dict[str, str]:
    return {name: field for field, names in words()["known"].items() for name in names}


@cache
def words() -> dict[str, Any]:
    """The tables of columns.toml."""
    return tomllib.loads(Path(__file__).with_name("columns.toml").read_text(encoding="utf-8"))
