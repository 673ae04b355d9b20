"""Nobody is reached outside the hours, in any zone they may be in, on any night the clocks change."""

import tomllib
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from phonebank import phone
from phonebank.campaigns import contact_hours
from phonebank.campaigns.contact_hours import NeverOpen, Window, is_open, window
from phonebank.contacts import zones

NEW_YORK, CHICAGO, DENVER, PHOENIX = "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix"
ODD_ZONES = ("Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "America/St_Johns", "Africa/Cairo", "UTC")
ZONES = (*sorted(phone.US_ZONES), *ODD_ZONES)


def at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def hours(now, zones=(NEW_YORK,), state=None, start=time(9), end=time(20), channel="text"):
    return window(now, zones=zones, state=state, start=start, end=end, channel=channel)


def test_inside_the_hours_the_window_is_the_one_that_is_open():
    assert hours(at("2027-02-10T12:00", NEW_YORK)) == Window(
        at("2027-02-10T09:00", NEW_YORK),
        at("2027-02-10T20:00", NEW_YORK),
    )


@pytest.mark.parametrize("now", ["2027-02-10T20:00", "2027-02-11T03:00", "2027-02-11T08:59:59"])
def test_outside_the_hours_the_window_is_the_next_one(now):
    assert hours(at(now, NEW_YORK)).opens_at == at("2027-02-11T09:00", NEW_YORK)


def test_it_is_open_at_the_first_moment_and_closed_at_the_last():
    ask = {"zones": [NEW_YORK], "state": None, "start": time(9), "end": time(20)}
    assert is_open(at("2027-02-10T09:00", NEW_YORK), **ask)
    assert not is_open(at("2027-02-10T20:00", NEW_YORK), **ask)


def test_a_person_who_may_be_anywhere_in_the_us_is_reached_when_it_is_day_everywhere():
    anywhere = sorted(phone.US_ZONES)
    found = hours(at("2027-07-10T12:00"), anywhere)
    assert found == Window(at("2027-07-10T09:00", "Pacific/Honolulu"), at("2027-07-10T20:00", NEW_YORK))


def test_arizona_and_the_navajo_nation_part_in_summer_only():
    winter = hours(at("2027-01-15T12:00", DENVER), (PHOENIX, DENVER))
    summer = hours(at("2027-07-15T12:00", DENVER), (PHOENIX, DENVER))
    assert winter.closes_at - winter.opens_at == timedelta(hours=11)
    assert summer.closes_at - summer.opens_at == timedelta(hours=10)


@pytest.mark.parametrize(
    ("state", "day", "channel", "opens", "closes"),
    [
        ("FL", "2027-02-10", "text", "08:00", "20:00"),
        ("CT", "2027-02-10", "text", "09:00", "20:00"),
        ("TX", "2027-02-13", "text", "09:00", "21:00"),
        ("TX", "2027-02-14", "text", "12:00", "21:00"),  # a Sunday
        ("RI", "2027-02-10", "text", "09:00", "18:00"),
        ("RI", "2027-02-13", "text", "10:00", "17:00"),
        ("KY", "2027-02-10", "text", "10:00", "21:00"),
        ("NY", "2027-02-10", "text", "08:00", "21:30"),
        ("ME", "2027-02-10", "text", "08:00", "21:30"),
        ("ME", "2027-02-10", "call", "09:00", "17:00"),
        ("IN", "2027-02-10", "call", "09:00", "20:00"),
        ("ON", "2027-02-13", "call", "10:00", "18:00"),
        (None, "2027-02-10", "call", "08:00", "21:30"),
    ],
)
def test_a_stated_states_stricter_hours_apply(state, day, channel, opens, closes):
    found = hours(at(f"{day}T14:00", NEW_YORK), state=state, start=time(8), end=time(21, 30), channel=channel)
    assert found == Window(at(f"{day}T{opens}", NEW_YORK), at(f"{day}T{closes}", NEW_YORK))


def test_pennsylvania_is_left_in_peace_on_sundays_from_the_day_its_law_holds():
    assert is_open(at("2026-10-11T12:00", NEW_YORK), zones=[NEW_YORK], state="PA", start=time(9), end=time(20))
    assert hours(at("2026-10-18T12:00", NEW_YORK), state="PA").opens_at == at("2026-10-19T09:00", NEW_YORK)


def test_a_states_hours_never_widen_the_campaigns():
    found = hours(at("2027-02-10T12:00", NEW_YORK), state="FL", start=time(10), end=time(17))
    assert found == Window(at("2027-02-10T10:00", NEW_YORK), at("2027-02-10T17:00", NEW_YORK))


def test_the_day_the_clocks_go_forward_is_an_hour_shorter_where_the_hours_span_it():
    found = hours(at("2027-03-14T12:00", NEW_YORK), start=time(1), end=time(5))
    assert found.opens_at == at("2027-03-15T01:00", NEW_YORK)
    found = hours(at("2027-03-14T01:30", NEW_YORK), start=time(1), end=time(5))
    assert found.closes_at - found.opens_at == timedelta(hours=3)


def test_ordinary_hours_follow_the_clocks_on_both_sundays_they_change():
    assert hours(at("2027-03-14T05:00")) == Window(at("2027-03-14T13:00"), at("2027-03-15T00:00"))
    assert hours(at("2027-03-13T05:00")) == Window(at("2027-03-13T14:00"), at("2027-03-14T01:00"))
    assert hours(at("2027-11-07T05:00")) == Window(at("2027-11-07T14:00"), at("2027-11-08T01:00"))
    assert hours(at("2027-11-06T05:00")) == Window(at("2027-11-06T13:00"), at("2027-11-07T00:00"))


def test_a_time_that_does_not_exist_or_comes_twice_is_read_on_the_safe_side():
    gap = hours(at("2027-03-14T00:00", NEW_YORK), start=time(0), end=time(2, 30))
    assert gap.closes_at.astimezone(ZoneInfo(NEW_YORK)).time() == time(1, 30)
    twice = hours(at("2027-11-07T00:30", NEW_YORK), start=time(1, 30), end=time(9))
    assert twice.opens_at == datetime(2027, 11, 7, 6, 30, tzinfo=UTC)  # the second 01:30
    closes = hours(at("2027-11-07T00:30", NEW_YORK), start=time(0), end=time(1, 30))
    assert closes.closes_at == datetime(2027, 11, 7, 5, 30, tzinfo=UTC)  # the first


def test_an_end_of_midnight_is_the_days_end():
    assert hours(at("2027-02-10T23:59", NEW_YORK), end=time(0)).closes_at == at("2027-02-11T00:00", NEW_YORK)


def test_hours_that_never_close_are_one_long_window():
    assert hours(at("2027-02-10T23:59"), start=time(0), end=time(0)).closes_at > at("2027-02-12T00:00")


@pytest.mark.parametrize(
    ("zones", "start", "end", "state"),
    [
        ((NEW_YORK,), time(20), time(9), None),
        (("America/New_York", "Asia/Tokyo"), time(9), time(17), None),
        ((NEW_YORK,), time(18), time(20), "RI"),
        ((NEW_YORK,), time(9), time(9), None),
    ],
)
def test_hours_that_never_open_say_so(zones, start, end, state):
    now = at("2027-02-10T12:00")
    with pytest.raises(NeverOpen, match="widen"):
        hours(now, zones, state, start, end)
    assert not is_open(now, zones=zones, state=state, start=start, end=end)


def test_two_zones_a_day_apart_share_the_hours_they_share():
    found = hours(at("2027-02-10T12:00"), ("Pacific/Apia", "Pacific/Pago_Pago"))
    for zone in ("Pacific/Apia", "Pacific/Pago_Pago"):
        assert time(9) <= found.opens_at.astimezone(ZoneInfo(zone)).time() < time(20)


def test_every_rule_names_real_states_and_channels():
    states = {state for state, _ in contact_hours._all_state_rules()}
    assert {"FL", "OK", "MD", "WA", "WY", "MS", "NJ", "CT", "TX", "RI", "KY", "PA", "ME"} <= states
    assert {channel for _, channel in contact_hours._all_state_rules()} == {"text", "call"}


def test_every_rule_says_where_it_comes_from_and_when_that_was_read():
    written = tomllib.loads(Path(contact_hours.__file__).with_name("hours.toml").read_text())
    for rule in written["rule"]:
        assert len(rule["source"]) > 10
        assert isinstance(rule["as_of"], date)
        unknown = rule.keys() - {"states", "channels", "every_day", "from", "source", "as_of", *contact_hours._DAYS}
        assert not unknown, "a misspelt day would be open all day"


def _hours_of(now, timezone="", zip_code="", state="", number="+12025550143", channel="text"):
    """The hours of a row of a list, as its import reads it, in UTC."""
    found = zones.possible(timezone, zip_code, state, number)
    return hours(now, found.names, found.state or None, channel=channel)


SUMMER, WINTER = "2027-07-14", "2027-01-13"  # Wednesdays


@pytest.mark.parametrize(
    ("who", "day", "opens", "closes"),
    [
        ({"zip_code": "85001"}, SUMMER, "16:00", "03:00"),  # Phoenix has no daylight time
        ({"zip_code": "85001"}, WINTER, "16:00", "03:00"),
        ({"zip_code": "86515"}, SUMMER, "16:00", "02:00"),  # Window Rock: the Navajo Nation has, its neighbors have not
        ({"zip_code": "86515"}, WINTER, "16:00", "03:00"),
        ({"number": "+19285550143"}, SUMMER, "16:00", "02:00"),  # Flagstaff's code, the Nation's too
        ({"zip_code": "87301"}, SUMMER, "15:00", "02:00"),  # Gallup, New Mexico
        ({"zip_code": "47501"}, SUMMER, "13:00", "00:00"),  # Indiana, Eastern time
        ({"zip_code": "46401"}, SUMMER, "14:00", "01:00"),  # Gary, Indiana, Central time
        ({"zip_code": "97914"}, WINTER, "16:00", "03:00"),  # Oregon's Malheur County, Mountain time
        ({"zip_code": "89883"}, WINTER, "16:00", "03:00"),  # West Wendover, Nevada, Mountain time
        ({"zip_code": "36867"}, WINTER, "15:00", "01:00"),  # Phenix City, Alabama, lives on Georgia's clocks
        ({"zip_code": "79901"}, WINTER, "16:00", "03:00"),  # El Paso, Texas, Mountain time
        ({"number": "+18005550143"}, SUMMER, "19:00", "00:00"),  # toll-free: day from Honolulu to New York
        ({"number": "+15005550143"}, WINTER, "19:00", "01:00"),  # a personal number
        ({"number": "+14165550143"}, WINTER, "14:00", "01:00"),  # Toronto
        ({"number": "+447700900123"}, SUMMER, "08:00", "19:00"),  # a British mobile
        ({"number": "+525555550143"}, SUMMER, "15:00", "02:00"),  # Mexico City has no daylight time any more
        ({"number": "+18085550143"}, SUMMER, "19:00", "06:00"),  # Hawaii
        ({"number": "+19075550143", "zip_code": "99501"}, WINTER, "18:00", "05:00"),  # Anchorage
        ({"number": "+16715550143"}, "2027-07-13", "23:00", "10:00"),  # Guam: it is Wednesday there already
        ({"number": "+17875550143"}, SUMMER, "13:00", "00:00"),  # Puerto Rico
        ({"timezone": "Pacific", "zip_code": "10001", "state": "NY"}, WINTER, "17:00", "04:00"),  # the column decides
        ({"timezone": "America/New_York", "state": "KY"}, WINTER, "15:00", "01:00"),  # and Kentucky's law still holds
        ({"timezone": "America/New_York", "zip_code": "40202"}, WINTER, "15:00", "01:00"),
        ({"timezone": "Eastern", "number": "+447700900123"}, WINTER, "14:00", "01:00"),
    ],
)
def test_each_is_reached_by_the_clocks_of_every_place_they_may_be_in(who, day, opens, closes):
    opening = at(f"{day}T{opens}")
    closing = at(f"{day}T{closes}")
    closing += timedelta(days=closing <= opening)
    assert _hours_of(opening, **who) == Window(opening, closing)


@given(
    now=st.datetimes(datetime(2026, 1, 1), datetime(2029, 1, 1), timezones=st.just(UTC)),
    zones=st.lists(st.sampled_from(ZONES), min_size=1, max_size=4, unique=True),
    start=st.integers(0, 22 * 60).map(lambda minute: time(minute // 60, minute % 60)),
    length=st.integers(1, 12 * 60),
    share=st.floats(0, 0.999),  # nearer to 1 a microsecond is lost in the sum, and the moment is the end itself
    state=st.sampled_from([None, "TX", "RI", "PA", "CT"]),
)
@example(datetime(2027, 11, 7, 4, 0, tzinfo=UTC), [NEW_YORK], time(1, 30), 60, 0.5, None)
@example(datetime(2027, 3, 14, 4, 0, tzinfo=UTC), [NEW_YORK, CHICAGO], time(1, 0), 90, 0.99, None)
def test_every_moment_of_a_window_is_inside_the_hours_in_every_zone(now, zones, start, length, share, state):
    end = (datetime.combine(date.min, start) + timedelta(minutes=length)).time()
    try:
        found = hours(now, zones, state, start, end)
    except NeverOpen:
        return
    assert found.closes_at > now
    assert found.opens_at < found.closes_at
    moment = found.opens_at + share * (found.closes_at - found.opens_at)
    for zone in zones:
        local = moment.astimezone(ZoneInfo(zone)).time()
        assert local >= start
        assert end == time(0) or local < end
    assert found == hours(found.opens_at, zones, state, start, end) or found.holds(now)


@given(
    now=st.datetimes(datetime(2026, 1, 1), datetime(2029, 1, 1), timezones=st.just(UTC)),
    zones=st.lists(st.sampled_from(sorted(phone.US_ZONES)), min_size=1, max_size=3, unique=True),
)
def test_a_moment_inside_the_hours_in_every_zone_is_open(now, zones):
    inside = all(time(9) <= now.astimezone(ZoneInfo(zone)).time() < time(20) for zone in zones)
    assert is_open(now, zones=zones, state=None, start=time(9), end=time(20)) == inside
