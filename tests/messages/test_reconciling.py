"""A text in doubt is settled from the carrier's own log, and is never spoken again while it may have gone."""

import asyncio
from datetime import timedelta

import pytest

from phonebank import db
from phonebank.campaigns.models import Campaign
from phonebank.gateway.contract import Failure, GatewayError, LoggedText
from phonebank.messages import lifecycle, reconciling
from phonebank.messages.models import Message, MessageKind, MessageStatus
from phonebank.recipients.models import Recipient, RecipientStatus
from phonebank.replies import handling
from phonebank.settings import Settings
from tests.support import conversations as make
from tests.support import factories
from tests.support.factories import do, fresh, says

pytestmark = pytest.mark.usefixtures("database")
PRICE = 8_000


@pytest.fixture(autouse=True)
def pace(monkeypatch):
    """The clock stands still for the test, and waits are as long as outside a rehearsal."""
    monkeypatch.setattr(reconciling.clock, "speed", lambda: 1.0)


@pytest.fixture
def drive(database, clock):
    return do(make.campaign, clock.now(), spent_micros=10 * PRICE)


@pytest.fixture
def doubtful(drive, clock):
    """doubtful(): the id of an ask that was claimed now, and of which nothing more is known."""

    def written(**fields):
        with db.transaction() as session:
            to = factories.member(session, drive, clock.now())
            words = {"status": MessageStatus.SENDING, "claimed_at": clock.now(), "attempts": 1, **fields}
            return factories.queued(session, to, drive, clock.now(), **words)

    return written


def look():
    return reconciling.settle_doubtful(Settings())


def logged(message_id, **fields):
    row = fresh(Message, message_id)
    words = {"to": row.phone, "body": row.body, "created_at": row.claimed_at, "status": "sent", "error_code": None}
    return LoggedText(**{"sid": factories.sid(), **words, **fields})


def test_what_the_log_shows_has_gone(doubtful, carrier, clock):
    message_id = doubtful()
    carrier.log = [logged(message_id, sid="SM55", status="delivered")]
    clock.pass_by(seconds=15)
    assert look() == 1
    row = fresh(Message, message_id)
    assert (row.status, row.carrier_sid) == (MessageStatus.DELIVERED, "SM55")
    assert fresh(Recipient, row.recipient_id).status is RecipientStatus.ASKED


def test_what_the_log_shows_as_failed_has_failed(doubtful, carrier, clock):
    message_id = doubtful()
    carrier.log = [logged(message_id, status="undelivered", error_code=30005)]
    clock.pass_by(seconds=15)
    look()
    row = fresh(Message, message_id)
    assert (row.status, row.error_code) == (MessageStatus.UNDELIVERED, 30005)
    assert fresh(Recipient, row.recipient_id).status is RecipientStatus.UNREACHABLE


def test_nothing_is_looked_up_in_the_first_fifteen_seconds(doubtful, carrier, clock):
    doubtful()
    clock.pass_by(seconds=14.9)
    assert look() == 0


def test_two_empty_looks_the_second_after_a_minute_put_it_back(doubtful, carrier, clock, drive):
    message_id = doubtful()
    for seconds, looks in ((15, 1), (15, 2), (15, 3)):
        clock.pass_by(seconds=seconds)
        assert look() == 1
        row = fresh(Message, message_id)
        assert (row.status, row.looks) == (MessageStatus.SENDING, looks), "too early to be sure"
    clock.pass_by(seconds=15)
    look()
    assert fresh(Message, message_id).status is MessageStatus.QUEUED
    assert fresh(Campaign, drive.id).spent_micros == 9 * PRICE
    assert fresh(Recipient, fresh(Message, message_id).recipient_id).status is RecipientStatus.PENDING


def test_looks_closer_than_fifteen_seconds_do_not_count(doubtful, carrier, clock):
    message_id = doubtful()
    clock.pass_by(seconds=59)
    assert look() == 1
    clock.pass_by(seconds=14)
    assert look() == 0
    clock.pass_by(seconds=1)
    assert look() == 1
    assert fresh(Message, message_id).status is MessageStatus.QUEUED


