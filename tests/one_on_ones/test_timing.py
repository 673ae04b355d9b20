"""A time that never comes, has passed, or lies in the night."""

from datetime import UTC, datetime

import pytest

from phonebank.errors import BadInputError
from phonebank.one_on_ones import timing

NOW = datetime(2027, 2, 3, 18, 0, tzinfo=UTC)


def test_a_time_is_theirs():
    assert timing.moment("2027-02-05", "15:00", "America/New_York") == datetime(2027, 2, 5, 20, 0, tzinfo=UTC)


def test_the_hour_that_the_clocks_skip_is_refused_and_the_one_they_repeat_is_the_first():
    with pytest.raises(BadInputError, match="There is no 02:30 on March 14 there: the clocks skip that hour"):
        timing.moment("2027-03-14", "02:30", "America/New_York")
    assert timing.moment("2027-03-14", "02:30", "America/Phoenix")
    assert timing.moment("2027-11-07", "01:30", "America/New_York") == datetime(2027, 11, 7, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "at"),
    [("", ""), ("2027-02-30", "15:00"), ("tomorrow", "3"), ("2027-02-05", "25:00"), ("2027-02-05", "15:00+01:00")],
)
def test_what_is_no_time_is_refused(day, at):
    with pytest.raises(BadInputError, match="Choose a date and a time"):
        timing.moment(day, at, "America/New_York")


@pytest.mark.parametrize(
    ("at", "minutes", "told"),
    [
        (NOW, 30, "has passed"),
        (NOW.replace(year=2029), 30, "more than a year"),
        (NOW.replace(day=5), 19, "20 to 45 minutes"),
        (NOW.replace(day=5), 46, "20 to 45 minutes"),
        (NOW.replace(day=5), 0, "20 to 45 minutes"),
    ],
)
def test_a_past_or_absurd_time_is_refused(at, minutes, told):
    with pytest.raises(BadInputError, match=told):
        timing.check(at, minutes, NOW)


@pytest.mark.parametrize(
    ("hour", "minutes", "zones", "waking"),
    [
        (13, 30, ["America/New_York"], True),  # 8 in the morning
        (12, 30, ["America/New_York"], False),
        (13, 30, ["America/Los_Angeles", "America/New_York"], False),  # 5 in the morning there
        (1, 45, ["America/New_York"], True),  # 8 to 8:45 in the evening
        (2, 20, ["America/New_York"], False),
    ],
)
def test_waking_hours_count_everywhere_they_may_be(hour, minutes, zones, waking):
    assert timing.is_waking(datetime(2027, 2, 6, hour, tzinfo=UTC), minutes, zones) is waking
