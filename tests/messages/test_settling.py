"""Every error code has its consequence: for the person, the ledger, the campaign, its budget; and for nobody else."""

import itertools
import tomllib
from pathlib import Path

import pytest

from phonebank import db
from phonebank.campaigns.models import Campaign, CampaignStatus
from phonebank.gateway import codes
from phonebank.gateway.codes import CodeAction
from phonebank.gateway.contract import Failure, GatewayError
from phonebank.gateway.inbound import RANK, DeliveryReport
from phonebank.messages import settling
from phonebank.messages.lifecycle import Claimed
from phonebank.messages.models import Message, MessageKind, MessageStatus
from phonebank.optouts.queries import is_opted_out
from phonebank.recipients.models import Recipient, RecipientStatus
from tests.support import conversations as make
from tests.support import factories
from tests.support.factories import do, fresh

pytestmark = pytest.mark.usefixtures("database")
PRICE = 8_000
READ = tomllib.loads((Path(codes.__file__).with_name("codes.toml")).read_text())
WRITTEN = {action: [int(code) for code in meant] for action, meant in READ.items() if isinstance(meant, dict)}
EVERY_CODE = sorted({code for several in WRITTEN.values() for code in several} | {12345})
OURS = {CodeAction.PAUSE_CAMPAIGN, CodeAction.STOP_EVERYTHING}
AGAIN = {CodeAction.LATER, CodeAction.TOMORROW, CodeAction.NEXT_HOURS, CodeAction.ONCE_MORE}
GIVEN_UP = {CodeAction.BAD_NUMBER, CodeAction.OPTED_OUT, CodeAction.FILTERED, CodeAction.FAILED}


@pytest.fixture
def drives(database, clock):
    """The campaign whose text is refused, and another one that runs."""
    return [do(make.campaign, clock.now(), spent_micros=10 * PRICE) for _ in range(2)]


@pytest.fixture
def speak(drives, clock):
    """speak(): the id of a text that was claimed."""

    def written(**fields):
        with db.transaction() as session:
            to = factories.member(session, drives[0], clock.now())
            words = {"status": MessageStatus.SENDING, "claimed_at": clock.now(), "attempts": 1, **fields}
            return factories.queued(session, to, drives[0], clock.now(), **words)

    return written


def _refused(message_id, code, now, kind=Failure.REFUSED):
    text = Claimed.of(fresh(Message, message_id))
    do(settling.refused, [(text, GatewayError("no", kind, code))], now)
    return _stands(message_id)


def _reported(message_id, status, code, now):
    told = DeliveryReport(sid=factories.sid(), status=status, rank=RANK[status], error_code=code)
    do(settling.reported, message_id, told, now)
    return _stands(message_id)


def _stands(message_id):
    row = fresh(Message, message_id)
    with db.reading() as session:
        return row.status, fresh(Recipient, row.recipient_id).status, is_opted_out(session, row.phone)


def test_every_action_of_the_file_has_codes():
    assert {CodeAction(name) for name in WRITTEN} == set(CodeAction)
    assert len(EVERY_CODE) == sum(map(len, WRITTEN.values())) + 1, "a code stands under one action"


def test_what_is_unheard_of_fails_with_its_number_shown():
    assert codes.action(99999) is codes.action(None) is CodeAction.FAILED
    assert "99999" in codes.meaning(99999)
    assert codes.meaning(None)


def test_a_refusal_does_what_its_code_says(drives, speak, clock):
    for code in EVERY_CODE:
        action = codes.action(code)
        running = {"status": CampaignStatus.RUNNING, "paused_reason": None}
        factories.update(Campaign, drives[0].id, spent_micros=10 * PRICE, **running)
        factories.update(Campaign, drives[1].id, status=CampaignStatus.RUNNING)
        status, person, is_out = _refused(speak(), code, clock.now())
        assert status is (MessageStatus.QUEUED if action in OURS else MessageStatus.FAILED), code
        assert (person is RecipientStatus.UNREACHABLE) == (action in GIVEN_UP), code
        assert is_out == (action is CodeAction.OPTED_OUT), code
        mine, other = (fresh(Campaign, drive.id) for drive in drives)
        assert (mine.status is CampaignStatus.PAUSED) == (action in OURS), code
        assert (other.status is CampaignStatus.PAUSED) == (action is CodeAction.STOP_EVERYTHING), code
        assert mine.spent_micros == 9 * PRICE, f"{code}: what was not taken costs nothing"
        assert mine.paused_reason is None or str(code) in mine.paused_reason


