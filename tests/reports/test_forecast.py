"""A campaign's course from its rows: by place and hour on its own clock, whom nothing reaches, and the volunteers."""

from datetime import UTC, datetime, timedelta

import pytest

from phonebank import db
from phonebank.recipients.models import RecipientStatus
from phonebank.reports import forecast
from phonebank.reports.places import place
from phonebank.reports.staffing import Bound
from tests.support import conversations as make

NOON = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)  # in New York


@pytest.fixture
def drive(database):
    with db.transaction() as session:
        return make.campaign(session, NOON, launched_at=NOON)


def asked(session, drive, at, zones="America/New_York", **changes):
    somebody = make.supporter(session, drive, NOON)
    for name, value in {"zones": zones, "asked_at": at, **changes}.items():
        setattr(somebody, name, value)
    session.add(somebody)
    return somebody


def course(drive):
    with db.reading() as session:
        return forecast.course(session, drive, NOON, Bound())


def test_each_place_is_done_when_its_last_is_asked(drive):
    with db.transaction() as session:
        asked(session, drive, NOON)
        asked(session, drive, NOON + timedelta(minutes=5), zones="America/Detroit")
        asked(session, drive, NOON + timedelta(hours=3), zones="America/Los_Angeles")
        asked(session, drive, None, zones="Pacific/Honolulu", status=RecipientStatus.PENDING)
    told = course(drive)
    places = [(one["place"], one["people"], one["asked"], one["finish_s"]) for one in told["zones"]]
    assert places == [("Eastern", 2, 2, 300), ("Pacific", 1, 1, 10_800), ("Hawaii", 1, 0, None)]
    assert told["zones"][0]["last_ask"] == "2026-11-24T12:05:00-05:00"
    assert told["finish_s"] == 10_800
    assert told["blocked"] == [{"number": 1, "of": "people", "because": "not asked yet"}]


def test_an_hour_holds_what_happened_in_it(drive):
    with db.transaction() as session:
        for minutes in (1, 20, 61):
            somebody = asked(session, drive, NOON)
            make.handed_off(session, somebody, NOON + timedelta(minutes=minutes))
        make.text(session, somebody, "and thanks", NOON + timedelta(minutes=70))
    hours = [(one["at"], one["asks"], one["replies"], one["handoffs"]) for one in course(drive)["hours"]]
    assert hours == [("2026-11-24T12:00:00-05:00", 3, 2, 2), ("2026-11-24T13:00:00-05:00", 0, 2, 1)]
    assert course(drive)["staffing"]["volunteers"] >= 1


def test_whoever_is_left_out_is_counted_with_the_reason(drive):
    with db.transaction() as session:
        for _ in range(2):
            asked(session, drive, None, status=RecipientStatus.EXCLUDED, excluded_because="opted out")
    assert course(drive)["blocked"] == [{"number": 2, "of": "people", "because": "opted out"}]


def test_a_campaign_in_which_nothing_happened_has_a_course_too(drive):
    told = course(drive)
    assert (told["zones"], told["hours"], told["finish_s"], told["staffing"]["volunteers"]) == ([], [], None, 0)


@pytest.mark.parametrize(
    ("zones", "name"),
    [
        ("America/New_York", "Eastern"),
        ("America/Chicago|America/Denver", "Central or Mountain"),
        ("America/Detroit|America/New_York", "Eastern"),
        ("America/Phoenix", "Phoenix"),
        ("Pacific/Honolulu", "Hawaii"),
        ("Europe/London", "London"),
        ("America/New_York|America/Chicago|America/Denver|America/Los_Angeles", "one of 4 zones"),
    ],
)
def test_zones_have_the_names_people_use(zones, name):
    assert place(zones) == name
