"""The replies' turn waits until somebody has finished writing, reads everybody, and lets nobody stop the others."""

import time
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from phonebank import db, jobs
from phonebank.messages import receiving
from phonebank.messages.models import Direction, Message, MessageStatus
from phonebank.replies import handling
from tests.support import conversations as make
from tests.support import factories
from tests.support.factories import do
from tests.support.talks import rows
from workers import replies

pytestmark = [pytest.mark.usefixtures("opened"), pytest.mark.database("sqlite")]


@pytest.fixture
def people(opened, clock):
    with db.transaction() as session:
        drive = make.campaign(session, clock.now())
        return [factories.asked(session, drive, clock.now()) for _ in range(3)]


@pytest.fixture(autouse=True)
def short_turns(monkeypatch):
    monkeypatch.setattr(jobs, "TURN_LASTS_S", 1.0)
    monkeypatch.setattr(replies, "_STAYS_S", 0.2)


def hear(somebody, body, at):
    do(receiving.store, factories.inbound(somebody.phone, body), at)


def unread():
    return [one.body for one in rows(Message, direction=Direction.IN, status=MessageStatus.RECEIVED)]


@pytest.mark.database("sqlite", "postgresql")
def test_everybody_who_has_been_quiet_is_read(people, clock):
    for somebody in people:
        hear(somebody, "yes", clock.now() - handling.TOGETHER)
    began = time.monotonic()
    replies.turn("")
    assert unread() == []
    assert time.monotonic() - began < 5.0, "a turn with nothing left to do ends"


def test_somebody_still_writing_is_waited_for(people, clock):
    hear(people[0], "yes", clock.now() - timedelta(seconds=2.9))
    jobs.connection().flushall()
    replies.turn("")
    assert unread() == ["yes"]
    assert len(jobs.queue(jobs.QUEUE_OF_TURN["replies"])) == 1, "and another turn is asked for"
    clock.pass_by(seconds=0.1)
    replies.turn("")
    assert unread() == []


def test_texts_in_a_row_are_read_together_once_quiet(people, clock):
    for seconds, body in ((5, "yes"), (4, "count me in"), (2, "where is it?")):
        hear(people[0], body, clock.now() - timedelta(seconds=seconds))
    replies.turn("")
    assert unread() == ["yes", "count me in", "where is it?"]
    clock.pass_by(seconds=1)
    replies.turn("")
    assert unread() == []
    said = rows(Message, phone=people[0].phone, direction=Direction.OUT)[1:]
    assert len(said) == 1


def test_somebody_who_never_stops_writing_is_read_all_the_same(people, clock):
    for seconds in range(21):
        hear(people[0], f"text {seconds}", clock.now() - timedelta(seconds=20 - seconds))
    replies.turn("")
    assert unread() == []


def test_one_reply_that_cannot_be_handled_stops_nobody_else(people, clock, monkeypatch):
    for somebody in people:
        hear(somebody, "yes", clock.now() - timedelta(seconds=10))
    carry_out = handling.carry_out

    def stumble(session, decision, reading, *, phone, **more):
        if phone == people[1].phone:
            raise ZeroDivisionError
        carry_out(session, decision, reading, phone=phone, **more)

    with monkeypatch.context() as broken:
        broken.setattr(handling, "carry_out", stumble)
        replies.turn("")
    assert len(unread()) == 1, "the others are read, and theirs is kept for the next turn"
    replies.turn("")
    assert unread() == []


def test_a_database_that_goes_away_ends_the_turn_and_loses_nothing(people, clock, monkeypatch):
    hear(people[0], "yes", clock.now() - timedelta(seconds=10))

    def gone(*_args, **_more):
        raise OperationalError("SELECT", {}, Exception("down"))

    with monkeypatch.context() as broken:
        broken.setattr(handling, "handle_phones", gone)
        with pytest.raises(OperationalError):
            replies.turn("")
    assert unread() == ["yes"]


def test_a_turn_told_to_stop_stops(people, clock, monkeypatch):
    hear(people[0], "yes", clock.now() - timedelta(seconds=10))
    monkeypatch.setattr(jobs, "should_stop", lambda: True)
    replies.turn("")
    assert unread() == ["yes"]
