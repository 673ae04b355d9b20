"""What a step of a call costs the database, and how late a change of its campaign is heard."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event

from phonebank import db
from phonebank.campaigns.models import Campaign, CampaignStatus
from phonebank.intents import Outcome
from phonebank.recipients.models import Recipient
from phonebank.replies import drives
from tests.support import talks
from tests.support.calling import SCRIPT, Phone, a_call
from tests.support.factories import fresh, member, update

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def two_lines(phone, voice_client, now, monkeypatch):
    """Two calls of one campaign, of which the first has been taken: what belongs to it is kept."""
    monkeypatch.setattr(drives, "KEPT_FOR_S", 600.0)
    first = phone().picks_up()
    with db.transaction() as session:
        drive = session.get(Campaign, first.row.campaign_id)
        second = Phone(voice_client, a_call(session, drive, now, rings=member(session, drive, now, first_name="Ana")))
    return first, second


@contextmanager
def statements():
    said = []

    def hears(_connection, _cursor, statement, *_rest):
        said.append(statement)

    event.listen(db.engine(), "before_cursor_execute", hears)
    yield said
    event.remove(db.engine(), "before_cursor_execute", hears)


def of_the_web(said):
    """Without what the test's own phone looks up before it posts."""
    return said[next(i for i, one in enumerate(said) if one == "BEGIN IMMEDIATE") :]


def test_to_take_a_call_costs_four_statements_and_an_answer_twelve_at_most(two_lines):
    first, second = two_lines
    with statements() as said:
        second.picks_up()
    assert len(of_the_web(said)) == 4
    with statements() as said:
        first.presses("2")
    assert len(of_the_web(said)) <= 12


def test_changed_words_are_heard_seconds_later_and_by_who_tries_the_call_at_once(two_lines, voice_client, now):
    first, second = two_lines
    update(Campaign, first.row.campaign_id, call_script=SCRIPT | {"ask": "Will you come?"})
    with db.transaction() as session:
        drive = session.get(Campaign, first.row.campaign_id)
        tried = Phone(voice_client, a_call(session, drive, now, kind="test", rings=member(session, drive, now)))
    assert "Will you come?" not in second.picks_up().heard
    assert "Will you come?" in tried.picks_up().heard


def test_words_are_read_again_once_their_seconds_are_over(two_lines, monkeypatch):
    first, second = two_lines
    update(Campaign, first.row.campaign_id, call_script=SCRIPT | {"ask": "Will you come?"})
    monkeypatch.setattr(drives.time, "monotonic", lambda real=drives.time.monotonic: real() + 601)
    assert "Will you come?" in second.picks_up().heard


def test_a_campaign_that_closes_is_known_to_be_at_once(two_lines):
    first, _ = two_lines
    update(Campaign, first.row.campaign_id, status=CampaignStatus.CLOSED)
    first.presses("1")
    assert [one.phone for one in talks.waiting(first.row.phone)] == [first.row.phone]


def test_everyone_hears_their_own_name_in_lines_that_are_kept(two_lines):
    first, second = two_lines
    assert ("Rosa" in first.heard, "Ana" in second.picks_up().heard) == (True, True)
    first.presses("2")
    second.presses("1")
    outcomes = [fresh(Recipient, line.row.recipient_id).outcome for line in (first, second)]
    assert outcomes == [Outcome.NO, Outcome.YES]
