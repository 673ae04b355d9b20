"""No budget and no day's limit is passed, whoever claims, fails, gives back and claims again at the same time."""

import random
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, func, select

from phonebank import db
from phonebank.campaigns import ledger
from phonebank.campaigns import queries as campaign_queries
from phonebank.campaigns.models import Campaign, CampaignStatus, SendingDay
from phonebank.gateway.contract import Failure, GatewayError
from phonebank.messages import claiming, lifecycle, paying, settling
from phonebank.messages.lifecycle import Taken
from phonebank.messages.models import Message, MessageKind, MessageStatus, Priority
from tests.support import conversations as make
from tests.support import factories
from tests.support.factories import at_once, do, fresh, update

pytestmark = pytest.mark.usefixtures("database")
PRICE = 8_000
KINDS = {
    MessageKind.ASK: Priority.ASK,
    MessageKind.ALTERNATIVE: Priority.REPLY,
    MessageKind.CONFIRMATION: Priority.REPLY,
    MessageKind.ANSWER: Priority.ANSWER,
}


def _write(drive, now, kind=MessageKind.ASK, segments=1, times=1):
    with db.transaction() as session:
        for number in range(times):
            to = factories.member(session, drive, now)
            words = {"kind": kind, "priority": KINDS[kind], "segments": segments, "cost_micros": PRICE * segments}
            step = "ask" if kind is MessageKind.ASK else f"{kind.value}:{number}"
            factories.queued(session, to, drive, now, step=step, **words)


def _said(day):
    with db.reading() as session:
        row = session.get(SendingDay, day)
        return row.segments if row else 0


def _gone(*kinds):
    """Segments and price of what is claimed or went."""
    with db.reading() as session:
        ours = select(func.sum(Message.segments), func.sum(Message.cost_micros)).where(
            col(Message.status).in_((MessageStatus.SENDING, MessageStatus.SENT, MessageStatus.UNKNOWN))
        )
        segments, micros = session.exec(ours.where(col(Message.kind).in_(kinds)) if kinds else ours).one()
        return int(segments or 0), int(micros or 0)


def _live(drive, seed, rounds=8):
    """Claims, and whatever may become of a claim."""
    rng = random.Random(seed)

    def go(_thread):
        for _ in range(rounds):
            claimed = claiming.claim(drive.sender, rng.randint(1, 6), urgent_only=rng.random() < 0.3)
            for text in claimed:
                fate = rng.random()
                if fate < 0.2:
                    claiming.let_go([text])
                elif fate < 0.4:
                    wrong = GatewayError("no", Failure.LATER if fate < 0.3 else Failure.REFUSED, None)
                    with db.transaction() as session:
                        settling.refused(session, [(text, wrong)], text.claimed_at)
                elif fate < 0.5:
                    pass  # in doubt
                else:
                    do(lifecycle.record_accepted, [Taken(text.id, factories.sid(), 1)], text.claimed_at)

    return go


def test_neither_budget_nor_day_is_passed_by_many_who_claim_fail_and_claim_again(drive, clock):
    other = do(make.campaign, clock.now())
    update(Campaign, drive.id, budget_micros=30 * PRICE, segments_per_day=40)
    update(Campaign, other.id, segments_per_day=90)
    for one in (drive, other):
        for kind in KINDS:
            _write(one, clock.now(), kind, segments=2 if kind is MessageKind.CONFIRMATION else 1, times=12)
    at_once(4, _live(drive, seed=7))
    asked = _gone(MessageKind.ASK, MessageKind.ALTERNATIVE, MessageKind.CONFIRMATION)[0]
    assert 0 < asked <= 40, "the smallest limit holds"
    assert _said(ledger.day_of(clock.now())) == _gone()[0], "what goes is counted, what is given back is not"
    spent = sum(fresh(Campaign, one.id).spent_micros for one in (drive, other))
    assert spent == _gone()[1]
    assert fresh(Campaign, drive.id).spent_micros <= 30 * PRICE
    said = sum(fresh(Campaign, one.id).texts_said for one in (drive, other))
    with db.reading() as session:
        in_hand = col(Message.status).in_((MessageStatus.SENDING, MessageStatus.SENT))
        assert said == session.exec(select(func.count()).where(in_hand)).one()


