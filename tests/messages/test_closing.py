"""A text whose last report never came is asked for at the carrier once it can no longer be under way."""

from datetime import timedelta

import pytest

from phonebank import db
from phonebank.gateway.contract import Failure, GatewayError, LoggedText
from phonebank.gateway.inbound import DeliveryReport
from phonebank.messages import closing, lifecycle, queries, reconciling
from phonebank.messages.models import Message, MessageStatus
from phonebank.recipients.models import Recipient, RecipientStatus
from phonebank.settings import Settings
from tests.support import factories
from tests.support.factories import do, fresh

pytestmark = pytest.mark.usefixtures("database")
LONG_AGO = timedelta(hours=11, seconds=1)


@pytest.fixture
def silent(drive, clock):
    """silent(): the id of an ask that went now, and of which nothing more is heard."""

    def written(**fields):
        with db.transaction() as session:
            to = factories.member(session, drive, clock.now(), status=RecipientStatus.ASKED, asked_at=clock.now())
            gone = {"status": MessageStatus.SENT, "claimed_at": clock.now(), "sent_at": clock.now(), "attempts": 1}
            words = gone | {"carrier_sid": factories.sid(), "carrier_rank": 1} | fields
            return factories.queued(session, to, drive, clock.now(), **words)

    return written


def ask():
    return closing.close_unreported(Settings())


def logged(message_id, **fields):
    row = fresh(Message, message_id)
    words = {"to": row.phone, "body": row.body, "created_at": row.claimed_at, "status": "sent", "error_code": None}
    return LoggedText(**{"sid": row.carrier_sid, **words, **fields})


def test_nobody_is_asked_for_while_the_carrier_may_still_say(silent, carrier, clock):
    silent()
    clock.pass_by(hours=10, minutes=59)
    assert ask() == 0
    assert not carrier.asked


@pytest.mark.parametrize(
    ("at_carrier", "code", "status", "person"),
    [
        ("delivered", None, MessageStatus.DELIVERED, RecipientStatus.ASKED),
        ("read", None, MessageStatus.DELIVERED, RecipientStatus.ASKED),
        ("undelivered", 30005, MessageStatus.UNDELIVERED, RecipientStatus.UNREACHABLE),
        ("failed", 30007, MessageStatus.FAILED, RecipientStatus.UNREACHABLE),
    ],
)
def test_what_has_ended_ends_and_its_code_acts_as_usual(silent, carrier, clock, at_carrier, code, status, person):
    message_id = silent()
    carrier.log = [logged(message_id, status=at_carrier, error_code=code)]
    clock.set(clock.now() + LONG_AGO)
    assert ask() == 1
    row = fresh(Message, message_id)
    assert (row.status, row.error_code, row.settled_at) == (status, code, clock.now())
    assert fresh(Recipient, row.recipient_id).status is person
    assert ask() == 0


def test_what_stays_sent_at_the_carrier_for_ever_is_asked_for_once(silent, carrier, clock):
    message_id = silent()
    carrier.log = [logged(message_id, status="sent")]
    clock.set(clock.now() + LONG_AGO)
    assert ask() == 1
    assert fresh(Message, message_id).status is MessageStatus.SENT
    clock.pass_by(days=3)
    assert ask() == 0
    assert len(carrier.asked) == 1


def test_a_report_that_comes_after_all_still_counts(silent, carrier, clock):
    message_id = silent()
    carrier.log = [logged(message_id)]
    clock.set(clock.now() + LONG_AGO)
    ask()
    told = DeliveryReport(sid=carrier.log[0].sid, status="delivered", rank=4, error_code=None)
    assert do(lifecycle.report, message_id, told, clock.now())
    assert fresh(Message, message_id).status is MessageStatus.DELIVERED


@pytest.mark.parametrize("still", ["accepted", "queued", "scheduled"])
def test_what_still_waits_in_the_carriers_queue_has_expired_and_is_planned_again(silent, carrier, clock, still):
    message_id = silent()
    carrier.log = [logged(message_id, status=still)]
    clock.set(clock.now() + LONG_AGO)
    ask()
    row = fresh(Message, message_id)
    assert (row.status, row.error_code) == (MessageStatus.FAILED, 30036)
    with db.reading() as session:
        again = [text for text in queries.conversation(session, row.phone) if text.step == "ask#2"]
    assert [text.status for text in again] == [MessageStatus.QUEUED]


def test_what_the_carrier_knows_no_more_stays_as_it_is(silent, carrier, clock):
    message_id = silent()
    clock.set(clock.now() + LONG_AGO)
    assert ask() == 1
    assert fresh(Message, message_id).status is MessageStatus.SENT
    clock.pass_by(hours=1)
    assert ask() == 0


def test_a_carrier_in_trouble_is_asked_again_later_and_left_alone_meanwhile(silent, carrier, clock):
    first, second = silent(), silent()
    carrier.wrong = GatewayError("down", Failure.UNKNOWN)
    clock.set(clock.now() + LONG_AGO)
    ask()
    assert len(carrier.asked) == 1, "one request is enough to see that it is down"
    assert ask() == 0
    carrier.wrong, carrier.log = None, [logged(one, status="delivered") for one in (first, second)]
    clock.set(clock.now() + closing.AGAIN_AFTER)
    assert ask() == 2
    assert {fresh(Message, one).status for one in (first, second)} == {MessageStatus.DELIVERED}


def test_what_a_reply_alone_has_shown_is_found_by_its_words(silent, carrier, clock):
    message_id = silent(carrier_sid=None, carrier_rank=-1)
    carrier.log = [logged(message_id, sid="SM77", status="delivered")]
    clock.set(clock.now() + LONG_AGO)
    ask()
    row = fresh(Message, message_id)
    assert (row.status, row.carrier_sid) == (MessageStatus.DELIVERED, "SM77")


def test_doubts_are_settled_first_whatever_becomes_of_these(silent, carrier, clock, monkeypatch):
    """The turn looks up what is in doubt before it asks for old texts."""
    from workers import reconciling as turn

    order = []
    monkeypatch.setattr(turn.opening, "settings", Settings)
    monkeypatch.setattr(turn.opening.jobs, "lift_flag", lambda *_: None)
    monkeypatch.setattr(reconciling, "settle_doubtful", lambda _settings: order.append("doubts"))
    monkeypatch.setattr(closing, "close_unreported", lambda _settings: order.append("old texts"))
    turn.turn("")
    assert order == ["doubts", "old texts"]
