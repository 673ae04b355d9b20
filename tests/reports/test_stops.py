"""A member of staff sees why a campaign stopped, the texts behind it, and what to do; never a whole number."""

import pytest

from phonebank import db
from phonebank.campaigns import ledger
from phonebank.campaigns import lifecycle as campaigns
from phonebank.campaigns import queries as campaign_queries
from phonebank.campaigns.models import Campaign, CampaignStatus, StopCause
from phonebank.intents import Outcome
from phonebank.messages.models import MessageStatus
from phonebank.recipients.models import RecipientStatus
from phonebank.reports import stops
from tests.support import conversations as make
from tests.support import factories
from tests.support.factories import do, update

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def drive(database, clock):
    return do(make.campaign, clock.now())


def _stopped(drive, over, clock):
    do(campaigns.pause, drive.id, reason="why", now=clock.now(), over=over)
    with db.reading() as session:
        return stops.stop(session, campaign_queries.by_id(session, drive.id))


def _failed(drive, code, clock, **fields):
    with db.transaction() as session:
        to = factories.member(session, drive, clock.now(), phone="+12025559876")
        words = {"status": MessageStatus.UNDELIVERED, "error_code": code, "claimed_at": clock.now(), **fields}
        factories.queued(session, to, drive, clock.now(), **words)


def test_every_cause_has_its_advice():
    assert set(stops._advice()) == set(StopCause)


@pytest.mark.parametrize(("over", "code"), [("filtered", 30007), ("failed", 30008), ("refused", 30034)])
def test_it_shows_the_texts_behind_it_masked_and_with_their_codes_in_words(drive, clock, over, code):
    _failed(drive, code, clock)
    told = _stopped(drive, StopCause(over), clock)
    (text,) = told["texts"]
    assert (told["over"], text["to"], text["code"]) == (over, "…76", code)
    assert str(code) in text["means"]
    assert text["says"] == factories.SENT_ASK
    assert "9876" not in str(told)


def test_what_was_refused_at_once_and_waits_is_shown_too(drive, clock):
    _failed(drive, 21704, clock, status=MessageStatus.QUEUED, claimed_at=None)
    assert [text["code"] for text in _stopped(drive, StopCause.REFUSED, clock)["texts"]] == [21704]


def test_of_people_who_left_it_shows_their_own_words(drive, clock):
    left = {"status": RecipientStatus.SETTLED, "outcome": Outcome.OPTED_OUT, "replied_at": clock.now()}
    with db.transaction() as session:
        to = factories.asked(session, drive, clock.now(), **left)
        make.text(session, to, "who gave you my number? stop", clock.now())
    (text,) = _stopped(drive, StopCause.OPTED_OUT, clock)["texts"]
    assert (text["says"], text["means"]) == ("who gave you my number? stop", None)


def test_a_pause_by_hand_is_no_stop(drive, clock):
    assert _stopped(drive, None, clock) is None


def test_a_full_day_is_told_by_whose_limit_it_is(drive, clock):
    def holds():
        with db.reading() as session:
            return stops.holds(session, campaign_queries.by_id(session, drive.id), clock.now())

    assert holds() == []
    update(Campaign, drive.id, segments_per_day=2_000)
    do(ledger.count_today, 2_000, limit=2_000, asks=True, now=clock.now())
    (told,) = holds()
    assert "limit of 2,000 segments is reached" in told
    assert "midnight Pacific time (Thursday, February 4)" in told
    do(ledger.full_at_carrier, clock.now())
    assert "The carrier takes no more asks today" in holds()[0]
    update(Campaign, drive.id, status=CampaignStatus.PAUSED)
    assert holds() == [], "it stands still for another reason"
