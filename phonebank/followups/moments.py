"""When a reminder comes: inside somebody's contact hours, on the day it speaks of (pure)."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from phonebank.campaigns import contact_hours
from phonebank.campaigns.contact_hours import NeverOpen
from phonebank.campaigns.models import Campaign
from phonebank.recipients.models import Recipient

_LONGEST_NIGHT_H = 36
_BEFORE_CLOSING = timedelta(minutes=30)


@dataclass(frozen=True)
class Hours:
    """The contact hours that everyone with these zones and this state shares, as a key."""

    start: time
    end: time
    zones: str
    state: str


def hours_of(campaign: Campaign, recipient: Recipient) -> Hours:
    """The contact hours of this recipient."""
    return Hours(campaign.hours_start, campaign.hours_end, recipient.zones, recipient.state)


@dataclass(frozen=True)
class Event:
    """When the ask begins, and where, as a key."""

    starts_at: datetime
    timezone: str


@lru_cache(maxsize=1024)
def inside_hours(hours: Hours, at: datetime, event: Event) -> datetime:
    """A moment inside their contact hours, on the same day where it can be: "see you tomorrow" must not come today.

    Hours that open later that day are waited for while the event is still ahead; else it comes before the night.
    """
    for earlier in range(_LONGEST_NIGHT_H):
        moment = at - timedelta(hours=earlier)
        try:
            window = contact_hours.window(
                moment, zones=hours.zones.split("|"), state=hours.state or None, start=hours.start, end=hours.end
            )
        except NeverOpen:
            return at
        if window.opens_at <= moment:
            return moment if not earlier else min(at, window.closes_at - _BEFORE_CLOSING)
        if not earlier and window.opens_at < min(day_is_over(at, event.timezone), event.starts_at):
            return window.opens_at
    return at


def day_is_over(at: datetime, timezone: str) -> datetime:
    """The midnight that ends this moment's day where the event is."""
    there = at.astimezone(ZoneInfo(timezone))
    return datetime.combine(there.date() + timedelta(days=1), time(), there.tzinfo).astimezone(UTC)
