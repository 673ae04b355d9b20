"""The next try comes at another time of day, inside contact hours."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phonebank.calls import law
from phonebank.calls.trying import other_time_of_day
from phonebank.campaigns import contact_hours

HOME = ZoneInfo("America/New_York")


def hours(moment):
    return contact_hours.window(moment, zones=[HOME.key], state=None, start=time(9), end=time(20), channel="call")


def local(day, hour, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=HOME).astimezone(UTC)


def next_try(tries, spacing=4):
    window = other_time_of_day(tries[-1] + timedelta(hours=spacing), hours, tries, HOME)
    return window.opens_at


def test_after_a_morning_comes_an_afternoon_then_an_evening_then_whatever_is_next():
    tries = [local(23, 10)]
    tries.append(next_try(tries))
    assert tries[-1] == local(23, 14)
    tries.append(next_try(tries))
    assert tries[-1] == local(23, 18)
    assert next_try(tries) == local(24, 9)


def test_after_an_evening_comes_the_next_morning():
    assert next_try([local(23, 19)]) == local(24, 9)


def test_a_long_day_of_mornings_waits_for_noon():
    assert next_try([local(23, 9)], spacing=1) == local(23, 12)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)), st.integers(0, 96))
def test_a_try_is_always_inside_its_hours_and_never_too_soon(moment, spacing):
    last = moment.replace(tzinfo=UTC)
    window = other_time_of_day(last + timedelta(hours=spacing), hours, [last], HOME)
    assert last + timedelta(hours=spacing) <= window.opens_at < window.closes_at
    assert hours(window.opens_at).holds(window.opens_at)


@pytest.mark.parametrize(
    ("answered", "abandoned", "share"), [(0, 0, 1.0), (1000, 10, 1.0), (1000, 30, 0.1), (1000, 400, 0.1), (5, 1, 0.1)]
)
def test_people_who_wait_in_vain_slow_the_dialing(answered, abandoned, share):
    assert law.share_of_pace(answered, abandoned) == pytest.approx(share)


def test_more_who_wait_in_vain_never_hurry_it():
    shares = [law.share_of_pace(1000, waited) for waited in range(60)]
    assert shares == sorted(shares, reverse=True)
