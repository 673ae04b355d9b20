"""The page of a campaign of calls, and what was said in each: whoever reads one is written down."""

from datetime import timedelta

import pytest
from sqlmodel import select

from phonebank import db
from phonebank.calls.models import Call, CallKind, CallStatus, Speaker
from phonebank.campaigns import queries
from phonebank.campaigns.models import CampaignStatus
from phonebank.people.models import AuditEntry, Deed
from phonebank.reports import calls as reports
from phonebank.reports.standing import standing
from tests.support.call_rows import a_call, said
from tests.support.campaigns import NOW, PHONE_BANK, a_campaign, a_contact

pytestmark = pytest.mark.database("sqlite")
CALLS = {"channel": "call", "call": {"ask": "Can I count on you to join us?"}}


@pytest.fixture
def organizer(visitor, clock):
    return visitor("organizer", "Amanda Alvarez")


@pytest.fixture
def campaign_id(app):
    """Under way: one bridged after three seconds, one hung up waiting, one machine with a message, one busy try."""
    people = [a_contact(f"+1202555014{n}", name) for n, name in enumerate(("Elsa", "Omar", "Wei", "Ana"), 1)]
    with db.transaction() as session:
        campaign = a_campaign(session, PHONE_BANK, people, **CALLS)
        campaign.status, campaign.launched_at, campaign.launched_by = CampaignStatus.RUNNING, NOW, "Amanda"
        later = NOW + timedelta(seconds=3)
        talked = a_call(session, campaign, people[0], wants_person_at=NOW, bridged_at=later, recording_sid=None)
        said(session, talked, 1, "Can I count on you?", Speaker.US)
        said(session, talked, 1, "can I talk to <b>someone</b>", confidence=0.9, intent="ask_for_person")
        a_call(session, campaign, people[1], wants_person_at=NOW, abandoned_at=later)
        a_call(session, campaign, people[2], answered_by="machine", voicemail_at=NOW)
        busy = {"status": CallStatus.BUSY, "answered_at": None, "duration_s": None, "step": "call#2"}
        a_call(session, campaign, people[3], **busy)
        return campaign.id


@pytest.mark.database("sqlite", "postgresql")
def test_calls_are_counted_by_how_they_went_and_by_the_hour(app, campaign_id):
    with db.reading() as session:
        told = reports.calls(session, queries.by_id(session, campaign_id))
    figures = ("dialed", "retries", "people", "machines", "nobody", "voicemails", "wanted", "bridged", "abandoned")
    assert [told[name] for name in figures] == [4, 1, 2, 1, 1, 1, 2, 1, 1]
    assert (told["waited_s"], told["abandoned_share"]) == (3.0, 0.5)
    assert [(one["dialed"], one["people"], one["machines"], one["nobody"]) for one in told["hours"]] == [(4, 2, 1, 1)]


@pytest.mark.database("sqlite", "postgresql")
def test_what_the_calls_cost_counts_in_how_a_campaign_stands(app, campaign_id):
    with db.transaction() as session:
        for call in session.exec(select(Call)):
            call.cost_micros = 40_000
        session.add(
            Call(
                kind=CallKind.LEG,
                campaign_id=campaign_id,
                phone="+12025550149",
                sender="+12025550100",
                claimed_at=NOW,
                cost_micros=14_000,
                created_at=NOW,
            )
        )
        session.add(
            Call(
                kind=CallKind.SCRIPTED,
                campaign_id=campaign_id,
                phone="+12025550148",
                sender="+12025550100",
                cost_micros=40_000,
                created_at=NOW,
            )
        )
    with db.reading() as session:
        stands = standing(session, queries.by_id(session, campaign_id))
    assert (stands["cost"], stands["calls"]) == (0.174, {"completed": 3, "busy": 1, "queued": 1})


def test_a_campaign_of_texts_has_no_calls_to_count(app):
    with db.transaction() as session:
        assert reports.calls(session, a_campaign(session, PHONE_BANK, [a_contact()])) is None


def test_the_live_page_shows_them_and_says_when_too_many_hang_up_waiting(organizer, campaign_id):
    page = organizer.open(f"/campaigns/{campaign_id}")
    assert "50.0 % of those who answered hung up waiting" in page
    assert "after 3 s on average" in page
    piece = organizer.open(f"/campaigns/{campaign_id}/live/calls")
    assert "Hour by hour" in piece


def test_a_call_is_read_line_by_line_and_who_read_it_is_written_down(organizer, campaign_id):
    everything = organizer.open(f"/campaigns/{campaign_id}/calls")
    assert "Elsa" in everything
    assert "+12025550141" not in everything
    page = organizer.get(f"/campaigns/{campaign_id}/calls/1").text
    assert "can I talk to &lt;b&gt;someone&lt;/b&gt;" in page
    assert "heard 90 % clearly" in page
    with db.reading() as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.deed == Deed.CALL_OPENED)).one()
        assert (entry.detail, "Amanda Alvarez" in entry.by) == ("read call 1", True)


def test_a_call_of_another_campaign_is_not_found_here(organizer, campaign_id):
    with db.transaction() as session:
        other = a_campaign(session, PHONE_BANK, [], name="Other").id
    assert organizer.get(f"/campaigns/{other}/calls/1").status_code == 404
    assert organizer.get(f"/campaigns/{campaign_id}/calls/1/recording").status_code == 404


def test_a_volunteer_reads_no_calls(visitor, campaign_id, clock):
    assert visitor("volunteer").get(f"/campaigns/{campaign_id}/calls/1").status_code in (302, 303, 403, 404)
