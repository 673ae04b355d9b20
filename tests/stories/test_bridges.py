"""Somebody in a call would rather talk: a volunteer comes on the line, and what they settle goes the usual way."""

import pytest

from tests.support import call_walk
from tests.support.call_walk import OURS, in_our_books, said


def until_bridged(walk, number):
    return walk.until(
        lambda: next((call for call in in_our_books(number) if call.bridged_at), None),
        "the caller talks with one of us",
    )


@pytest.fixture
def olga(walk):
    """A volunteer who signs in; each caller comes to nobody else, for others of the house are away."""
    browser = walk.volunteer("Olga")
    yield browser
    browser.send("/calls/away")


def test_a_maybe_is_bridged_to_a_volunteer_s_own_phone_which_is_never_shown_and_settled(walk, olga):
    own = walk.people(1)[0]
    walk.may_miss.add(own)
    walk.carrier.manner(own, answers=["1"])
    olga.send("/calls/ready", {"where": "phone", "phone": own})
    number = call_walk.launch(walk, takes={"answers": ["3"]}).people[0]
    call = until_bridged(walk, number)
    page = olga.open("/calls")
    assert number not in page
    olga.send(f"/calls/{call.id}/verdict", {"intent": "yes", "note": "Brings Sam along."})
    walk.until(lambda: walk.recipient(number).outcome == "yes", "a yes")
    walk.until_heard(number, "/y/")
    theirs, leg = walk.carrier.calls(number)[-1], walk.carrier.calls(own)[-1]
    assert theirs["problems"] == leg["problems"] == []
    assert own not in said(theirs)
    assert leg["from"] == OURS
    assert theirs["longest_quiet_s"] < 2


def test_who_declines_or_never_comes_makes_way_and_the_caller_is_asked_when_to_call_back(walk, olga):
    own = walk.people(1)[0]
    walk.may_miss.add(own)
    walk.carrier.manner(own, answers=["2"])
    olga.send("/calls/ready", {"where": "phone", "phone": own})
    number = call_walk.launch(walk, takes={"answers": ["3", "tomorrow after five"]}).people[0]
    row = call_walk.until_called(walk, number)
    assert row["longest_quiet_s"] < 2
    assert said(row, "them").endswith("tomorrow after five")
    handoff = walk.until(lambda: walk.handoff(number), "a conversation in the inbox")
    assert "tomorrow after five" in handoff.why
    olga.send("/calls/away")
    page = olga.send(f"/inbox/{handoff.id}/take").text
    assert "tomorrow after five" in page, page[page.index("<main") :]
