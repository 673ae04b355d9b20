"""A campaign that fares worse than chance explains is paused within seconds, and goes on when a person says so."""

import pytest

from phonebank import db
from phonebank.campaigns import lifecycle as campaigns
from phonebank.campaigns.models import Campaign, CampaignStatus, StopCause
from phonebank.intents import Outcome
from phonebank.messages import watching
from phonebank.messages.models import MessageStatus
from phonebank.recipients.models import RecipientStatus
from tests.support import factories
from tests.support.factories import do, fresh, update

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def went(drive, clock):
    """went(300, failed=12, code=30007): so many texts more were said, and so many of them failed."""

    def say(texts, *, failed=0, code=None, **recipient):
        with db.transaction() as session:
            for _ in range(failed):
                gone = {"status": RecipientStatus.ASKED, "asked_at": clock.now(), **recipient}
                to = factories.member(session, drive, clock.now(), **gone)
                words = {"status": MessageStatus.UNDELIVERED, "error_code": code, "claimed_at": clock.now()}
                factories.queued(session, to, drive, clock.now(), **words)
        now = fresh(Campaign, drive.id)
        update(Campaign, drive.id, texts_said=now.texts_said + texts, asks_said=now.asks_said + texts)

    return say


def _left(drive, people, outcome, clock):
    with db.transaction() as session:
        for _ in range(people):
            asked = {"asked_at": clock.now(), "replied_at": clock.now(), "status": RecipientStatus.SETTLED}
            factories.member(session, drive, clock.now(), outcome=outcome, **asked)


def test_filtering_beyond_chance_pauses_with_both_counts(drive, went, clock):
    went(340, failed=3, code=30007)
    assert watching.watch(clock.now()) == []
    went(0, failed=11, code=30007)
    assert watching.watch(clock.now()) == [drive.id]
    stopped = fresh(Campaign, drive.id)
    assert (stopped.status, stopped.paused_over) == (CampaignStatus.PAUSED, StopCause.FILTERED)
    assert stopped.paused_reason.startswith("14 of the last 340 texts were filtered by carriers: more than chance")
    assert watching.watch(clock.now()) == [], "it stands still already"


def test_whoever_goes_on_is_not_stopped_by_the_old_texts_but_is_by_as_many_new_ones(drive, went, clock):
    went(340, failed=14, code=30007)
    watching.watch(clock.now())
    clock.pass_by(minutes=5)
    assert do(campaigns.resume, drive.id, clock.now())
    assert watching.watch(clock.now()) == []
    clock.pass_by(seconds=1)
    went(50)
    assert watching.watch(clock.now()) == []
    went(290, failed=14, code=30007)
    assert watching.watch(clock.now()) == [drive.id]
    assert fresh(Campaign, drive.id).paused_reason.startswith("14 of the last 340 texts")


def test_a_pause_by_hand_does_not_make_it_forget(drive, went, clock):
    went(340, failed=5, code=30007)
    do(campaigns.pause, drive.id, reason="lunch", now=clock.now())
    clock.pass_by(minutes=5)
    do(campaigns.resume, drive.id, clock.now())
    went(10, failed=9, code=30007)
    assert watching.watch(clock.now()) == [drive.id]


@pytest.mark.parametrize(
    ("outcome", "cause"),
    [(Outcome.OPTED_OUT, StopCause.OPTED_OUT), (Outcome.WRONG_NUMBER, StopCause.WRONG_NUMBER)],
)
def test_people_who_leave_beyond_chance_pause_it(drive, went, clock, outcome, cause):
    went(200)
    _left(drive, 12, outcome, clock)
    assert watching.watch(clock.now()) == []
    _left(drive, 18, outcome, clock)
    assert watching.watch(clock.now()) == [drive.id]
    assert fresh(Campaign, drive.id).paused_over == cause


def test_those_left_out_before_they_were_asked_are_no_evidence(drive, went, clock):
    went(10)
    with db.transaction() as session:
        for _ in range(50):
            left = {"outcome": Outcome.OPTED_OUT, "status": RecipientStatus.EXCLUDED}
            factories.member(session, drive, clock.now(), **left)
    assert watching.watch(clock.now()) == []


@pytest.mark.parametrize("code", [30008, 21612, 99999])
def test_texts_that_fail_one_after_the_other_pause_it_whatever_their_code(drive, went, clock, code):
    went(30, failed=25, code=code)
    assert watching.watch(clock.now()) == [drive.id]
    assert fresh(Campaign, drive.id).paused_over == StopCause.FAILED


@pytest.mark.parametrize("code", [30005, 30006, 21610, 30001, 30023, None])
def test_bad_numbers_and_faults_that_pass_do_not(went, clock, code):
    went(30, failed=25, code=code)
    assert watching.watch(clock.now()) == []
