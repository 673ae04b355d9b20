"""A text is claimed once, by one, and only while every last check passes; a budget is never passed."""

from collections import Counter
from datetime import timedelta

import pytest

from phonebank import db
from phonebank.campaigns import ledger as books
from phonebank.campaigns import lifecycle as campaigns
from phonebank.campaigns.models import Campaign
from phonebank.messages import claiming, lifecycle, paying
from phonebank.messages.models import Message, MessageKind, MessageStatus, Priority
from phonebank.optouts import ledger
from phonebank.optouts.models import Ban
from phonebank.optouts.queries import WRONG_NUMBER
from phonebank.recipients.models import Recipient, RecipientStatus
from tests.support import factories
from tests.support.factories import at_once, do, fresh, update

pytestmark = pytest.mark.usefixtures("database")
PRICE = 8_000


@pytest.fixture
def write(drive, clock):
    """write(): somebody's queued ask, as (message id, recipient)."""

    def written(**fields):
        with db.transaction() as session:
            to = factories.member(session, drive, clock.now())
            return factories.queued(session, to, drive, clock.now(), **fields), to

    return written


def _claim(sender, now, most=100, urgent_only=False):
    return [text.id for text in do(lifecycle.claim, sender, most, urgent_only=urgent_only, now=now)]


def _status(message_id):
    return fresh(Message, message_id).status


def test_a_due_text_is_claimed_once(drive, write, clock):
    message_id, _ = write()
    assert _claim(drive.sender, clock.now()) == [message_id]
    assert _claim(drive.sender, clock.now()) == []
    row = fresh(Message, message_id)
    assert (row.status, row.attempts, row.claimed_at) == (MessageStatus.SENDING, 1, clock.now())


def test_threads_that_claim_at_once_take_each_text_once(drive, write, clock):
    written = {write()[0] for _ in range(60)}

    def drain(_thread):
        mine = []
        while batch := _claim(drive.sender, clock.now(), most=7):
            mine += batch
        return mine

    taken = Counter(message_id for mine in at_once(6, drain) for message_id in mine)
    assert set(taken) == written
    assert set(taken.values()) == {1}


def test_a_claim_takes_no_more_than_it_was_asked_for(drive, write, clock):
    for _ in range(30):
        write()
    batches = at_once(5, lambda _: _claim(drive.sender, clock.now(), most=3))
    assert max(map(len, batches)) <= 3


def test_the_most_urgent_is_claimed_first_then_the_oldest(drive, write, clock):
    now = clock.now()
    late_ask, _ = write(due_at=now)
    old_ask, _ = write(due_at=now - timedelta(minutes=5))
    answer, _ = write(kind=MessageKind.ANSWER, priority=Priority.ANSWER, step="answer:1:a")
    assert _claim(drive.sender, now, most=1) == [answer]
    assert _claim(drive.sender, now, most=9) == [old_ask, late_ask]


def test_an_urgent_turn_leaves_the_asks(drive, write, clock):
    write()
    thanks, _ = write(kind=MessageKind.THANKS, priority=Priority.REPLY, step="thanks:1")
    assert _claim(drive.sender, clock.now(), urgent_only=True) == [thanks]


def test_another_senders_text_is_not_claimed(write, clock):
    write()
    assert _claim("+15005550099", clock.now()) == []


def test_nothing_is_claimed_for_a_campaign_that_does_not_run(drive, write, clock):
    message_id, _ = write()
    for status in ("draft", "enrolling", "paused", "closed"):
        update(Campaign, drive.id, status=status)
        assert _claim(drive.sender, clock.now()) == [], status
    assert _status(message_id) is MessageStatus.QUEUED


def test_a_volunteers_answer_goes_though_the_campaign_is_paused_or_closed(drive, write, clock):
    answer, _ = write(kind=MessageKind.ANSWER, priority=Priority.ANSWER, step="answer:1:a")
    update(Campaign, drive.id, status=factories.CLOSED)
    assert _claim(drive.sender, clock.now()) == [answer]


@pytest.mark.parametrize("ban", Ban)
def test_nothing_is_claimed_for_a_number_that_is_banned(drive, write, clock, ban):
    banned = [write(kind=kind)[1].phone for kind in MessageKind if kind is not MessageKind.REPLY]
    for phone in banned:
        do(ledger.record, phone, because="texted “STOP”", by="their text", now=clock.now(), kind=ban)
    assert _claim(drive.sender, clock.now()) == []
    for phone in banned:
        do(ledger.lift, phone, because="START", by="their text", now=clock.now(), kind=ban)
    assert len(_claim(drive.sender, clock.now())) == len(banned)


