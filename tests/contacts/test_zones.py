"""Every zone a person may be in, from whichever of their cells says it best."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phonebank import phone
from phonebank.contacts import zips
from phonebank.contacts.zones import possible, recognize, state_code, state_zones

BOTH = ("America/Chicago", "America/New_York")
IN_MANHATTAN = "+12125550123"


def zones(timezone="", zip_code="", state="", number=IN_MANHATTAN):
    return possible(timezone, zip_code, state, number)


def test_the_time_zone_column_replaces_zip_state_and_area_code():
    found = zones("Pacific", "02138", "TX")
    assert found.names == ("America/Los_Angeles",)
    assert found.state == "MA"  # stated all the same, and its stricter hours with it


def test_the_zip_replaces_the_state_and_the_state_the_area_code():
    assert zones(zip_code="90210", state="NY").names == ("America/Los_Angeles",)
    assert zones(state="California").names == ("America/Los_Angeles",)
    assert zones().names == ("America/New_York",)


def test_a_value_nobody_can_read_falls_to_the_next_with_a_note():
    found = zones("Martian", "99999", "Ecotopia", "+18505550123")
    assert found.names == BOTH
    assert found.state == ""
    assert [note.split("“")[0] for note in found.notes] == ["The time zone ", "The ZIP code ", "The state "]


@pytest.mark.parametrize(
    ("spelling", "zone"),
    [
        ("America/New_York", "America/New_York"),
        ("america/new york", "America/New_York"),
        ("US/Eastern", "America/New_York"),
        ("EST5EDT", None),
        ("Eastern", "America/New_York"),
        ("EST", "America/New_York"),
        ("E.S.T.", "America/New_York"),
        ("Eastern Daylight Time", "America/New_York"),
        ("(GMT-05:00) Eastern Time (US & Canada)", "America/New_York"),
        ("Central", "America/Chicago"),
        ("Mountain Time (US & Canada)", "America/Denver"),
        ("Arizona", "America/Phoenix"),
        ("PT", "America/Los_Angeles"),
        ("US/Pacific", "America/Los_Angeles"),
        ("Hawaii", "Pacific/Honolulu"),
        ("Alaskan Standard Time", "America/Anchorage"),
        ("America/Detroit", "America/Detroit"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("-5", None),
        ("GMT-5", None),
        ("../../etc/passwd", None),
    ],
)
def test_common_spellings_become_canonical_ids(spelling, zone):
    assert recognize(spelling) == ({zone} if zone else set())


def test_mst_is_arizona_as_well_as_denver():
    assert recognize("MST") == {"America/Denver", "America/Phoenix"}


def test_our_own_export_of_several_zones_is_read_back():
    assert zones("America/Chicago|America/New_York").names == BOTH
    assert recognize("America/Chicago|Martian") == set()


@pytest.mark.parametrize(
    ("zip_code", "state", "names"),
    [
        ("02138", "MA", ("America/New_York",)),
        ("2138", "MA", ("America/New_York",)),
        ("2138.0", "MA", ("America/New_York",)),
        ("02138-1234", "MA", ("America/New_York",)),
        ("021381234", "MA", ("America/New_York",)),
        ("601", "PR", ("America/Puerto_Rico",)),
        ("96813", "HI", ("Pacific/Honolulu",)),
        ("37402", "TN", BOTH),  # Chattanooga, beside the line
        ("32456", "FL", BOTH),  # Port St. Joe, through which the line runs
        ("67761", "KS", ("America/Chicago", "America/Denver")),
        ("86515", "AZ", ("America/Denver", "America/Phoenix")),  # the Navajo Nation
        ("83522", "ID", ("America/Boise", "America/Los_Angeles")),
        ("79901", "TX", ("America/Denver",)),
        ("K1A 0B1", "ON", ("America/Atikokan", "America/Toronto", "America/Winnipeg")),
    ],
)
def test_a_zip_gives_every_zone_it_may_lie_in_and_states_its_state(zip_code, state, names):
    found = zones(zip_code=zip_code)
    assert (found.state, found.names) == (state, names)


def test_military_mail_is_never_guessed_at_one_zone():
    found = zones(zip_code="09012")
    assert found.state == "AE"
    assert len(found.names) > 1


def test_a_foreign_numbers_postal_code_states_no_state_of_the_us():
    assert zones(zip_code="33101", number="+4915112345678").state == ""  # Bielefeld, or Miami
    assert zones(zip_code="33101", number="+4915112345678", timezone="Eastern").state == ""
    assert zones(zip_code="33101", state="FL", number="+4915112345678").state == "FL"


def test_a_foreign_number_widens_what_a_zip_says():
    assert zones(zip_code="10115", number="+4915112345678").names == ("America/New_York", "Europe/Berlin")


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("NY", "NY"),
        ("ny", "NY"),
        ("N.Y.", "NY"),
        ("New York", "NY"),
        ("Washington, D.C.", "DC"),
        ("District of Columbia", "DC"),
        ("Washington", "WA"),
        ("Calif.", "CA"),
        ("Puerto Rico", "PR"),
        ("Québec", "QC"),
        ("Ecotopia", ""),
    ],
)
def test_a_state_is_read_as_name_code_or_short_form(written, code):
    assert state_code(written) == code


@pytest.mark.parametrize(
    "code", ["AK", "FL", "ID", "IN", "KS", "KY", "MI", "ND", "NE", "NV", "OR", "SD", "TN", "TX", "AZ"]
)
def test_a_state_of_two_zones_gives_both(code):
    assert len(zones(state=code).names) > 1


def test_every_zone_of_the_data_exists_and_every_state_is_covered():
    places = [entry.place for entry in zips._ranges()[0]]
    for name in {name for place in places for name in place.zones}:
        ZoneInfo(name)
    assert {place.state for place in places} <= set(zips.places()["states"])
    for code in zips.places()["states"]:
        for name in state_zones(code):
            ZoneInfo(name)


@given(st.text(max_size=30), st.text(max_size=12), st.text(max_size=20))
def test_any_text_gives_at_least_one_real_zone(timezone, zip_code, state):
    for name in possible(timezone, zip_code, state, IN_MANHATTAN).names:
        ZoneInfo(name)


def test_a_number_that_names_no_place_may_be_anywhere_in_the_us():
    assert set(zones(number="+18885550123").names) == phone.US_ZONES