def test_one_late_look_is_not_enough(doubtful, carrier, clock):
    message_id = doubtful()
    clock.pass_by(hours=1)
    look()
    assert fresh(Message, message_id).status is MessageStatus.SENDING


def test_a_look_counts_from_when_it_began(doubtful, carrier, clock):
    """A slow log that was asked at 45 s and answers at 65 s says nothing of the second between."""
    message_id = doubtful()
    clock.pass_by(seconds=20)
    look()
    clock.pass_by(seconds=25)
    carrier.while_asked = lambda: clock.pass_by(seconds=20)
    look()
    assert fresh(Message, message_id).status is MessageStatus.SENDING


def test_a_log_that_cannot_be_read_leaves_it_to_staff_after_five_minutes(doubtful, carrier, clock):
    message_id = doubtful()
    carrier.wrong = GatewayError("down", Failure.UNKNOWN)
    clock.pass_by(minutes=4, seconds=59)
    assert look() == 1
    assert fresh(Message, message_id).status is MessageStatus.SENDING
    clock.pass_by(seconds=15)
    look()
    assert fresh(Message, message_id).status is MessageStatus.UNKNOWN


def test_an_unreadable_look_is_not_an_empty_one(doubtful, carrier, clock):
    message_id = doubtful()
    carrier.wrong = GatewayError("down", Failure.LATER)
    for _ in range(3):
        clock.pass_by(seconds=30)
        look()
    carrier.wrong = None
    clock.pass_by(seconds=30)
    look()
    row = fresh(Message, message_id)
    assert (row.status, row.looks) == (MessageStatus.SENDING, 1)


def test_an_unknown_text_is_still_settled_when_the_log_can_be_read_again(doubtful, carrier, clock):
    message_id = doubtful(status=MessageStatus.UNKNOWN)
    carrier.log = [logged(message_id)]
    clock.pass_by(minutes=10)
    look()
    assert fresh(Message, message_id).status is MessageStatus.SENT


def test_another_texts_entry_in_the_log_is_not_taken_for_ours(doubtful, carrier, clock, drive):
    message_id = doubtful()
    row = fresh(Message, message_id)
    with db.transaction() as session:
        to = session.get(Recipient, row.recipient_id)
        gone = {"status": MessageStatus.SENT, "carrier_sid": "SM66", "kind": MessageKind.HELP, "step": "help:1"}
        factories.queued(session, to, drive, clock.now(), body=row.body, **gone)
    carrier.log = [logged(message_id, sid="SM66")]
    clock.pass_by(seconds=15)
    look()
    row = fresh(Message, message_id)
    assert (row.status, row.carrier_sid, row.looks) == (MessageStatus.SENDING, None, 1)


def test_two_texts_of_the_same_words_are_settled_by_two_entries(doubtful, carrier, clock, drive):
    first = doubtful()
    row = fresh(Message, first)
    with db.transaction() as session:
        to = session.get(Recipient, row.recipient_id)
        more = {"status": MessageStatus.SENDING, "claimed_at": clock.now(), "attempts": 1, "step": "help:1"}
        second = factories.queued(session, to, drive, clock.now(), body=row.body, kind=MessageKind.HELP, **more)
    carrier.log = [logged(first, sid="SM1"), logged(first, sid="SM2")]
    clock.pass_by(seconds=15)
    look()
    found = [fresh(Message, one) for one in (first, second)]
    assert {one.carrier_sid for one in found} == {"SM1", "SM2"}
    assert {one.status for one in found} == {MessageStatus.SENT}


def test_other_words_and_older_entries_are_not_ours(doubtful, carrier, clock):
    message_id = doubtful()
    older = clock.now() - timedelta(hours=13)
    carrier.log = [logged(message_id, body="Something else"), logged(message_id, created_at=older)]
    clock.pass_by(seconds=15)
    look()
    assert fresh(Message, message_id).looks == 1


