"""What a code asks of us beyond its text: numbers leave the pool for good, what certainly failed is said again in time."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from phonebank import db
from phonebank.campaigns import lifecycle as campaigns
from phonebank.campaigns import queries as campaign_queries
from phonebank.campaigns.models import Campaign, CampaignStatus, StopCause
from phonebank.contacts import queries as contacts
from phonebank.contacts.models import ContactList, ListMember
from phonebank.gateway.contract import Failure, GatewayError
from phonebank.gateway.inbound import RANK, DeliveryReport
from phonebank.messages import asking, claiming, settling, tidying
from phonebank.messages.lifecycle import Claimed
from phonebank.messages.models import Message, MessageKind, MessageStatus
from phonebank.recipients import enrolling
from phonebank.recipients.models import Recipient, RecipientStatus
from tests.support import conversations as make
from tests.support import factories
from tests.support.factories import do, fresh, update

pytestmark = pytest.mark.usefixtures("database")
MIDNIGHT_IN_LOS_ANGELES = datetime(2027, 2, 4, 8, 0, tzinfo=UTC)


@pytest.fixture
def asked(drive, clock):
    """asked(): the id of an ask that the carrier took, and whose it is."""

    def went(**fields):
        with db.transaction() as session:
            gone = {"status": RecipientStatus.ASKED, "asked_at": clock.now(), "composed_at": clock.now()}
            to = factories.member(session, drive, clock.now(), **gone)
            words = {
                "status": MessageStatus.SENT,
                "claimed_at": clock.now(),
                "attempts": 1,
                "carrier_rank": 3,
                **fields,
            }
            return factories.queued(session, to, drive, clock.now(), **words), to

    return went


def _fails(message_id, code, now, sid=None):
    told = DeliveryReport(sid=sid or factories.sid(), status="undelivered", rank=RANK["undelivered"], error_code=code)
    return do(settling.reported, message_id, told, now)


def _again(to):
    """What was written down after the first text."""
    with db.reading() as session:
        theirs = select(Message).where(Message.recipient_id == to.id, Message.step != "ask").order_by(col(Message.id))
        return list(session.exec(theirs))


@pytest.mark.parametrize(("code", "minutes"), [(30001, 10), (30022, 10), (30500, 10), (30003, 180), (30008, 180)])
def test_what_certainly_did_not_arrive_is_said_again_after_a_while(drive, asked, clock, code, minutes):
    message_id, to = asked(lapses_at=clock.now() + timedelta(hours=6))
    assert _fails(message_id, code, clock.now())
    (again,) = _again(to)
    assert (again.step, again.status, again.kind) == ("ask#2", MessageStatus.QUEUED, MessageKind.ASK)
    assert again.due_at == clock.now() + timedelta(minutes=minutes)
    assert (fresh(Recipient, to.id).status, fresh(Recipient, to.id).asked_at) == (RecipientStatus.PENDING, None)
    assert claiming.claim(drive.sender, 10, urgent_only=False) == []
    clock.pass_by(minutes=minutes)
    assert [text.id for text in claiming.claim(drive.sender, 10, urgent_only=False)] == [again.id]


def test_a_report_told_twice_or_late_says_nothing_again(asked, clock):
    message_id, to = asked()
    for _ in range(3):
        _fails(message_id, 30001, clock.now(), sid="SM" + "5" * 32)
    assert len(_again(to)) == 1


def test_what_fails_every_time_is_given_up_in_the_end(drive, asked, clock):
    message_id, to = asked()
    for _ in range(3):
        _fails(message_id, 30001, clock.now())
        message_id = _again(to)[-1].id
        update(Message, message_id, status=MessageStatus.SENT, attempts=1)
        update(Recipient, to.id, status=RecipientStatus.ASKED)
    _fails(message_id, 30001, clock.now())
    assert [text.step for text in _again(to)] == ["ask#2", "ask#3", "ask#4"]
    assert fresh(Recipient, to.id).status is RecipientStatus.UNREACHABLE


def test_an_unreachable_phone_gets_one_more_try(asked, clock):
    message_id, to = asked()
    _fails(message_id, 30003, clock.now())
    again = _again(to)[0].id
    update(Message, again, status=MessageStatus.SENT, attempts=1)
    _fails(again, 30003, clock.now())
    assert len(_again(to)) == 1
    assert fresh(Recipient, to.id).status is RecipientStatus.UNREACHABLE


def test_somebody_who_answered_all_the_same_is_not_asked_again(asked, clock):
    message_id, to = asked()
    update(Recipient, to.id, status=RecipientStatus.REPLIED, replied_at=clock.now())
    _fails(message_id, 30001, clock.now())
    assert _again(to) == []
    assert fresh(Recipient, to.id).status is RecipientStatus.REPLIED


def test_the_carriers_day_is_full_for_every_ask_until_midnight_in_los_angeles(drive, asked, clock):
    message_id, to = asked()
    with db.transaction() as session:
        other = factories.member(session, drive, clock.now())
        ask = factories.queued(session, other, drive, clock.now())
        reminder = factories.queued(session, to, drive, clock.now(), kind=MessageKind.REMINDER, step="r:1", priority=2)
        unwritten = factories.member(session, drive, clock.now())
    _fails(message_id, 30023, clock.now())
    assert [text.id for text in claiming.claim(drive.sender, 10, urgent_only=False)] == [reminder]
    assert fresh(Message, ask).due_at == MIDNIGHT_IN_LOS_ANGELES
    (again,) = [text for text in _again(to) if text.kind == MessageKind.ASK]
    assert again.due_at > MIDNIGHT_IN_LOS_ANGELES, "its own contact hours open later still"
    assert do(asking.top_up, drive.sender, clock.now()) == 0, "nothing more is written down today"
    with db.reading() as session:
        assert campaign_queries.today(session, clock.now()).full_until == MIDNIGHT_IN_LOS_ANGELES
    clock.set(again.due_at)
    do(tidying.tidy, clock.now())
    due = {text.id for text in claiming.claim(drive.sender, 10, urgent_only=False)}
    assert {again.id, ask} <= due
    assert do(asking.top_up, drive.sender, clock.now()) > 0
    assert fresh(Recipient, unwritten.id).composed_at is not None


def test_a_day_that_is_full_at_create_is_the_same(drive, clock):
    with db.transaction() as session:
        to = factories.member(session, drive, clock.now())
        words = {"status": MessageStatus.SENDING, "claimed_at": clock.now(), "attempts": 1}
        message_id = factories.queued(session, to, drive, clock.now(), **words)
    full = GatewayError("full", Failure.LATER, 30454)
    do(settling.refused, [(Claimed.of(fresh(Message, message_id)), full)], clock.now())
    assert _again(to) == [], "it is still in the queue itself"
    clock.pass_by(seconds=2)
    assert claiming.claim(drive.sender, 10, urgent_only=False) == []
    assert fresh(Message, message_id).due_at == MIDNIGHT_IN_LOS_ANGELES


def test_what_expired_in_the_carriers_queue_is_said_in_the_next_hours_while_its_event_is_ahead(drive, asked, clock):
    ahead, to = asked(useless_at=clock.now() + timedelta(days=3))
    late, nobody = asked(useless_at=clock.now() + timedelta(hours=9))
    clock.set(datetime(2027, 2, 4, 1, 30, tzinfo=UTC))  # half past eight in New York: hours are over
    for message_id in (ahead, late):
        _fails(message_id, 30036, clock.now())
    assert _again(to)[0].due_at == datetime(2027, 2, 4, 14, 0, tzinfo=UTC), "nine in the morning"
    clock.set(datetime(2027, 2, 4, 14, 30, tzinfo=UTC))
    do(tidying.tidy, clock.now())
    claimed = [text.recipient_id for text in claiming.claim(drive.sender, 10, urgent_only=False)]
    assert claimed == [to.id]
    assert fresh(Recipient, nobody.id).status is not RecipientStatus.ASKED


def test_a_confirmation_that_found_no_room_is_said_again_too_and_a_volunteers_answer_is_not(drive, asked, clock):
    said = {"kind": MessageKind.CONFIRMATION, "step": "confirmation:1", "priority": 1}
    message_id, to = asked(**said)
    _fails(message_id, 30001, clock.now())
    assert "confirmation:1#2" in {text.step for text in _again(to)}
    answer, nobody = asked(kind=MessageKind.ANSWER, step="answer:1:a", priority=0)
    _fails(answer, 30001, clock.now())
    assert [text.id for text in _again(nobody)] == [answer]


def test_what_failed_for_our_own_fault_is_asked_once_that_is_mended(drive, asked, clock):
    message_id, to = asked()
    _fails(message_id, 30034, clock.now())
    stopped = fresh(Campaign, drive.id)
    assert (stopped.status, stopped.paused_over) == (CampaignStatus.PAUSED, StopCause.REFUSED)
    assert "(30034)" in stopped.paused_reason
    assert claiming.claim(drive.sender, 10, urgent_only=False) == []
    do(campaigns.resume, drive.id, clock.now())
    assert [text.recipient_id for text in claiming.claim(drive.sender, 10, urgent_only=False)] == [to.id]


def test_a_service_that_is_gone_pauses_its_campaign_and_no_other(drive, clock):
    other = do(make.campaign, clock.now())
    for code in (20404, 404, 21705, 21703, 21704, 400):
        for one in (drive, other):
            update(Campaign, one.id, status=CampaignStatus.RUNNING)
        with db.transaction() as session:
            to = factories.member(session, drive, clock.now())
            words = {"status": MessageStatus.SENDING, "claimed_at": clock.now(), "attempts": 1}
            message_id = factories.queued(session, to, drive, clock.now(), **words)
        wrong = GatewayError("gone", Failure.REFUSED, code)
        do(settling.refused, [(Claimed.of(fresh(Message, message_id)), wrong)], clock.now())
        assert fresh(Campaign, drive.id).status is CampaignStatus.PAUSED, code
        assert fresh(Campaign, other.id).status is CampaignStatus.RUNNING, code
        row = fresh(Message, message_id)
        assert (row.status, row.error_code) == (MessageStatus.QUEUED, code), "nobody misses their ask for it"
        assert fresh(Recipient, to.id).status is RecipientStatus.PENDING


def test_an_account_that_is_refused_stops_every_campaign_even_one_still_enrolling(drive, asked, clock):
    enrolling_ = do(make.campaign, clock.now(), status=CampaignStatus.ENROLLING)
    _fails(asked()[0], 30002, clock.now())
    assert fresh(Campaign, drive.id).paused_over == StopCause.ACCOUNT
    assert not do(campaigns.begin, enrolling_.id, clock.now())
    assert fresh(Campaign, enrolling_.id).status is CampaignStatus.PAUSED


@pytest.mark.parametrize("code", [21211, 21614, 21635, 30005, 30006])
def test_a_number_no_text_can_reach_leaves_every_campaign_of_texts_for_good(drive, asked, clock, code):
    message_id, to = asked()
    other, later = do(make.campaign, clock.now()), do(make.campaign, clock.now(), status=CampaignStatus.ENROLLING)
    with db.transaction() as session:
        elsewhere = factories.in_campaign(session, other, to, clock.now())
        queued = factories.queued(session, elsewhere, other, clock.now())
        made = make.kept(session, ContactList(name="later", created_at=clock.now()))
        session.add(ListMember(list_id=made.id, contact_id=to.contact_id))
        session.add(campaign_queries.CampaignList(campaign_id=later.id, list_id=made.id))
    _fails(message_id, code, clock.now())
    assert fresh(Recipient, to.id).status is RecipientStatus.UNREACHABLE
    assert fresh(Recipient, elsewhere.id).excluded_because == contacts.TEXTLESS
    assert fresh(Message, queued).status is MessageStatus.CANCELED
    enrolling.enrol(later.id, clock.now())
    with db.reading() as session:
        (enrolled,) = session.exec(select(Recipient).where(Recipient.campaign_id == later.id))
        many, (number,) = contacts.textless(session, 10)
    assert (enrolled.status, enrolled.excluded_because) == (RecipientStatus.EXCLUDED, contacts.TEXTLESS)
    assert (many, number.phone) == (1, to.phone)
    assert str(code) in number.because


def test_whoever_has_texted_us_can_be_texted_whatever_the_carrier_says(drive, asked, clock):
    message_id, to = asked()
    do(make.text, to, "who is this?", clock.now())
    _fails(message_id, 30006, clock.now())
    with db.reading() as session:
        assert contacts.textless(session, 1) == (0, [])


def test_what_may_have_arrived_is_not_said_again_and_nobody_is_unreachable_for_it(asked, clock):
    message_id, to = asked()
    _fails(message_id, 30410, clock.now())
    assert _again(to) == []
    assert fresh(Recipient, to.id).status is RecipientStatus.ASKED
