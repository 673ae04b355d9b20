"""A claimed text that had to wait for room at the carrier is not said late: it goes back, and is claimed anew."""

import time
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlmodel import select

from phonebank import db, jobs
from phonebank.messages import claiming, lifecycle, sending
from phonebank.messages.models import Message, MessageStatus
from phonebank.settings import Settings
from tests.support import conversations as make
from tests.support import factories
from tests.support.factories import CarrierByHand, do, fresh

pytestmark = pytest.mark.usefixtures("database")


class SlowCarrier(CarrierByHand):
    """Its first answer takes as long as `takes` lets pass; notes what each text's row was when it was said."""

    def __init__(self, takes):
        super().__init__()
        self.takes, self.rows = takes, []

    async def send(self, text):
        self.rows.append(fresh(Message, int(text.status_callback.rsplit("/", 1)[1])))
        if len(self.sent) == 0:
            self.takes()
        return await super().send(text)


@pytest.fixture
def say(database, clock, redis_url, monkeypatch):
    """say(takes, texts…): what a carrier hears that takes one request at a time, and is slow with the first."""
    jobs.configure(Settings(redis_url=redis_url))
    drive = do(make.campaign, clock.now(), segments_per_second=100)

    def said(takes, **fields):
        with db.transaction() as session:
            for _ in range(3):
                factories.queued(session, factories.member(session, drive, clock.now()), drive, clock.now(), **fields)
        carrier = SlowCarrier(takes)

        @asynccontextmanager
        async def speaking(_settings, _in_flight):
            yield carrier

        monkeypatch.setattr(sending.twilio, "speaking", speaking)
        sending.send_due(Settings(), drive.sender, urgent_only=False, until=time.monotonic() + 2, in_flight=1)
        return carrier

    return said


def test_what_waited_too_long_is_claimed_anew_before_it_is_said(say, clock):
    begun = clock.now()
    carrier = say(lambda: clock.pass_by(seconds=11))
    assert len({text.to for text in carrier.sent}) == len(carrier.sent) == 3
    assert [row.claimed_at - begun for row in carrier.rows] == [timedelta(), *2 * [timedelta(seconds=11)]]
    assert {row.attempts for row in carrier.rows} == {1}, "what was not tried does not count as tried"


def test_what_waited_until_its_hours_were_over_is_not_said(say, clock):
    carrier = say(lambda: clock.pass_by(seconds=9), lapses_at=clock.now() + timedelta(seconds=8))
    assert len(carrier.sent) == 1
    with db.reading() as session:
        left = [row.status for row in session.exec(select(Message)) if row.sent_at is None]
    assert left == [MessageStatus.QUEUED] * 2


def test_a_claim_that_another_has_put_back_and_taken_is_not_ours_to_let_go(database, clock):
    drive = do(make.campaign, clock.now(), spent_micros=50_000)
    with db.transaction() as session:
        factories.queued(session, factories.member(session, drive, clock.now()), drive, clock.now())
    (ours,) = do(lifecycle.claim, drive.sender, 1, urgent_only=False, now=clock.now())
    do(lifecycle.put_back, ours.id, due_at=clock.now())
    (theirs,) = do(lifecycle.claim, drive.sender, 1, urgent_only=False, now=clock.pass_by(minutes=2))
    claiming.let_go([ours])
    assert fresh(Message, ours.id).status is MessageStatus.SENDING
    claiming.let_go([theirs])
    assert fresh(Message, ours.id).status is MessageStatus.QUEUED
