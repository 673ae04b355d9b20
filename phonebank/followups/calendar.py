"""One yes as a calendar file that calendar programs accept (RFC 5545; pure)."""

from datetime import datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from phonebank.asks.models import Ask
from phonebank.campaigns.models import Campaign
from phonebank.errors import NotFoundError
from phonebank.followups.models import Commitment, CommitmentStatus

_WITHOUT_AN_END = timedelta(hours=1)  # many programs hide an event of no length


def ics(commitment: Commitment, ask: Ask, campaign: Campaign) -> bytes:
    """The .ics file of this commitment's event, in the event's own time zone; cancelled when it is withdrawn.

    The same event keeps its UID, so that fetching it again updates the calendar instead of adding a second one.
    Raises NotFoundError when the ask has no date.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//phonebank//phonebank//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(_event(commitment, ask, campaign))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


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
    is_after = ask.ends_at is not None and ask.ends_at > ask.starts_at
    ends_at = ask.ends_at.astimezone(zone) if ask.ends_at and is_after else starts_at + _WITHOUT_AN_END
    return starts_at, ends_at
