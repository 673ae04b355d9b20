"""One one-on-one as a calendar file that calendar programs accept (RFC 5545; pure)."""

from hashlib import sha256
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from phonebank.one_on_ones.models import OneOnOne, OneOnOneStatus


def ics(one: OneOnOne, *, summary: str, place: str) -> bytes:
    """The .ics file, in their time zone; cancelled when it is called off. A move updates the event by its UID."""
    zone, event = ZoneInfo(one.timezone), Event()
    event.add("uid", f"{sha256(one.token.encode()).hexdigest()[:32]}@phonebank")  # the token itself opens a page
    event.add("dtstamp", one.changed_at)
    event.add("sequence", int(one.changed_at.timestamp()) // 60)
    event.add("status", "CANCELLED" if one.status is OneOnOneStatus.CALLED_OFF else "CONFIRMED")
    event.add("dtstart", one.starts_at.astimezone(zone))
    event.add("dtend", one.ends_at.astimezone(zone))
    event.add("summary", summary)
    event.add("location", place)
    calendar = Calendar()
    for name, value in (("prodid", "-//phonebank//phonebank//EN"), ("version", "2.0"), ("method", "PUBLISH")):
        calendar.add(name, value)
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())