def test_only_the_apology_goes_to_a_wrong_number(drive, write, clock):
    apology, to = write(kind=MessageKind.APOLOGY, priority=Priority.REPLY, step="apology:1")
    with db.transaction() as session:
        factories.queued(session, to, drive, clock.now())
        ledger.record(session, to.phone, because=WRONG_NUMBER, by="their text", now=clock.now())
    assert _claim(drive.sender, clock.now()) == [apology]


def test_nothing_is_claimed_outside_its_moment(drive, write, clock):
    for changed in (
        {"lapses_at": timedelta(seconds=4)},
        {"lapses_at": timedelta(0)},
        {"useless_at": timedelta(seconds=4)},
        {"useless_at": timedelta(hours=-1)},
        {"due_at": timedelta(seconds=1)},
    ):
        write(**{name: clock.now() + span for name, span in changed.items()})
    assert _claim(drive.sender, clock.now()) == []
    clock.pass_by(seconds=1)
    assert len(_claim(drive.sender, clock.now())) == 1, "the one that was not due yet"


def test_nobody_is_asked_who_was_asked_answered_or_left_out(drive, write, clock):
    for status in RecipientStatus:
        update(Recipient, write()[1].id, status=status)
    assert len(_claim(drive.sender, clock.now())) == 1, "the one that is pending"


def test_no_reminder_goes_to_somebody_left_out(drive, write, clock):
    for status in RecipientStatus:
        to = write(kind=MessageKind.REMINDER, step="reminder:1", priority=Priority.REMINDER)[1]
        update(Recipient, to.id, status=status)
    assert len(_claim(drive.sender, clock.now())) == len(RecipientStatus) - 2


def test_what_no_budget_is_left_for_goes_back_and_pauses_the_campaign(drive, write, clock):
    update(Campaign, drive.id, budget_micros=2 * PRICE + 1)
    written = [write()[0] for _ in range(5)]
    paid = claiming.claim(drive.sender, 10, urgent_only=False)
    assert [text.id for text in paid] == written[:2]
    left = [fresh(Message, message_id) for message_id in written[2:]]
    assert {(row.status, row.attempts, row.claimed_at) for row in left} == {(MessageStatus.QUEUED, 0, None)}
    stopped = fresh(Campaign, drive.id)
    assert (stopped.status, stopped.paused_reason) == (factories.PAUSED, paying.BUDGET_USED)
    assert stopped.spent_micros == 2 * PRICE


def test_threads_that_claim_at_once_never_pass_the_budget(drive, write, clock):
    update(Campaign, drive.id, budget_micros=13 * PRICE)
    for _ in range(40):
        write()

    def drain(_thread):
        return sum(len(claiming.claim(drive.sender, 4, urgent_only=False)) for _ in range(6))

    assert sum(at_once(5, drain)) == 13
    assert fresh(Campaign, drive.id).spent_micros == 13 * PRICE


def test_a_charge_that_would_pass_the_budget_spends_nothing(drive):
    update(Campaign, drive.id, budget_micros=10)
    assert not do(books.charge, drive.id, micros=11, texts=1, asks=1)
    assert do(books.charge, drive.id, micros=10, texts=1, asks=1)
    assert not do(books.charge, drive.id, micros=1, texts=1, asks=1)
    assert do(books.refund, drive.id, micros=4, texts=1, asks=1)
    assert do(books.charge, drive.id, micros=4, texts=1, asks=1)
    assert fresh(Campaign, drive.id).spent_micros == 10


def test_an_answer_no_budget_is_left_for_waits_and_is_not_asked_for_again_and_again(drive, write, clock):
    update(Campaign, drive.id, budget_micros=PRICE - 1)
    message_id, _ = write(kind=MessageKind.ANSWER, priority=Priority.ANSWER, step="answer:1:a")
    assert claiming.claim(drive.sender, 10, urgent_only=True) == []
    assert not claiming.may_any_go(drive.sender, urgent_only=True), "a turn that finds it due would spin on it"
    update(Campaign, drive.id, budget_micros=PRICE)
    assert [text.id for text in claiming.claim(drive.sender, 10, urgent_only=True)] == [message_id]


def test_a_paused_campaign_is_not_claimed_from_while_threads_are_at_it(drive, write, clock):
    for _ in range(20):
        write()

    def work(thread):
        if thread == 0:
            return do(campaigns.pause, drive.id, reason="a person", now=clock.now())
        return _claim(drive.sender, clock.now(), most=2)

    at_once(4, work)
    assert _claim(drive.sender, clock.now()) == []
