"""Who may move a campaign from where to where, and what it may spend."""

import pytest

from phonebank import db
from phonebank.campaigns import ledger, lifecycle, queries
from phonebank.campaigns.models import CampaignStatus
from tests.support.campaigns import NOW, a_campaign

VERBS = {
    "launch": lambda session, one: lifecycle.launch(session, one, by="test", because=None, now=NOW),
    "begin": lambda session, one: lifecycle.begin(session, one, NOW),
    "pause": lambda session, one: lifecycle.pause(session, one, reason="lunch", now=NOW),
    "resume": lambda session, one: lifecycle.resume(session, one, NOW),
    "close": lambda session, one: lifecycle.close(session, one, NOW),
}


@pytest.fixture
def campaign_id(database):
    with db.transaction() as session:
        return a_campaign(session).id


def walk(campaign_id, *verbs):
    """What each verb answered, and where the campaign is then."""
    with db.transaction() as session:
        answers = [VERBS[verb](session, campaign_id) for verb in verbs]
    with db.reading() as session:
        return answers, queries.by_id(session, campaign_id).status


@pytest.mark.parametrize(
    ("verbs", "answers", "status"),
    [
        (["launch", "begin"], [True, True], "running"),
        (["launch", "launch"], [True, False], "enrolling"),
        (["begin", "pause", "resume"], [False, False, False], "draft"),
        (["launch", "begin", "pause", "pause"], [True, True, True, False], "paused"),
        (["launch", "begin", "pause", "resume", "resume"], [True, True, True, True, False], "running"),
        (["close", "launch", "resume", "close"], [True, False, False, False], "closed"),
        (["launch", "close", "begin"], [True, True, False], "closed"),
        # Paused while it is enrolling: nothing goes out, and it does not begin by itself.
        (["launch", "pause", "begin"], [True, True, False], "paused"),
        (["launch", "pause", "resume", "begin"], [True, True, True, True], "running"),
    ],
)
def test_each_verb_moves_only_from_where_it_may(campaign_id, verbs, answers, status):
    assert walk(campaign_id, *verbs) == (answers, CampaignStatus(status))


def test_a_scheduled_draft_is_due_when_its_time_has_come_and_can_be_called_back(campaign_id):
    with db.transaction() as session:
        lifecycle.schedule(session, campaign_id, at=NOW, by="test", because="since")
        assert [one.id for one in queries.due_to_launch(session, NOW)] == [campaign_id]

        assert lifecycle.unschedule(session, campaign_id)
        assert queries.due_to_launch(session, NOW) == []
        assert not lifecycle.unschedule(session, campaign_id)


def test_a_budget_is_never_passed(database):
    with db.transaction() as session:
        campaign_id = a_campaign(session, limits={"budget": 0.03}).id
        assert ledger.charge(session, campaign_id, micros=20_000, texts=1, asks=1)
        assert not ledger.charge(session, campaign_id, micros=10_001, texts=1, asks=1)
        assert ledger.charge(session, campaign_id, micros=10_000, texts=1, asks=1)
        ledger.refund(session, campaign_id, micros=10_000, texts=1, asks=1)
        assert ledger.charge(session, campaign_id, micros=9_000, texts=1, asks=1)


def test_a_budget_of_ten_thousand_dollars_fits(database):
    with db.transaction() as session:
        campaign_id = a_campaign(session, limits={"budget": 10_000}).id

        assert ledger.charge(session, campaign_id, micros=9_999_000_000, texts=1, asks=1)
