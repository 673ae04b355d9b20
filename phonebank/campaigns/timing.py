"""How long a campaign takes: so many segments at so many a second, each group inside its own contact hours (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from phonebank.campaigns import contact_hours
from phonebank.campaigns.contact_hours import NeverOpen, Window
from phonebank.campaigns.models import Campaign

_MOST_DAYS = 60


@dataclass
class Group:
    """People who share their contact hours: the same possible zones (joined by `|`) and the same stated state."""

    zones: str
    state: str
    people: int = 0
    segments: int = 0


@dataclass
class Timetable:
    """`seconds` from now until the last text is out; `windows` says when each group's hours open, None for never."""

    seconds: float = 0.0
    windows: dict[tuple[str, str], Window | None] = field(default_factory=dict)


def timetable(campaign: Campaign, groups: Sequence[Group], now: datetime, *, pace: float | None = None) -> Timetable:
    """When everyone will have been asked at the campaign's pace, groups whose hours open first going first.

    `pace` is in the groups' segments a second, where it is not the campaign's own pace of texts.
    """
    table = Timetable()
    for group in groups:
        table.windows[group.zones, group.state] = _window(campaign, group, now)
    clock = now
    opening = [(window.opens_at, group) for group in groups if (window := table.windows[group.zones, group.state])]
    for _, group in sorted(opening, key=lambda pair: pair[0]):
        clock = _sent_by(campaign, group, clock, pace or campaign.segments_per_second)
        table.seconds = max(table.seconds, (clock - now).total_seconds())
    return table


def _sent_by(campaign: Campaign, group: Group, clock: datetime, pace: float) -> datetime:
    """The moment this group's last segment is out when its turn comes at `clock`."""
    left = group.segments / pace
    for _ in range(_MOST_DAYS):
        window = _window(campaign, group, clock)
        if window is None:
            return clock
        clock = max(clock, window.opens_at)
        room = (window.closes_at - clock).total_seconds()
        if left <= room:
            return clock + timedelta(seconds=left)
        left, clock = left - room, window.closes_at
    return clock


def _window(campaign: Campaign, group: Group, now: datetime) -> Window | None:
    try:
        return contact_hours.window(
            now,
            zones=group.zones.split("|"),
            state=group.state or None,
            start=campaign.hours_start,
            end=campaign.hours_end,
            channel=campaign.channel,
        )
    except NeverOpen:
        return None
