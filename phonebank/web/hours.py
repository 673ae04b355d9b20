"""When people's contact hours open, in words for the pre-flight (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from phonebank.campaigns.contact_hours import Window

_MOST_SHOWN = 12


@dataclass(frozen=True)
class Opening:
    """A place and when people there can be asked: `at` is None for never, `is_open` when that is now."""

    place: str
    at: datetime | None
    is_open: bool


def openings(windows: Mapping[tuple[str, str], Window | None], now: datetime) -> list[Opening]:
    """Each group of zones, those that open first first; at most a dozen."""
    found = [
        Opening(place(zones, state), window.opens_at if window else None, window is not None and window.opens_at <= now)
        for (zones, state), window in windows.items()
    ]
    latest = max((one.at for one in found if one.at), default=now)
    found.sort(key=lambda one: (one.at is None, one.at or latest, one.place))
    return found[:_MOST_SHOWN]


def place(zones: str, state: str) -> str:
    """Where these people may be, in a few words."""
    cities = [zone.rpartition("/")[2].replace("_", " ") for zone in zones.split("|")]
    shown = ", ".join(cities[:3]) + (f" and {len(cities) - 3} more zones" if len(cities) > 3 else "")  # noqa: PLR2004
    return f"{state} ({shown})" if state else shown
