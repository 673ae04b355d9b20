"""When a person may be reached: inside the hours in every zone they may be in, and their state's own hours (pure)."""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from phonebank.errors import RefusedError

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SOON, _TWO_WEEKS = timedelta(days=2), timedelta(days=14)  # the next window is nearly always soon
_MIDNIGHT = time(0)


class NeverOpen(RefusedError):  # noqa: N818 - it reads as the sentence it is
    """No moment of the next two weeks is inside the hours in every zone."""


@dataclass(frozen=True)
class Window:
    """Moments in UTC: open from `opens_at`, no longer at `closes_at`."""

    opens_at: datetime
    closes_at: datetime

    def holds(self, moment: datetime) -> bool:
        return self.opens_at <= moment < self.closes_at


@dataclass(frozen=True)
class _Rule:
    days: tuple[tuple[time, time] | None, ...]  # Monday first; None is closed
    since: date


def window(
    now: datetime,
    *,
    zones: Sequence[str],
    state: str | None,
    start: time,
    end: time,
    channel: str = "text",
) -> Window:
    """The window that is open now, else the next one.

    `start` and `end` are the campaign's own, in the person's time; an end of 00:00 is midnight, the day's end. `zones`
    are IANA ids, at least one; `state` is two letters where it is stated. Raises NeverOpen when two weeks have none.
    """
    rules = (_every_day(start, end), *_state_rules(state or "", channel))
    found = _first_open(now, _SOON, zones, rules)
    if found and found.closes_at < now + _SOON:
        return found
    found = _first_open(now, _TWO_WEEKS, zones, rules)
    if found:
        return found
    raise NeverOpen(
        f"Nobody can be reached between {start:%H:%M} and {end:%H:%M} in all of {', '.join(zones)}"
        f"{' within the hours of ' + state if state else ''}: widen the campaign's hours.",
    )


def is_open(
    now: datetime,
    *,
    zones: Sequence[str],
    state: str | None,
    start: time,
    end: time,
    channel: str = "text",
) -> bool:
    """Whether this moment is inside the hours in every zone. Hours that never open are closed."""
    try:
        return window(now, zones=zones, state=state, start=start, end=end, channel=channel).holds(now)
    except NeverOpen:
        return False


def _first_open(now: datetime, ahead: timedelta, zones: Sequence[str], rules: Sequence[_Rule]) -> Window | None:
    common = [Window(now - timedelta(days=2), now + ahead)]
    for zone in zones:
        for rule in rules:
            common = list(_both(common, _joined(_windows(zone, rule, now, ahead))))
    return next((found for found in _joined(iter(common)) if found.closes_at > now), None)


def _windows(zone: str, rule: _Rule, now: datetime, ahead: timedelta) -> Iterator[Window]:
    place = ZoneInfo(zone)
    today = now.astimezone(place).date()
    for offset in range(-2, ahead.days + 2):
        day = today + timedelta(days=offset)
        hours = rule.days[day.weekday()] if day >= rule.since else (_MIDNIGHT, _MIDNIGHT)
        if hours is None:
            continue
        opens, closes = hours
        last_day = day + timedelta(days=1) if closes == _MIDNIGHT else day
        found = Window(_latest(day, opens, place), _earliest(last_day, closes, place))
        if found.opens_at < found.closes_at:
            yield found


def _latest(day: date, at: time, place: ZoneInfo) -> datetime:
    """When this local time has come for good: after the second 01:30 of a night that has two, past a gap."""
    return max(_readings(day, at, place))


def _earliest(day: date, at: time, place: ZoneInfo) -> datetime:
    """When this local time may first have come."""
    return min(_readings(day, at, place))


def _readings(day: date, at: time, place: ZoneInfo) -> tuple[datetime, datetime]:
    local = datetime.combine(day, at, place)
    return local.replace(fold=0).astimezone(UTC), local.replace(fold=1).astimezone(UTC)


def _both(some: list[Window], others: Iterator[Window]) -> Iterator[Window]:
    """What lies in one of each."""
    for other in others:
        for one in some:
            opens, closes = max(one.opens_at, other.opens_at), min(one.closes_at, other.closes_at)
            if opens < closes:
                yield Window(opens, closes)


def _joined(windows: Iterator[Window]) -> Iterator[Window]:
    """Windows in order, those that touch made one (a day that never closes runs into the next)."""
    last: Window | None = None
    for found in windows:
        if last and found.opens_at <= last.closes_at:
            last = Window(last.opens_at, max(last.closes_at, found.closes_at))
            continue
        if last:
            yield last
        last = found
    if last:
        yield last


def _every_day(start: time, end: time) -> _Rule:
    return _Rule(((start, end),) * len(_DAYS), date.min)


def _state_rules(state: str, channel: str) -> list[_Rule]:
    return _all_state_rules().get((state, channel), [])


@cache
def _all_state_rules() -> dict[tuple[str, str], list[_Rule]]:
    written = tomllib.loads(Path(__file__).with_name("hours.toml").read_text(encoding="utf-8"))
    found: dict[tuple[str, str], list[_Rule]] = {}
    for rule in written["rule"]:
        for state in rule["states"]:
            for channel in rule["channels"]:
                found.setdefault((state, channel), []).append(_read(rule))
    return found


def _read(rule: dict[str, Any]) -> _Rule:
    usual = rule.get("every_day", ["00:00", "00:00"])
    return _Rule(tuple(_hours(rule.get(day, usual)) for day in _DAYS), rule.get("from", date.min))


def _hours(written: list[str]) -> tuple[time, time] | None:
    return (time.fromisoformat(written[0]), time.fromisoformat(written[1])) if written else None