def test_a_failure_told_later_does_what_its_code_says(drives, speak, clock):
    for code in EVERY_CODE:
        action = codes.action(code)
        factories.update(Campaign, drives[0].id, status=CampaignStatus.RUNNING)
        status, person, is_out = _reported(speak(), "undelivered", code, clock.now())
        assert status is MessageStatus.UNDELIVERED
        expected = RecipientStatus.UNREACHABLE if action in GIVEN_UP else RecipientStatus.PENDING
        assert person is (RecipientStatus.ASKED if action is CodeAction.DOUBTFUL else expected), code
        assert is_out == (action is CodeAction.OPTED_OUT), code
        assert (fresh(Campaign, drives[0].id).status is CampaignStatus.PAUSED) == (action in OURS), code


def test_a_code_on_a_text_that_arrives_is_no_failure(drives, speak, clock):
    for status, code in itertools.product(["queued", "sent", "delivered", "read"], [0, 30005, 30034, 21610]):
        stood, person, is_out = _reported(speak(), status, code, clock.now())
        assert stood in {MessageStatus.SENT, MessageStatus.DELIVERED}
        assert (person, is_out) == (RecipientStatus.ASKED, False)
    assert fresh(Campaign, drives[0].id).status is CampaignStatus.RUNNING


def test_a_failure_without_a_code_is_a_failure(speak, clock):
    for status in ("failed", "undelivered"):
        _, person, is_out = _reported(speak(), status, None, clock.now())
        assert (person, is_out) == (RecipientStatus.UNREACHABLE, False)


def test_what_was_certainly_not_taken_goes_back_and_its_price_with_it(drives, speak, clock):
    message_id = speak()
    assert _refused(message_id, 20429, clock.now(), Failure.LATER)[0] is MessageStatus.QUEUED
    assert fresh(Message, message_id).due_at > clock.now()
    assert fresh(Campaign, drives[0].id).spent_micros == 9 * PRICE
    assert fresh(Campaign, drives[0].id).status is CampaignStatus.RUNNING


def test_what_may_have_been_taken_stays_in_doubt_and_paid_for(drives, speak, clock):
    for code in (None, 20500, 30410):
        message_id = speak()
        stands = _refused(message_id, code, clock.now(), Failure.UNKNOWN)
        assert stands == (MessageStatus.SENDING, RecipientStatus.PENDING, False)
    assert fresh(Campaign, drives[0].id).spent_micros == 10 * PRICE


def test_a_report_that_was_faster_than_the_refusal_stands(drives, speak, clock):
    message_id = speak()
    _reported(message_id, "delivered", None, clock.now())
    for kind in Failure:
        assert _refused(message_id, 30005, clock.now(), kind)[0] is MessageStatus.DELIVERED
    assert fresh(Campaign, drives[0].id).spent_micros == 10 * PRICE
    assert fresh(Recipient, fresh(Message, message_id).recipient_id).status is RecipientStatus.ASKED


def test_a_volunteers_answer_refused_for_our_fault_fails_and_is_seen(speak, clock):
    message_id = speak(kind=MessageKind.ANSWER, step="answer:1:a")
    assert _refused(message_id, 30034, clock.now())[0] is MessageStatus.FAILED


def test_an_opt_out_at_the_carrier_ends_everything_for_that_number(drives, speak, clock):
    message_id = speak()
    to = fresh(Recipient, fresh(Message, message_id).recipient_id)
    with db.transaction() as session:
        reminder = factories.queued(session, to, drives[0], clock.now(), kind=MessageKind.REMINDER, step="reminder:1")
        elsewhere = factories.in_campaign(session, drives[1], to, clock.now())
        ask = factories.queued(session, elsewhere, drives[1], clock.now())
    _refused(message_id, 21610, clock.now())
    assert {fresh(Message, one).status for one in (reminder, ask)} == {MessageStatus.CANCELED}
    assert fresh(Recipient, elsewhere.id).status is RecipientStatus.EXCLUDED


def test_a_person_who_answered_is_not_made_unreachable_by_a_late_failure(speak, clock):
    message_id = speak()
    row = fresh(Message, message_id)
    factories.update(Recipient, row.recipient_id, status=RecipientStatus.SETTLED)
    assert _reported(message_id, "failed", 30005, clock.now())[1] is RecipientStatus.SETTLED
