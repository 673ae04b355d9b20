"""Most delivery reports say nothing that is not known: they are told apart without a write, and no other is."""

import itertools

import pytest

from phonebank import db
from phonebank.gateway.inbound import RANK, DeliveryReport
from phonebank.messages import reporting
from phonebank.messages.models import Message, MessageStatus
from tests.support import conversations as make
from tests.support import factories
from tests.support.factories import do, fresh

pytestmark = pytest.mark.usefixtures("database")
SID = "SM" + "1" * 32


def told(word, sid=SID):
    return DeliveryReport(sid=sid, status=word, rank=RANK.get(word, -1), error_code=None)


@pytest.fixture
def text(database, clock):
    def written(**fields):
        with db.transaction() as session:
            drive = make.campaign(session, clock.now())
            to = factories.member(session, drive, clock.now())
            words = {"attempts": 1, "claimed_at": clock.now(), **fields}
            return factories.queued(session, to, drive, clock.now(), **words)

    return written


def says_nothing_new(message_id, word, sid=SID):
    with db.reading() as session:
        return reporting.says_nothing_new(session, str(message_id), told(word, sid))


def test_a_text_known_as_sent_needs_no_word_before_its_end(text, clock):
    message_id = text(status=MessageStatus.SENT, carrier_sid=SID, carrier_rank=0, sent_at=clock.now())
    assert all(says_nothing_new(message_id, word) for word in ("accepted", "queued", "sending", "sent", "teleported"))
    assert not any(says_nothing_new(message_id, word) for word in ("delivered", "undelivered", "failed", "canceled"))


def test_the_end_is_told_once(text):
    message_id = text(status=MessageStatus.SENT, carrier_sid=SID)
    for word in ("delivered", "undelivered", "sent", "delivered", "read"):
        assert says_nothing_new(message_id, word) == (
            word != "delivered" or fresh(Message, message_id).carrier_rank == 4
        )
        do(reporting.report, str(message_id), told(word), message_now(message_id))
    assert fresh(Message, message_id).status is MessageStatus.DELIVERED


def message_now(message_id):
    return fresh(Message, message_id).created_at


def test_a_text_in_doubt_is_settled_by_any_word(text, clock):
    for status, sid in itertools.product((MessageStatus.SENDING, MessageStatus.UNKNOWN), (None, SID)):
        message_id = text(status=status, carrier_sid=sid)
        assert not says_nothing_new(message_id, "queued"), (status, sid)
        do(reporting.report, str(message_id), told("queued"), clock.now())
        assert fresh(Message, message_id).status is MessageStatus.SENT
        factories.update(Message, message_id, carrier_sid=None)  # the carrier's id is free for the next


def test_a_strangers_report_is_never_taken_for_old_news(text):
    message_id = text(status=MessageStatus.SENT, carrier_sid=SID, carrier_rank=3)
    assert not says_nothing_new(message_id, "sent", "SM" + "2" * 32)
    assert not says_nothing_new("999999", "sent")
    assert not says_nothing_new("nobody's", "sent")
