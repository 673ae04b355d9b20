"""Builds phonebank/contacts/zips.csv, the time zones of every ZIP code, from the PyPI package `zipcodes`.

    pip install zipcodes && python bench/make_zips.py

A ZIP is given every zone of the ZIPs around it: one that straddles a border is never guessed to lie on one side.
"""

import csv
import math
from collections import defaultdict
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import zipcodes  # type: ignore[import-not-found,unused-ignore]  # wanted only to build the data

OUT = Path(__file__).parents[1] / "phonebank" / "contacts" / "zips.csv"
NEAREST_KM, FARTHEST_KM, NEIGHBOURS = 8, 60, 4
MILITARY = ("09", "340", "962", "963", "964", "965", "966")  # some stand in the package as New Jersey's
MISTAKES = {"Napakiak": "America/Anchorage"}
BY_ZIP = {"89883": "America/Denver"}  # West Wendover, Nevada, has kept Mountain time by law since 1999
SPLIT_COUNTIES = {  # the Navajo Nation keeps daylight time; Adak's zone begins inside Aleutians West
    ("AZ", "Apache County"): ("America/Phoenix", "America/Denver"),
    ("AZ", "Navajo County"): ("America/Phoenix", "America/Denver"),
    ("AZ", "Coconino County"): ("America/Phoenix", "America/Denver"),
    ("AK", "Aleutians West Census Area"): ("America/Anchorage", "America/Adak"),
}


class Place(NamedTuple):
    zip: str
    state: str
    zone: str
    county: str
    lat: float
    long: float


@cache
def clock_rules(zone: str) -> tuple[Any, ...]:
    return tuple(datetime(2026, month, 15, tzinfo=ZoneInfo(zone)).utcoffset() for month in (1, 7))


def places() -> list[Place]:
    return sorted(
        Place(
            row["zip_code"],
            row["state"],
            BY_ZIP.get(row["zip_code"]) or MISTAKES.get(row["timezone"], row["timezone"]),
            row["county"],
            float(row["lat"] or 0),
            float(row["long"] or 0),
        )
        for row in zipcodes.list_all()
        if row["zip_code_type"] != "MILITARY" and row["timezone"] and not row["zip_code"].startswith(MILITARY)
    )


def kilometres(one: Place, other: Place) -> float:
    east = (one.long - other.long) * math.cos(math.radians((one.lat + other.lat) / 2))
    return 111.2 * math.hypot(east, one.lat - other.lat)


def zones_around(place: Place, near: list[Place]) -> str:
    """Its own zone, and those of other clock rules within reach of its fourth-nearest neighbour."""
    by_distance = sorted((kilometres(place, other), other.zone) for other in near)
    apart = [distance for distance, _ in by_distance if distance > 0.5]
    reach = min(FARTHEST_KM, max(NEAREST_KM, apart[NEIGHBOURS - 1] if len(apart) >= NEIGHBOURS else FARTHEST_KM))
    if not place.lat:  # the package does not know where it lies: all that share its first three digits
        reach, by_distance = 0, [(0, other.zone) for other in near]
    zones = {clock_rules(place.zone): place.zone}
    for distance, zone in by_distance:
        if distance <= reach:
            zones.setdefault(clock_rules(zone), zone)
    for zone in SPLIT_COUNTIES.get((place.state, place.county), ()):
        zones.setdefault(clock_rules(zone), zone)
    return "|".join(sorted(zones.values()))


def rows() -> list[tuple[str, str, str]]:
    """(ZIP, state, zones) of every ZIP."""
    everywhere = places()
    grid, prefix = defaultdict(list), defaultdict(list)
    for place in everywhere:
        grid[int(place.lat * 2), int(place.long * 2)].append(place)
        prefix[place.zip[:3]].append(place)
    found = []
    for place in everywhere:
        x, y = int(place.lat * 2), int(place.long * 2)
        around = [other for i in (-1, 0, 1) for j in (-1, 0, 1) for other in grid[x + i, y + j]]
        found.append((place.zip, place.state, zones_around(place, around if place.lat else prefix[place.zip[:3]])))
    return found


def main() -> None:
    with OUT.open("w", encoding="utf-8", newline="\n") as out:
        out.write(
            f"# ZIP codes and each zone they may be in, built {datetime.now(UTC):%Y-%m-%d} by bench/make_zips.py from\n"
            f"# PyPI zipcodes {version('zipcodes')} (MIT; coordinates of GeoNames, CC BY 4.0).\n",
        )
        written = csv.writer(out, lineterminator="\n")
        written.writerow(("first", "last", "state", "zones"))
        for (prefix, state, zones), group in groupby(rows(), key=lambda row: (row[0][:3], row[1], row[2])):
            members = [row[0] for row in group]
            del prefix
            written.writerow((members[0], members[-1], state, zones))


if __name__ == "__main__":
    main()
