"""The ledger's page: who is never reached, and why."""

import pytest

from phonebank import clock as house_clock
from phonebank import db
from phonebank.optouts import ledger, queries

pytestmark = pytest.mark.database("sqlite")
NUMBER = "+12025550143"


def is_opted_out():
    with db.reading() as session:
        return queries.is_opted_out(session, NUMBER)


def opt_out(organizer, number="(202) 555-0143", because="They called us."):
    organizer.open("/opt-outs")
    return organizer.follow("/opt-outs", {"number": number, "because": because})


def test_a_number_is_opted_out_with_who_and_why(visitor):
    page = opt_out(visitor("organizer"))
    assert "will not be reached again" in page
    assert "(202) 555-0143" in page
    assert "They called us." in page
    assert "Organizer (organizer@example.org)" in page
    assert is_opted_out()


@pytest.mark.parametrize(
    ("number", "because", "sentence"), [("123", "x", "too short"), ("(202) 555-0143", " ", "Say why")]
)
def test_a_bad_entry_is_refused_with_a_sentence(visitor, number, because, sentence):
    assert sentence in opt_out(visitor("organizer"), number, because)
    assert not is_opted_out()


def test_only_a_reason_lifts(visitor):
    organizer = visitor("organizer")
    opt_out(organizer)
    assert organizer.send("/opt-outs/1/lift", {"because": ""}).status_code == 400
    assert is_opted_out()
    assert "Lifted" in organizer.follow("/opt-outs/1/lift", {"because": "She wrote us a letter asking to be texted."})
    assert not is_opted_out()


def test_a_number_is_looked_up_without_standing_in_an_address(visitor):
    organizer = visitor("organizer")
    opt_out(organizer)
    assert "They called us." in organizer.follow("/opt-outs/find", {"sought": "202.555.0143"})
    assert "it may be reached" in organizer.follow("/opt-outs/find", {"sought": "202 555 0144"})


def test_a_long_ledger_comes_in_screenfuls(visitor):
    with db.transaction() as session:
        numbers = [f"+1202555{number:04}" for number in range(100, 170)]
        ledger.record_many(session, numbers, because="an import", by="the import", now=house_clock.now())
    organizer = visitor("organizer")
    first = organizer.open("/opt-outs")
    assert "555-0169" in first
    assert "555-0119" not in first
    assert "/opt-outs?before=21" in first
    assert "555-0119" in organizer.open("/opt-outs?before=21")
