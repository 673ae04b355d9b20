"""Calls leave at the pace and over the lines their campaign names, each person's once, whatever the carrier does."""

import asyncio
import time

import pytest
from sqlmodel import select

from phonebank import db, jobs
from phonebank.calls import dialing, trying
from phonebank.calls.models import Call
from phonebank.contacts.models import Consent
from phonebank.gateway import voice
from phonebank.recipients import enrolling
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


def test_a_pause_is_heard_within_two_seconds(walk, calls):
    drive = calls(30, calls_per_second=4, open_lines=100)
    walk.until(lambda: len(dialed(walk, drive)) >= 4)
    walk.pause(drive)
    paused = time.monotonic()
    walk.until(lambda: time.monotonic() > paused + 2)
    so_far = len(dialed(walk, drive))
    walk.until(lambda: time.monotonic() > paused + 4)
    assert len(dialed(walk, drive)) == so_far < 30
    walk.close(drive)


class TestDeadInTheMiddle:
    """A worker takes calls in hand and dies: nobody is called twice, nobody is forgotten."""

    @pytest.fixture
    def taken(self, walk, calls):
        walk.house.kill("workers")
        drive = calls(4, calls_per_second=20, open_lines=100)
        enrolling.enrol(drive.id, walk.clock.now())
        with db.transaction() as session:
            trying.top_up(session, OURS, walk.clock.now())
        batch = walk.until(
            lambda: got if isinstance(got := dialing.Taker(OURS).take(), dialing.Batch) else None, "calls in hand"
        )
        return drive, batch.calls

    def test_claimed_and_dead_before_it_is_dialed(self, walk, taken):
        drive, claimed = taken
        assert not dialed(walk, drive)
        self._each_once_after_all(walk, drive)
        assert {row["to"] for row in dialed(walk, drive)} >= {call.phone for call in claimed}

    def test_dialed_and_dead_before_it_is_written_down(self, walk, taken):
        drive, claimed = taken
        walk.carrier.faults("callback_dropped", rate=1.0)

        async def dial():
            async with voice.dialing(walk.house.settings, 4) as line:
                for call in claimed:
                    await line.dial(dialing.outgoing(walk.house.settings, call))

        asyncio.run(dial())
        assert len(dialed(walk, drive)) == len(claimed)
        walk.carrier.faults(clear=True)
        self._each_once_after_all(walk, drive)

    def _each_once_after_all(self, walk, drive):
        walk.house.start_all()

        def all_over():
            if open_calls(walk, drive):
                walk.pass_by(seconds=31)
                jobs.ring("reconciling")
                time.sleep(0.5)
            return len(of(drive)) >= len(drive.people) and not open_calls(walk, drive)

        walk.until(all_over, "every call over", within=120)
        assert sorted(row["to"] for row in dialed(walk, drive)) == sorted(drive.people)


def of(drive):
    with db.reading() as session:
        rows = list(session.exec(select(Call).where(Call.campaign_id == drive.id)))
        session.expunge_all()
    return rows


def open_calls(walk, drive):
    now = walk.clock.now()
    return [call for call in of(drive) if call.ended_at is None and call.due_at <= now]
