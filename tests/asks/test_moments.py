"""A moment is said as people say it, in the zone of the event, and never makes a text dearer."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phonebank.asks.segments import Encoding, count
from phonebank.asks.wording import WordingError, ask_fields, render, when
from phonebank.errors import BadInputError

NOW = datetime(2027, 1, 20, 12, tzinfo=UTC)
EVENT = datetime(2027, 2, 10, 18)


@pytest.mark.parametrize(
    ("starts_at", "language", "said"),
    [
        (datetime(2027, 2, 10, 18), "en", "Wednesday, February 10 at 6 pm"),
        (datetime(2027, 2, 10, 18, 30), "en", "Wednesday, February 10 at 6:30 pm"),
        (datetime(2027, 2, 10, 9, 5), "en", "Wednesday, February 10 at 9:05 am"),
        (datetime(2027, 2, 10, 12), "en", "Wednesday, February 10 at noon"),
        (datetime(2027, 2, 10, 0), "en", "Wednesday, February 10 at 12 am"),
        (datetime(2027, 2, 10, 23, tzinfo=UTC), "en", "Wednesday, February 10 at 6 pm"),
        (datetime(2028, 2, 10, 18), "en", "Thursday, February 10, 2028 at 6 pm"),
        (datetime(2027, 2, 10, 18), "es", "miércoles 10 de febrero a las 6 pm"),
        (datetime(2027, 2, 13, 13), "es-MX", "sabado 13 de febrero a la 1 pm"),
        (datetime(2028, 2, 10, 12), "Spanish", "jueves 10 de febrero de 2028 a las 12 pm"),
        (datetime(2027, 2, 10, 18), "tlh", "Wednesday, February 10 at 6 pm"),
    ],
)
def test_a_moment_is_said_as_people_say_it_in_the_zone_of_the_event(starts_at, language, said):
    assert when(starts_at, None, timezone="America/New_York", language=language, now=NOW) == said


def test_the_end_is_said_only_when_it_is_another_day():
    same_day = when(EVENT, datetime(2027, 2, 10, 20), timezone="America/New_York", now=NOW)
    weekend = when(EVENT, datetime(2027, 2, 12, 17), timezone="America/New_York", now=NOW)
    assert same_day == "Wednesday, February 10 at 6 pm"
    assert weekend == "from Wednesday, February 10 at 6 pm to Friday, February 12 at 5 pm"


@given(st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2029, 1, 1)), st.sampled_from(["en", "es"]))
def test_no_moment_ever_doubles_the_price_of_a_text(starts_at, language):
    said = when(starts_at, None, timezone="America/Chicago", language=language, now=NOW)
    assert count(said).encoding is Encoding.GSM_7


@pytest.mark.parametrize("zone", ["America/Gotham", "", "../etc/passwd", "America", "\x00"])
def test_an_unknown_zone_is_a_clear_error(zone):
    with pytest.raises(BadInputError, match="time zone"):
        when(EVENT, None, timezone=zone, now=NOW)


@dataclass
class Draft:
    action: str = "make calls with us online"
    place: str = "on Zoom"
    why: str = "calls move votes"
    link: str = ""
    starts_at: datetime | None = EVENT
    ends_at: datetime | None = None
    timezone: str = "America/New_York"


def test_the_fields_of_an_ask_fill_its_text():
    fields = ask_fields(Draft(), now=NOW, link="https://x.org/c/1")
    text = "{{ ask.when }}|{{ ask.day }}|{{ ask.time }}|{{ ask.place }}|{{ ask.why }}|{{ ask.action }}|{{ ask.link }}"
    assert render(text, fields) == (
        "Wednesday, February 10 at 6 pm|Wednesday, February 10|6 pm|on Zoom|calls move votes|"
        "make calls with us online|https://x.org/c/1"
    )


def test_an_ask_without_a_day_leaves_its_moment_missing():
    with pytest.raises(WordingError, match=r"ask.when is missing"):
        render("{{ ask.when }}", ask_fields(Draft(starts_at=None), now=NOW))
