"""A time that somebody named is a moment only where it can be one moment."""

from datetime import UTC, date, datetime

import pytest

from phonebank.replies.named_times import named_times

WEDNESDAY_NOON = datetime(2027, 2, 3, 17, 0, tzinfo=UTC)


def _named(words, zone="America/New_York"):
    return [
        (one.day, one.at and f"{one.at.astimezone(UTC):%d %H:%M}")
        for one in named_times(words, said_at=WEDNESDAY_NOON, zone=zone)
    ]


@pytest.mark.parametrize(
    ("words", "day", "at"),
    [
        ("Thursday at 6pm", date(2027, 2, 4), "04 23:00"),
        ("thursday 18:30", date(2027, 2, 4), "04 23:30"),
        ("tomorrow at noon", date(2027, 2, 4), "04 17:00"),
        ("Saturday after 3", date(2027, 2, 6), None),
        ("next Friday", date(2027, 2, 12), None),
        ("Wednesday", date(2027, 2, 10), None),
        ("can't make Saturday, maybe Thursday at 6pm", date(2027, 2, 4), "04 23:00"),
        ("el jueves", date(2027, 2, 4), None),
    ],
)
def test_a_day_and_an_hour_where_it_can_be_known(words, day, at):
    assert _named(words) == [(day, at)]


@pytest.mark.parametrize("words", ["", "next week", "later", "99:99 pm", "today at 9am", "not on Monday"])
def test_what_can_be_many_moments_is_none(words):
    assert _named(words) == []


def test_two_days_are_two():
    assert [day for day, _ in _named("Saturday or Sunday")] == [date(2027, 2, 6), date(2027, 2, 7)]
