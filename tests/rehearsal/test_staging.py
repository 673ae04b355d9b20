"""The sample that a rehearsal shows: dates a week ahead, numbers that nobody has, a clock inside contact hours."""

import csv
import re
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from phonebank.campaigns import contact_hours, spec
from phonebank.rehearsal import staging
from phonebank.rehearsal.conversing import script_of

MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))
MAINLAND = ("America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles")


@given(MOMENTS)
def test_the_clock_starts_inside_contact_hours_today_or_on_monday(now):
    start = staging.curtain(now)
    described = staging.sample_campaign(start)
    hours = described.hours
    for state in (None, "TX", "MD", "WA"):
        assert contact_hours.is_open(start, zones=MAINLAND, state=state, start=hours.start, end=hours.end)
    assert abs(start - now) < timedelta(days=3)


@given(MOMENTS)
def test_the_sample_is_a_whole_campaign_whose_dates_lie_ahead(now):
    described = staging.sample_campaign(now)
    days = {described.ask.starts_at, *(other.starts_at for other in described.ask.alternatives)}
    assert all(timedelta(days=6) < day - now < timedelta(days=11) for day in days)
    assert described.ask.starts_at.hour == 18
    assert described.followups


def test_the_sample_file_is_a_campaign_file_as_it_stands():
    assert spec.load(staging.SAMPLE_CAMPAIGN).name == "Ranked choice phone bank"


def test_everyone_of_the_sample_has_a_number_of_their_own_that_is_kept_for_fiction():
    rows = list(csv.DictReader(staging.SAMPLE_LIST.read_text("utf-8").splitlines()))
    numbers = [re.sub(r"\D", "", row["Cell Phone"]) for row in rows]
    assert 60 <= len(rows) <= 100
    assert len(set(numbers)) == len(numbers)
    assert all(re.fullmatch(r"\d{3}55501\d\d", number) for number in numbers)
    assert {row["Language"] for row in rows} == {"English", "Spanish"}
    assert len({row["State"] for row in rows}) > 10


def test_the_cast_is_of_personas_that_exist():
    for persona in staging._CAST:
        assert script_of(persona)
