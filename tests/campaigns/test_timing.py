"""How long a campaign takes."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from phonebank.campaigns.models import Campaign
from phonebank.campaigns.timing import Group, timetable
from tests.support.campaigns import NOW

NEW_YORK = ZoneInfo("America/New_York")


def a_pace(segments_per_second, start=time(9), end=time(20)):
    return Campaign(
        name="x",
        ask_id=1,
        organization="x",
        sender="x",
        segments_per_second=segments_per_second,
        hours_start=start,
        hours_end=end,
        created_at=NOW,
    )


def seconds(groups, now, pace=10):
    return timetable(a_pace(pace), groups, now).seconds


def test_segments_go_at_the_pace():
    assert seconds([Group("America/New_York", "", 100, 6000)], NOW) == pytest.approx(600)


def test_groups_go_one_after_another():
    both = [Group("America/New_York", "", 1, 6000), Group("America/Chicago", "", 1, 6000)]

    assert seconds(both, NOW) == pytest.approx(1200)


def test_what_does_not_fit_before_the_evening_waits_for_the_morning():
    half_an_hour_before_closing = datetime(2027, 2, 3, 19, 30, tzinfo=NEW_YORK)

    took = seconds([Group("America/New_York", "", 1, 36_000)], half_an_hour_before_closing)

    assert took == pytest.approx(14 * 3600)  # half of the hour today, the night, the other half from nine


def test_a_group_whose_hours_never_open_takes_no_time():
    table = timetable(a_pace(10, time(9), time(10)), [Group("America/New_York|Pacific/Honolulu", "", 1, 10)], NOW)

    assert (table.seconds, list(table.windows.values())) == (0.0, [None])
