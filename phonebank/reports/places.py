"""What people call the time zones of a group, as “Eastern” or “Eastern or Central” (pure)."""

from datetime import datetime
from zoneinfo import ZoneInfo

_NAMES = {
    "AST": "Atlantic",
    "EST": "Eastern",
    "CST": "Central",
    "MST": "Mountain",
    "PST": "Pacific",
    "AKST": "Alaska",
    "HST": "Hawaii",
}
_MOST = 3
_WINTER, _SUMMER = datetime(2026, 1, 15, 12), datetime(2026, 7, 15, 12)  # noqa: DTZ001  # a wall clock's


def place(zones: str) -> str:
    """The group's name. `zones` are joined by `|`; beyond three it is “one of 5 zones”."""
    names = list(dict.fromkeys(map(_name, zones.split("|"))))
    return " or ".join(names) if len(names) <= _MOST else f"one of {len(names)} zones"


def _name(zone: str) -> str:
    clock = ZoneInfo(zone)
    city = zone.rpartition("/")[2].replace("_", " ")
    name = (
        _NAMES.get(_WINTER.replace(tzinfo=clock).tzname() or "") if zone.startswith(("America/", "Pacific/H")) else None
    )
    keeps_winter_time = _WINTER.replace(tzinfo=clock).utcoffset() == _SUMMER.replace(tzinfo=clock).utcoffset()
    if name is None or (keeps_winter_time and name != "Hawaii"):
        return city
    return name
