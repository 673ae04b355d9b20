"""Calendar files that calendar programs accept (RFC 5545; pure): one yes, and all events for staff."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from phonebank.asks.models import Ask
from phonebank.campaigns.models import Campaign
from phonebank.errors import NotFoundError
from phonebank.followups.models import Commitment, CommitmentStatus

_ASKED_AGAIN_AFTER = timedelta(hours=1)


def ics(commitment: Commitment, ask: Ask, campaign: Campaign) -> bytes:
    """The .ics file of this commitment's event, in the event's own time zone; cancelled when it is withdrawn.

    The same event keeps its UID, so that fetching it again updates the calendar instead of adding a second one.
    Raises NotFoundError when the ask has no date.
    """
    return _file([_event(commitment, ask, campaign)])


def feed(events: Iterable[tuple[Ask, Campaign, Mapping[str, int]]], now: datetime) -> bytes:
    """Every dated event with how many come, for staff to subscribe to. No supporter is named in it."""
    return _file(_counted(*one, now) for one in events if one[0].starts_at is not None)


def _file(events: Iterable[Event]) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//phonebank//phonebank//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("refresh-interval", _ASKED_AGAIN_AFTER, parameters={"VALUE": "DURATION"})
    for event in events:
        calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _counted(ask: Ask, campaign: Campaign, counts: Mapping[str, int], now: datetime) -> Event:
    starts_at, ends_at = _times(ask)
    expected = counts["pledged"] + counts["confirmed"]
    event = Event()
    event.add("uid", f"ask-{ask.id}@phonebank")
    event.add("dtstamp", now)
    event.add("sequence", int(now.timestamp()) // 60)
    event.add("dtstart", starts_at)
    event.add("dtend", ends_at)
    event.add("summary", f"{ask.action[:1].upper()}{ask.action[1:]}: {expected} coming")
    told = ", ".join(f"{number} {status}" for status, number in counts.items() if number)
    event.add("description", f"{campaign.name}: {told or 'nobody yet'}")
    if ask.place:
        event.add("location", ask.place)
    return event


def _event(commitment: Commitment, ask: Ask, campaign: Campaign) -> Event:
    starts_at, ends_at = _times(ask)
    is_off = commitment.status is CommitmentStatus.WITHDRAWN
    event = Event()
    event.add("uid", f"{sha256(commitment.token.encode()).hexdigest()[:32]}@phonebank")  # the token itself opens a page
    stamp = max(commitment.pledged_at, commitment.withdrawn_at or commitment.pledged_at)
    event.add("dtstamp", stamp)
    event.add("sequence", int(stamp.timestamp()) // 60)  # a program keeps the version whose number is higher
    event.add("status", "CANCELLED" if is_off else "CONFIRMED")
    event.add("dtstart", starts_at)
    event.add("dtend", ends_at)
    event.add("summary", f"{ask.action[:1].upper()}{ask.action[1:]} ({campaign.organization})")
    if ask.place:
        event.add("location", ask.place)
    if description := "\n\n".join(part for part in (ask.why, ask.link) if part):
        event.add("description", description)
    if ask.link.startswith(("https://", "http://")):
        event.add("url", ask.link)
    return event


def _times(ask: Ask) -> tuple[datetime, datetime]:
    if ask.starts_at is None:
        raise NotFoundError("This has no date yet, so there is nothing for a calendar.")
    zone = ZoneInfo(ask.timezone)
    starts_at = ask.starts_at.astimezone(zone)
    assert ask.over_at is not None
    return starts_at, ask.over_at.astimezone(zone)  # many programs hide an event of no length
