"""Who did what to a campaign is kept; a draft goes with all that belongs to it, a launched campaign never."""

import pytest
from sqlmodel import select

from phonebank import db
from phonebank.asks.models import Ask
from phonebank.campaigns import launching, lifecycle, queries, steering
from phonebank.campaigns.models import Alternative, Campaign, CampaignList, CampaignStatus, FollowUpPlan
from phonebank.campaigns.preflight import Preflight
from phonebank.contacts.models import ContactList
from phonebank.drafts import queries as drafts
from phonebank.errors import RefusedError
from phonebank.people.models import AuditEntry, Deed
from tests.support.campaigns import NOW, a_campaign, a_contact

BY_NUMBER = (steering.pause, steering.close, steering.unschedule)
AMANDA = "Amanda Alvarez (amanda@example.org)"


@pytest.fixture
def campaign_id(database):
    with db.transaction() as session:
        return a_campaign(session, contacts=[a_contact()]).id


def steer(verb, campaign_id, **more):
    with db.transaction() as session:
        which = campaign_id if verb in BY_NUMBER else queries.by_id(session, campaign_id)
        return verb(session, which, by=AMANDA, now=NOW, **more)


def deeds():
    with db.reading() as session:
        return [(entry.deed, entry.by, entry.about, entry.detail) for entry in session.exec(select(AuditEntry))]


def launched(campaign_id, because=None):
    with db.transaction() as session:
        campaign = queries.by_id(session, campaign_id)
        found = Preflight(recipients=1)
        launching.launch(session, campaign, found, by=AMANDA, because=because, at=None, now=NOW)
        lifecycle.begin(session, campaign_id, NOW)


def test_each_deed_is_kept_with_who_and_why(campaign_id):
    launched(campaign_id, because="They know us")
    assert steer(steering.pause, campaign_id, reason="Too many questions")
    assert steer(steering.resume, campaign_id, budget=250.0)
    assert steer(steering.close, campaign_id)
    assert deeds() == [
        (Deed.LAUNCHED, AMANDA, "Phone bank", "They know us"),
        (Deed.PAUSED, AMANDA, "Phone bank", "Too many questions"),
        (Deed.RESUMED, AMANDA, "Phone bank", "with a budget of $250.00"),
        (Deed.CLOSED, AMANDA, "Phone bank", ""),
    ]


def test_what_came_too_late_is_not_kept(campaign_id):
    assert not steer(steering.pause, campaign_id, reason="x")
    assert not steer(steering.unschedule, campaign_id)
    assert deeds() == []


def test_a_second_launch_is_refused_and_not_kept(campaign_id):
    launched(campaign_id)
    with pytest.raises(RefusedError, match="somebody else"):
        launched(campaign_id)
    assert [deed for deed, *_ in deeds()] == [Deed.LAUNCHED]


def test_a_deleted_draft_leaves_its_lists_and_says_who_deleted_it(campaign_id):
    steer(steering.delete, campaign_id)
    with db.reading() as session:
        for kind in (Campaign, Ask, Alternative, FollowUpPlan, CampaignList):
            assert session.exec(select(kind)).all() == []
        assert session.exec(select(ContactList)).one().name == "supporters"
        buried = drafts.last_of_number(session, campaign_id)
        assert (buried.is_deleted, buried.saved_by) == (True, "Amanda Alvarez")
    assert deeds() == [(Deed.DELETED, AMANDA, "Phone bank", "a draft")]


def test_what_was_launched_or_is_about_to_be_is_not_deleted(campaign_id):
    with db.transaction() as session:
        lifecycle.schedule(session, campaign_id, at=NOW.replace(day=4), by=AMANDA, because=None)
    with pytest.raises(RefusedError, match="about to be"):
        steer(steering.delete, campaign_id)
    steer(steering.unschedule, campaign_id)
    launched(campaign_id)
    with pytest.raises(RefusedError, match="was launched"):
        steer(steering.delete, campaign_id)
    with db.reading() as session:
        assert queries.by_id(session, campaign_id).status is CampaignStatus.RUNNING
