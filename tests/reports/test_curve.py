"""A campaign over time, in steps that fit its length, and how fast it goes."""

from datetime import UTC, datetime, timedelta

import pytest

from phonebank.campaigns.models import Campaign, CampaignStatus
from phonebank.reports.curve import drawn
from phonebank.reports.pace import pace

NOW = datetime(2027, 2, 3, 18, 0, tzinfo=UTC)
START = int(NOW.timestamp()) // 60


def test_nothing_happened_yet():
    assert drawn({}, {}) == {"step_s": 60, "points": []}


def test_minutes_without_anything_are_points_too_and_nothing_is_lost():
    curve = drawn({START: 3, START + 4: 2}, {START + 2: 1})
    assert curve["step_s"] == 60
    assert [(point["asks"], point["replies"]) for point in curve["points"]] == [(3, 0), (0, 0), (0, 1), (0, 0), (2, 0)]
    assert curve["points"][0]["at"] == NOW.isoformat()


@pytest.mark.parametrize(
    ("minutes", "step"), [(95, 60), (400, 300), (1400, 900), (3 * 1440, 3600), (700 * 1440, 604800)]
)
def test_a_longer_campaign_is_drawn_in_longer_steps(minutes, step):
    curve = drawn({START: 5, START + minutes: 7}, {})
    assert curve["step_s"] == step
    assert sum(point["asks"] for point in curve["points"]) == 12
    assert len(curve["points"]) <= 105


def counts(people, asked, pending, lately, wait=0):
    funnel = [{"people": people}, {"people": asked}]
    return {"funnel": funnel, "recipients": {"pending": pending}, "waiting": {"people": wait}, "lately": lately}


def drive(**fields):
    words = {"status": CampaignStatus.RUNNING, "spent_micros": 800_000, "launched_at": NOW - timedelta(hours=1)}
    return Campaign(name="x", ask_id=1, organization="x", sender="x", created_at=NOW, **{**words, **fields})


def test_the_time_left_is_of_those_who_may_be_asked_now():
    told = pace(drive(), counts(1000, 100, 900, lately=50, wait=400), NOW)
    assert (told["a_minute"], told["to_go"], told["left_s"]) == (10, 500, 3000)
    assert told["cost_of_all"] == 8_000_000


def test_the_first_minute_counts_as_long_as_it_lasted():
    assert pace(drive(launched_at=NOW - timedelta(seconds=30)), counts(100, 5, 95, lately=5), NOW)["a_minute"] == 10


def test_what_stands_still_or_has_barely_begun_has_no_time_left_and_no_price():
    assert pace(drive(status=CampaignStatus.PAUSED), counts(100, 50, 50, lately=5), NOW)["left_s"] is None
    assert pace(drive(), counts(100, 19, 81, lately=0), NOW)["left_s"] is None
    assert pace(drive(), counts(100, 19, 81, lately=0), NOW)["cost_of_all"] is None
