"""Until when a conversation may be put aside: moments when the supporter may be written to (pure)."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from phonebank.campaigns import contact_hours
from phonebank.campaigns.contact_hours import NeverOpen
from phonebank.errors import BadInputError

_SOON, _LONGEST = timedelta(minutes=30), timedelta(days=30)
_EVENING = time(18)
_LEAST_AHEAD = timedelta(minutes=45)


@dataclass(frozen=True)
class Hours:
    """When this supporter may be reached: every zone they may be in, their state's rules, the campaign's hours."""

    zones: tuple[str, ...]
    state: str | None
    start: time
    end: time

    @property
    def zone(self) -> str:
        """The zone their times are told in."""
        return self.zones[0]


@dataclass(frozen=True)
class Choice:
    """One moment that is offered."""

    name: str
    label: str
    until: datetime


def choices(hours: Hours, now: datetime) -> list[Choice]:
    """What to offer now, the soonest first. The evening is left out when it has come."""
    found = [Choice("soon", "30 minutes", now + _SOON)]
    evening = max(datetime.combine(now.astimezone(ZoneInfo(z)).date(), _EVENING, ZoneInfo(z)) for z in hours.zones)
    if evening > now + _LEAST_AHEAD:
        found.append(Choice("evening", "This evening", evening))
    morning = _opens_tomorrow(hours, now)
    return [*found, Choice("morning", "Tomorrow morning", morning)] if morning is not None else found


def chosen(name: str, written: str, hours: Hours, now: datetime) -> datetime:
    """The moment behind what a form says: one of `choices` by name, else a time written in the supporter's zone."""
    offered = {choice.name: choice.until for choice in choices(hours, now)}
    if name in offered:
        return offered[name]
    try:
        at = datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(hours.zone))
    except ValueError as wrong:
        raise BadInputError("Choose when it should come back: a day and a time.") from wrong
    if not now < at <= now + _LONGEST:
        raise BadInputError("Choose a time that is still ahead, within the next 30 days.")
    return at


def _opens_tomorrow(hours: Hours, now: datetime) -> datetime | None:
    """When they may be written to again on the next day of theirs, whichever zone they are in."""
    today = max(now.astimezone(ZoneInfo(zone)).date() for zone in hours.zones)
    midnight = datetime.combine(today + timedelta(days=1), time(0), ZoneInfo(hours.zone))
    try:
        opens = contact_hours.window(
            midnight, zones=hours.zones, state=hours.state, start=hours.start, end=hours.end
        ).opens_at
    except NeverOpen:
        return None
    return max(opens, midnight)
