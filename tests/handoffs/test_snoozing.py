"""What is offered to put a conversation aside until: moments when the supporter may be written to."""

from datetime import UTC, datetime, time

import pytest

from phonebank.errors import BadInputError
from phonebank.handoffs.snoozing import Hours, choices, chosen

NOON_IN_NEW_YORK = datetime(2027, 2, 3, 17, 0, tzinfo=UTC)


def _hours(*zones, state=None):
    return Hours(zones or ("America/New_York",), state, time(9), time(20))


def _offered(hours, now):
    return {one.name: f"{one.until.astimezone(UTC):%d %H:%M}" for one in choices(hours, now)}


def test_half_an_hour_this_evening_and_tomorrow_in_their_hours():
    assert _offered(_hours(), NOON_IN_NEW_YORK) == {"soon": "03 17:30", "evening": "03 23:00", "morning": "04 14:00"}


def test_of_several_zones_a_moment_that_is_right_in_all():
    both = _hours("America/Los_Angeles", "America/New_York")
    assert _offered(both, NOON_IN_NEW_YORK) == {"soon": "03 17:30", "evening": "04 02:00", "morning": "04 17:00"}


def test_no_evening_is_offered_in_the_evening():
    assert "evening" not in _offered(_hours(), NOON_IN_NEW_YORK.replace(hour=22, minute=30))


def test_a_time_of_ones_own_is_in_their_zone():
    at = chosen("chosen", "2027-02-05T10:15", _hours(), NOON_IN_NEW_YORK)
    assert at.astimezone(UTC) == datetime(2027, 2, 5, 15, 15, tzinfo=UTC)


@pytest.mark.parametrize("written", ["", "soon", "2027-02-03T11:00", "2028-01-01T10:00"])
def test_a_time_that_is_none_or_past_or_far_away_is_refused(written):
    with pytest.raises(BadInputError, match="Choose"):
        chosen("chosen", written, _hours(), NOON_IN_NEW_YORK)