def test_a_volunteers_answer_goes_when_the_day_is_full_and_is_counted(drive, clock):
    update(Campaign, drive.id, segments_per_day=2)
    for kind in KINDS:
        _write(drive, clock.now(), kind, times=2)
    claimed = claiming.claim(drive.sender, 10, urgent_only=False)
    assert [text.kind for text in claimed] == [
        MessageKind.ANSWER,
        MessageKind.ANSWER,
        *[kind for kind in (text.kind for text in claimed) if kind is not MessageKind.ANSWER],
    ]
    assert sum(text.segments for text in claimed if text.kind is not MessageKind.ANSWER) == 0, (
        "the answers took the day"
    )
    assert _said(ledger.day_of(clock.now())) == 2
    assert claiming.claim(drive.sender, 10, urgent_only=False) == [], "what found no room is not looked at again today"
    with db.reading() as session:
        assert campaign_queries.today(session, clock.now()).full_until == ledger.day_ends(clock.now())
    assert fresh(Campaign, drive.id).status is CampaignStatus.RUNNING, "it is no pause"


def test_shorter_texts_fill_the_day_that_has_no_room_for_longer_ones(drive, clock):
    update(Campaign, drive.id, segments_per_day=4)
    _write(drive, clock.now(), segments=3, times=2)
    assert len(claiming.claim(drive.sender, 10, urgent_only=False)) == 1
    _write(drive, clock.now(), MessageKind.CONFIRMATION)
    assert len(claiming.claim(drive.sender, 10, urgent_only=False)) == 1
    assert _said(ledger.day_of(clock.now())) == 4


def test_the_next_day_begins_at_midnight_in_los_angeles_and_what_was_put_off_goes_on(drive, clock):
    update(Campaign, drive.id, segments_per_day=1)
    clock.set(datetime(2027, 2, 4, 7, 59, tzinfo=UTC))  # a minute before midnight in Los Angeles
    _write(drive, clock.now(), times=3)
    assert len(claiming.claim(drive.sender, 10, urgent_only=False)) == 1
    assert claiming.claim(drive.sender, 10, urgent_only=False) == []
    clock.pass_by(minutes=1)
    assert len(claiming.claim(drive.sender, 10, urgent_only=False)) == 1


def test_yesterdays_text_given_back_after_midnight_makes_no_room_today(drive, clock):
    update(Campaign, drive.id, segments_per_day=1)
    clock.set(datetime(2027, 2, 4, 7, 59, 59, tzinfo=UTC))
    _write(drive, clock.now(), times=3)
    claimed = claiming.claim(drive.sender, 1, urgent_only=False)
    clock.pass_by(seconds=2)
    assert len(claiming.claim(drive.sender, 1, urgent_only=False)) == 1
    claiming.let_go(claimed)
    assert claiming.claim(drive.sender, 10, urgent_only=False) == []


def test_without_a_limit_the_day_is_counted_all_the_same(drive, clock):
    _write(drive, clock.now(), times=3)
    claiming.claim(drive.sender, 10, urgent_only=False)
    update(Campaign, drive.id, segments_per_day=3)
    _write(drive, clock.now())
    assert claiming.claim(drive.sender, 10, urgent_only=False) == [], "a limit set at noon counts the morning"


def test_a_limit_of_a_campaign_that_is_closed_binds_nobody(drive, clock):
    other = do(make.campaign, clock.now(), segments_per_day=1, status=CampaignStatus.CLOSED)
    assert fresh(Campaign, other.id).segments_per_day == 1
    _write(drive, clock.now(), times=3)
    assert len(claiming.claim(drive.sender, 10, urgent_only=False)) == 3


@pytest.mark.database("sqlite")
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sizes=st.lists(st.tuples(st.sampled_from(list(KINDS)), st.integers(1, 4)), min_size=1, max_size=12),
    budget=st.integers(0, 20),
    limit=st.integers(0, 20),
)
def test_any_batch_is_paid_for_as_far_as_budget_and_day_reach(drive, clock, sizes, budget, limit):
    with db.transaction() as session:
        session.connection().exec_driver_sql("DELETE FROM message")
        session.connection().exec_driver_sql("DELETE FROM sending_day")
    fields = {"budget_micros": budget * PRICE, "segments_per_day": limit, "spent_micros": 0, "status": "running"}
    update(Campaign, drive.id, **fields)
    for kind, segments in sizes:
        _write(drive, clock.now(), kind, segments)
    with db.transaction() as session:
        claimed = lifecycle.claim(session, drive.sender, 50, urgent_only=False, now=clock.now())
        paid = paying.pay(session, claimed, clock.now())
    assert sum(text.segments for text in paid) <= budget
    assert fresh(Campaign, drive.id).spent_micros == sum(text.cost_micros for text in paid)
    assert _said(ledger.day_of(clock.now())) == sum(text.segments for text in paid)
    bound = [text for text in paid if text.kind is not MessageKind.ANSWER]
    by_hand = sum(text.segments for text in paid if text.kind is MessageKind.ANSWER)
    assert not limit or not bound or by_hand + sum(text.segments for text in bound) <= limit
    assert [text.id for text in paid] == [text.id for text in claimed if text in paid], "in the order of the claim"