def test_a_clock_of_ours_that_is_fast_does_not_hide_what_went(doubtful, carrier, clock):
    """By the carrier's clock it came minutes before we claimed it: said again, it would be said twice."""
    message_id = doubtful()
    carrier.log = [logged(message_id, created_at=clock.now() - timedelta(minutes=5))]
    clock.pass_by(seconds=15)
    look()
    assert fresh(Message, message_id).status is MessageStatus.SENT


def test_a_carrier_that_squeezes_spaces_is_understood(doubtful, carrier, clock):
    message_id = doubtful(body="Hi  Rosa,\n can I count on you? ")
    carrier.log = [logged(message_id, body="Hi Rosa, can I count on you?")]
    clock.pass_by(seconds=15)
    look()
    assert fresh(Message, message_id).status is MessageStatus.SENT


def test_a_text_that_never_goes_is_given_up_after_many_attempts_and_its_person_not_forgotten(doubtful, carrier, clock):
    message_id = doubtful(attempts=15)
    clock.pass_by(seconds=45)
    look()
    clock.pass_by(seconds=15)
    look()
    row = fresh(Message, message_id)
    assert row.status is MessageStatus.FAILED
    assert fresh(Recipient, row.recipient_id).status is RecipientStatus.UNREACHABLE


def test_a_reply_settles_the_ask_it_answers(doubtful, carrier, clock):
    message_id = doubtful()
    phone = fresh(Message, message_id).phone
    clock.pass_by(seconds=8)
    assert says(phone, "Yes!", now=clock.now())
    assert fresh(Message, message_id).status is MessageStatus.SENT
    clock.pass_by(minutes=2)
    assert look() == 0


def test_a_reply_that_may_answer_another_text_settles_nothing_and_waits_for_the_doubt_to_end(doubtful, carrier, clock):
    """Two campaigns ask one person: the reply to the one that arrived says nothing of the other."""
    message_id = doubtful()
    row = fresh(Message, message_id)
    other = do(make.campaign, clock.now())
    with db.transaction() as session:
        to = factories.in_campaign(session, other, session.get(Recipient, row.recipient_id), clock.now())
        gone = {"status": MessageStatus.DELIVERED, "sent_at": clock.now(), "claimed_at": clock.now(), "attempts": 1}
        factories.queued(session, to, other, clock.now(), carrier_sid="SM88", **gone)
    clock.pass_by(seconds=8)
    assert not says(row.phone, "Yes!", now=clock.now()), "nobody can tell yet which ask this answers"
    assert fresh(Message, message_id).status is MessageStatus.SENDING
    assert fresh(Recipient, row.recipient_id).status is RecipientStatus.PENDING
    do(lifecycle.put_back, message_id, due_at=clock.now())
    assert do(handling.handle_phone, row.phone, address="http://127.0.0.1", now=clock.now())
    assert fresh(Recipient, row.recipient_id).status is RecipientStatus.PENDING, "the ask that never went is still owed"


def test_a_text_settled_while_we_looked_is_left_alone(doubtful, carrier, clock):
    message_id = doubtful(looks=5)
    clock.pass_by(minutes=2)
    told = reconciling.DeliveryReport(sid="SM9", status="delivered", rank=4, error_code=None)
    carrier.while_asked = lambda: do(lifecycle.report, message_id, told, clock.now())
    look()
    assert fresh(Message, message_id).status is MessageStatus.DELIVERED


def test_staff_who_say_again_are_charged_again_for_it_may_have_gone_already(doubtful, drive, clock):
    from phonebank.messages import settling

    message_id = doubtful(status=MessageStatus.UNKNOWN)
    assert do(settling.staff_says_again, message_id, clock.now())
    assert not do(settling.staff_says_again, message_id, clock.now())
    assert fresh(Campaign, drive.id).spent_micros == 10 * PRICE
    assert fresh(Message, message_id).status is MessageStatus.QUEUED


def test_the_carrier_by_hand_is_awaited_as_a_gateway_is(carrier, clock):
    assert asyncio.run(carrier.texts_to("+12025550143", clock.now())) == []
