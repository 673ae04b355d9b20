"""Calls leave at the pace and over the lines their campaign names, each person's once, whatever the carrier does."""

import pytest

from phonebank.contacts.models import Consent
from tests.support.conversations import kept
from tests.support.factories import do

OURS = "+12025550190"
CALL = {"ask": "Can we count on you to join us? Press 1 for yes.", "calls_per_second": 5, "open_lines": 20}


@pytest.fixture
def calls(walk):
    """calls(10, calls_per_second=2): a campaign that calls so many who agreed to it."""

    def launched(people, **call):
        numbers = walk.people(people)
        for phone in numbers:
            do(kept, Consent(phone=phone, source="a form", recorded_by="a story", recorded_at=walk.clock.now()))
            walk.carrier.manner(phone, rings_s=0.5, answers=["1"])
        drive = walk.launch(numbers, sender=OURS, channel="call", call=CALL | call)
        walk.may_miss |= set(numbers)  # of texts: they are called
        return drive

    return launched


def dialed(walk, drive):
    return [row for row in walk.carrier.calls() if row["to"] in set(drive.people)]


def test_everybody_is_called_once_and_says_yes_by_key(walk, calls):
    drive = calls(6)
    walk.until_asked(drive)
    walk.until(lambda: walk.standing(drive)["outcome"].get("yes") == 6, "six times yes")
    assert sorted(row["to"] for row in dialed(walk, drive)) == sorted(drive.people)
