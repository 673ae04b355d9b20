"""How numbers, moments and words look on a page."""

from datetime import UTC, datetime

import pytest

from phonebank.web import formats


@pytest.mark.parametrize(
    ("micros", "shown"),
    [(0, "$0.00"), (None, "$0.00"), (12_800, "$0.01"), (4_000, "less than $0.01"), (1_234_567_890, "$1,234.57")],
)
def test_money_that_was_spent_never_shows_as_nothing(micros, shown):
    assert formats.money(micros) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "1 second"),
        (40, "40 seconds"),
        (60, "1 minute"),
        (719, "12 minutes"),
        (7200, "2 hours"),
        (200_000, "2 days"),
    ],
)
def test_a_span_is_said_in_words(seconds, shown):
    assert formats.span(seconds) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "1 s"), (60, "1 min"), (719, "12 min"), (7200, "2 h"), (200_000, "2 days")]
)
def test_a_span_is_brief_where_there_is_little_room(seconds, shown):
    assert formats.brief(seconds) == shown


def test_a_moment_in_a_zone_names_the_zone():
    shown = formats.moment(datetime(2027, 2, 10, 23, 0, tzinfo=UTC), "America/New_York")
    assert shown == '<time datetime="2027-02-10T23:00:00Z">Wed, Feb 10, 6:00 PM EST</time>'
    assert "data-local" in formats.moment(datetime(2027, 2, 10, 23, 0, tzinfo=UTC))
    assert formats.moment(None) == ""


@pytest.mark.parametrize(
    ("phone", "shown"), [("+12025550143", "(202) 555-0143"), ("+442079460958", "+44 20 7946 0958"), ("12345", "12345")]
)
def test_a_number_is_written_as_people_of_its_country_do(phone, shown):
    assert formats.number(phone) == shown


def test_words_and_counts():
    assert formats.words("with_volunteer") == "with volunteer"
    assert formats.count(1234567) == "1,234,567"
    assert formats.price(12_800) == "1.28¢"
