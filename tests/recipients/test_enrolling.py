"""Everyone on the lists becomes a recipient once, whoever enrols and however often; versions are dealt evenly."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlmodel import col, select

from phonebank import db
from phonebank.asks.models import Ask
from phonebank.campaigns import lifecycle as campaigns
from phonebank.campaigns import queries as campaign_queries
from phonebank.campaigns.models import Campaign, CampaignStatus
from phonebank.contacts.models import ContactList, ListMember
from phonebank.intents import Outcome
from phonebank.optouts import ledger
from phonebank.optouts.models import Ban
from phonebank.recipients import enrolling
from phonebank.recipients.models import Recipient, RecipientStatus
from tests.support import factories
from tests.support.campaigns import a_campaign, a_contact, a_list
from tests.support.factories import at_once, do, fresh, update

pytestmark = pytest.mark.usefixtures("database")


def _people(number, start=100):
    return [a_contact(phone=f"+1202555{start + at:04d}", first_name=f"Person {at}") for at in range(number)]


@pytest.fixture
def launched(database, clock):
    """launched(contacts): a campaign over the list "supporters", ready to be enrolled."""

    def made(contacts, **changes):
        with db.transaction() as session:
            drive = a_campaign(session, contacts=contacts, **changes)
            campaigns.launch(session, drive.id, by="Ana", because=None, now=clock.now())
            return drive

    return made


def _recipients(drive):
    with db.reading() as session:
        rows = session.exec(select(Recipient).where(Recipient.campaign_id == drive.id).order_by(col(Recipient.id)))
        found = rows.all()
        session.expunge_all()
        return found


def test_everyone_is_enrolled_and_the_campaign_begins(launched, clock):
    drive = launched(_people(5))
    enrolling.enrol(drive.id, clock.now())
    assert [one.phone for one in _recipients(drive)] == [f"+1202555{100 + at:04d}" for at in range(5)]
    assert fresh(Campaign, drive.id).status is CampaignStatus.RUNNING


def test_enrolling_again_adds_nobody_and_moves_nothing(launched, clock):
    drive = launched(_people(4))
    enrolling.enrol(drive.id, clock.now())
    before = [(one.id, one.status, one.variant) for one in _recipients(drive)]
    update(Campaign, drive.id, status=CampaignStatus.ENROLLING)
    enrolling.enrol(drive.id, clock.now())
    assert [(one.id, one.status, one.variant) for one in _recipients(drive)] == before


def test_two_turns_at_once_enrol_each_person_once(launched, clock, monkeypatch):
    monkeypatch.setattr(enrolling, "_AT_ONCE", 7)
    drive = launched(_people(50))
    at_once(3, lambda _: enrolling.enrol(drive.id, clock.now()))
    enrolled = _recipients(drive)
    assert len({one.contact_id for one in enrolled}) == len(enrolled) == 50
    assert fresh(Campaign, drive.id).status is CampaignStatus.RUNNING


def test_a_turn_that_dies_half_way_is_taken_up_where_it_stopped(launched, clock, monkeypatch):
    monkeypatch.setattr(enrolling, "_AT_ONCE", 3)
    drive = launched(_people(10))
    with db.transaction() as session:
        enrolling.enrol_batch(session, campaign_queries.by_id(session, drive.id), clock.now())
    assert len(_recipients(drive)) == 3
    enrolling.enrol(drive.id, clock.now())
    enrolled = _recipients(drive)
    assert len(enrolled) == 10


def test_versions_are_dealt_evenly_across_batches(launched, clock, monkeypatch):
    monkeypatch.setattr(enrolling, "_AT_ONCE", 4)
    drive = launched(_people(31))
    update(Ask, drive.ask_id, texts={"en": ["a", "b", "c"], "es": ["d", "e"]})
    enrolling.enrol(drive.id, clock.now())
    dealt = _recipients(drive)
    for versions in (3, 2):
        shares = Counter(one.variant % versions for one in dealt)
        assert len(shares) == versions
        assert max(shares.values()) - min(shares.values()) <= 1


def test_opted_out_people_are_shown_and_never_asked(launched, clock):
    out, held, here = _people(3)
    do(ledger.record, out.phone, because="STOP", by="their text", now=clock.now())
    do(ledger.record, held.phone, because="may have", by="the reader", now=clock.now(), kind=Ban.HOLD)
    drive = launched([out, held, here])
    enrolling.enrol(drive.id, clock.now())
    stand = {one.phone: (one.status, one.outcome) for one in _recipients(drive)}
    assert stand[out.phone] == (RecipientStatus.EXCLUDED, Outcome.OPTED_OUT)
    assert stand[held.phone] == stand[here.phone] == (RecipientStatus.PENDING, Outcome.NONE)


def test_somebody_who_came_back_is_asked(launched, clock):
    [back] = _people(1)
    do(ledger.record, back.phone, because="STOP", by="their text", now=clock.now())
    do(ledger.lift, back.phone, because="START", by="their text", now=clock.now())
    drive = launched([back])
    enrolling.enrol(drive.id, clock.now())
    assert [one.status for one in _recipients(drive)] == [RecipientStatus.PENDING]


def test_who_is_on_two_lists_is_enrolled_once_and_the_excluded_list_is_left_out(launched, clock):
    both, unwanted, here = _people(3)
    board = do(a_list, "board")
    drive = launched([both, unwanted, here], lists=["supporters", "donors"], exclude={"lists": ["board"]})
    with db.transaction() as session:
        donors = session.exec(select(ContactList).where(ContactList.name == "donors")).one()
        session.merge(ListMember(list_id=donors.id, contact_id=both.id))
        session.merge(ListMember(list_id=board.id, contact_id=unwanted.id))
    enrolling.enrol(drive.id, clock.now())
    assert {one.phone for one in _recipients(drive)} == {both.phone, here.phone}


def test_who_was_asked_lately_by_any_campaign_is_left_out(launched, clock):
    lately, long_ago, never = _people(3)
    first = launched([lately, long_ago, never], name="First")
    enrolling.enrol(first.id, clock.now())
    asked = {one.phone: one.id for one in _recipients(first)}
    update(Recipient, asked[lately.phone], asked_at=clock.now() - timedelta(days=6))
    update(Recipient, asked[long_ago.phone], asked_at=clock.now() - timedelta(days=8))
    second = launched([], name="Second", exclude={"asked_within_days": 7})
    enrolling.enrol(second.id, clock.now())
    assert {one.phone for one in _recipients(second)} == {long_ago.phone, never.phone}


def test_a_campaign_paused_while_it_enrols_does_not_begin(launched, clock):
    drive = launched(_people(2))
    do(campaigns.pause, drive.id, reason="wait", now=clock.now())
    enrolling.enrol(drive.id, clock.now())
    assert fresh(Campaign, drive.id).status is CampaignStatus.PAUSED
    assert do(campaigns.resume, drive.id, clock.now())
    assert fresh(Campaign, drive.id).status is CampaignStatus.RUNNING


def test_nothing_is_enrolled_for_a_draft_a_closed_or_an_unknown_campaign(launched, clock):
    drive = launched(_people(2))
    for status in (CampaignStatus.DRAFT, CampaignStatus.CLOSED, CampaignStatus.PAUSED):
        update(Campaign, drive.id, status=status)
        enrolling.enrol(drive.id, clock.now())
    enrolling.enrol(987_654, clock.now())
    assert _recipients(drive) == []


def test_a_number_that_is_a_recipient_already_is_enrolled_once(launched, clock):
    drive = launched(_people(2))
    with db.transaction() as session:
        moved = factories.kept(session, a_contact(phone="+12025550900"))
        session.add(
            Recipient(campaign_id=drive.id, contact_id=moved.id, phone="+12025550100", zones="", due_at=clock.now())
        )
    enrolling.enrol(drive.id, clock.now())
    assert fresh(Campaign, drive.id).status is CampaignStatus.RUNNING
    assert Counter(one.phone for one in _recipients(drive))["+12025550100"] == 1
