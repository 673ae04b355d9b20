"""What a calendar program reads out of our file."""

from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phonebank.asks.models import Ask
from phonebank.campaigns.models import Campaign
from phonebank.errors import NotFoundError
from phonebank.followups.calendar import ics
from phonebank.followups.models import Commitment, CommitmentStatus

PLEDGED = datetime(2027, 2, 3, 18, 0, tzinfo=UTC)
STARTS = datetime(2027, 2, 10, 23, 0, tzinfo=UTC)


def _ask(**fields):
    words = {
        "action": "make calls with us online",
        "starts_at": STARTS,
        "ends_at": STARTS + timedelta(hours=2),
        "timezone": "America/New_York",
        "place": "on Zoom; room 2, please",
        "why": "Calls from neighbors\nmove votes, really.",
        **fields,
    }
    return Ask(**words)


def _commitment(**fields):
    return Commitment(recipient_id=1, campaign_id=1, ask_id=1, token="secret-token", pledged_at=PLEDGED, **fields)


CAMPAIGN = Campaign(name="RCV", ask_id=1, organization="RepresentUs", sender="+15005550006", created_at=PLEDGED)


def _read(commitment, ask):
    calendar = icalendar.Calendar.from_ical(ics(commitment, ask, CAMPAIGN))
    (event,) = calendar.walk("VEVENT")
    return calendar, event


def test_a_calendar_reads_the_event_at_its_own_place_and_hour():
    calendar, event = _read(_commitment(), _ask())
    assert event["SUMMARY"] == "Make calls with us online (RepresentUs)"
    assert event["LOCATION"] == "on Zoom; room 2, please"
    assert event["DESCRIPTION"] == "Calls from neighbors\nmove votes, really."
    assert event["STATUS"] == "CONFIRMED"
    assert event.start == STARTS
    assert event.end == STARTS + timedelta(hours=2)
    assert event.start.utcoffset() == timedelta(hours=-5)
    assert event["DTSTART"].params["TZID"] == "America/New_York"
    assert calendar.walk("VTIMEZONE")[0]["TZID"] == "America/New_York"
    assert event["DTSTAMP"].dt == PLEDGED


def test_every_line_ends_as_the_standard_says_and_is_short_enough():
    lines = ics(_commitment(), _ask(why="é" * 300), CAMPAIGN).split(b"\r\n")
    assert lines[0] == b"BEGIN:VCALENDAR"
    assert lines[-2:] == [b"END:VCALENDAR", b""]
    assert all(len(line) <= 75 and b"\n" not in line for line in lines)


def test_a_withdrawn_yes_cancels_the_same_event():
    _, before = _read(_commitment(), _ask())
    later = PLEDGED + timedelta(days=1)
    _, after = _read(_commitment(status=CommitmentStatus.WITHDRAWN, withdrawn_at=later), _ask())
    assert after["STATUS"] == "CANCELLED"
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["DTSTAMP"].dt == later
    again = _commitment()
    again.pledged_at = later + timedelta(days=1)
    _, again = _read(again, _ask())
    assert again["STATUS"] == "CONFIRMED"
    assert again["SEQUENCE"] > after["SEQUENCE"]


def test_the_file_does_not_give_the_page_away():
    assert b"secret-token" not in ics(_commitment(), _ask(), CAMPAIGN)


def test_an_event_without_an_end_lasts_an_hour():
    _, event = _read(_commitment(), _ask(ends_at=None, place="", why=""))
    assert event.end - event.start == timedelta(hours=1)
    assert "LOCATION" not in event
    assert "DESCRIPTION" not in event


def test_an_ask_without_a_date_has_nothing_for_a_calendar():
    with pytest.raises(NotFoundError, match="no date"):
        ics(_commitment(), _ask(starts_at=None), CAMPAIGN)


@given(
    text=st.text(max_size=80),
    zone=st.sampled_from(["America/Denver", "Pacific/Honolulu", "America/Puerto_Rico", "Europe/Madrid", "UTC"]),
    days=st.integers(0, 800),
)
def test_any_words_in_any_zone_leave_one_event_at_its_hour(text, zone, days):
    starts = STARTS + timedelta(days=days)
    _, event = _read(_commitment(), _ask(place=text, timezone=zone, starts_at=starts, ends_at=None))
    assert event.start.astimezone(UTC) == starts
    assert len(event.walk()) == 1
