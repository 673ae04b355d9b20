"""A campaign that stopped: why, one button to go on; the alarm on every page; numbers no text reaches; who is there."""

import pytest

from phonebank import clock as house_clock
from phonebank import db
from phonebank.campaigns import ledger, lifecycle, queries
from phonebank.campaigns.models import CampaignStatus, StopCause
from phonebank.contacts import ledger as numbers
from phonebank.people import queries as people
from tests.support.campaigns import a_campaign, a_contact

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def organizer(visitor, clock):
    return visitor("organizer")


def running(**changes):
    with db.transaction() as session:
        campaign_id = a_campaign(session, contacts=[a_contact()], **changes).id
        lifecycle.launch(session, campaign_id, by="Olu", because=None, now=house_clock.now())
        lifecycle.begin(session, campaign_id, house_clock.now())
    return campaign_id


def status_of(campaign_id):
    with db.reading() as session:
        return queries.by_id(session, campaign_id).status


def stopped(campaign_id, over, reason="12 of the last 340 texts were filtered."):
    with db.transaction() as session:
        lifecycle.pause(session, campaign_id, reason=reason, now=house_clock.now(), over=over)


def test_a_stopped_campaign_says_why_and_one_button_sends_it_on(organizer):
    campaign_id = running()
    stopped(campaign_id, StopCause.FILTERED)
    page = organizer.open(f"/campaigns/{campaign_id}")
    assert "12 of the last 340 texts were filtered." in page
    assert "Read the text as a stranger would" in page
    assert page.count('id="resume"') == 1
    organizer.follow(f"/campaigns/{campaign_id}/resume")
    assert status_of(campaign_id) is CampaignStatus.RUNNING


def test_a_budget_that_is_used_up_asks_for_a_new_one(organizer):
    campaign_id = running(limits={"budget": 0.02})
    with db.transaction() as session:
        ledger.charge(session, campaign_id, micros=16_000, texts=1, asks=1)
    stopped(campaign_id, StopCause.BUDGET)
    assert "New budget in dollars" in organizer.open(f"/campaigns/{campaign_id}")
    for typed, told in [("", "used up"), ("0.01", "larger than the $0.02"), ("a lot", "in dollars")]:
        refused = organizer.follow(f"/campaigns/{campaign_id}/resume", {"budget": typed})
        assert told in refused, typed
    assert status_of(campaign_id) is CampaignStatus.PAUSED
    organizer.follow(f"/campaigns/{campaign_id}/resume", {"budget": "$1,250.50"})
    assert status_of(campaign_id) is CampaignStatus.RUNNING
    with db.reading() as session:
        assert queries.by_id(session, campaign_id).budget_micros == 1_250_500_000


def test_an_account_that_is_refused_is_told_on_every_page_of_staff_until_it_is_mended(organizer, visitor):
    campaign_id = running()
    stopped(campaign_id, StopCause.ACCOUNT, "The account was refused: the account is suspended (30002).")
    for path in ("/campaigns", "/contacts", "/opt-outs"):
        assert "Nothing is sent from any campaign." in organizer.open(path)
    assert "Nothing is sent from any campaign." not in visitor("volunteer").get("/inbox").text
    assert 'phonebank_campaigns_stopped{over="account"} 1.0' in organizer.get("/metrics").text
    organizer.follow(f"/campaigns/{campaign_id}/resume")
    assert "Nothing is sent from any campaign." not in organizer.open("/campaigns")


def test_a_number_no_text_reaches_can_be_texted_again_when_a_person_says_so(organizer):
    with db.transaction() as session:
        numbers.note_textless(session, "+12025550143", because="a landline (30006)", now=house_clock.now())
    assert "1 number no text can reach" in organizer.open("/contacts")
    page = organizer.open("/contacts/textless")
    assert "(202) 555-0143" in page
    assert "a landline (30006)" in page
    organizer.follow("/contacts/textless", {"number": "+12025550143"})
    assert "(202) 555-0143" not in organizer.open("/contacts/textless")


def test_whoever_has_the_inbox_open_is_seen_there_at_most_once_a_minute(visitor, clock):
    ana = visitor("volunteer", "Ana")
    seen = []
    for _ in range(3):
        ana.get("/inbox/rows")
        with db.reading() as session:
            seen.append(next(one.at_inbox_at for one in people.everyone(session) if one.name == "Ana"))
        clock.pass_by(seconds=40)
    assert seen[0] == seen[1] < seen[2]
