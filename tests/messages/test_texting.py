"""First texts by hand: whatever volunteers press, and however often, each person gets one, from whoever had them in hand."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from phonebank import db
from phonebank.asks.models import Ask
from phonebank.campaigns.models import Campaign, CampaignStatus, SendingDay
from phonebank.errors import NotFoundError, RefusedError
from phonebank.messages import claiming, texting
from phonebank.messages.models import Message, MessageStatus
from phonebank.messages.texting import BATCH, LEASE, Passing
from phonebank.optouts import ledger
from phonebank.optouts.models import Ban
from phonebank.recipients.models import Recipient, RecipientStatus
from tests.support import conversations as make
from tests.support.factories import at_once, do, fresh, update

pytestmark = pytest.mark.usefixtures("database")
sqlite_only = pytest.mark.database("sqlite")  # the others race, or lean on the database
NINE_IN_HONOLULU = datetime(2027, 2, 3, 19, 0, tzinfo=UTC)


def _take(by_hand, who, now):
    return do(texting.take, by_hand.id, who, now)


def _hand(by_hand, who, now):
    return do(texting.in_hand, by_hand.id, who, now)


def _send(by_hand, text, who, now, words=None):
    return do(texting.send, by_hand.id, text.recipient_id, who, words or text.body, now)


def _asks(by_hand):
    with db.reading() as session:
        rows = session.exec(select(Message).where(Message.campaign_id == by_hand.id).order_by(col(Message.id))).all()
        session.expunge_all()
        return rows


def test_a_text_goes_in_the_volunteers_own_name_and_is_the_ledgers_ask(by_hand, somebody, volunteer, clock):
    rosa, ana = somebody(), volunteer("Ana Lopez")
    assert _take(by_hand, ana, clock.now()) == 1
    (text,) = _hand(by_hand, ana, clock.now())
    assert text.body.startswith("Hi Rosa, it's Ana with RepresentUs. Can I count on you")
    assert _send(by_hand, text, ana, clock.now()).is_new
    (ask,) = _asks(by_hand)
    assert (ask.recipient_id, ask.step, ask.written_by, ask.status) == (rosa.id, "ask", ana.id, MessageStatus.QUEUED)
    assert (ask.body, ask.useless_at) == (text.body, fresh(Ask, by_hand.ask_id).starts_at)
    assert _hand(by_hand, ana, clock.now()) == []
    assert [one.id for one in claiming.claim(by_hand.sender, 10, urgent_only=False)] == [ask.id]


def test_taps_tabs_and_tries_again_send_once_and_say_nothing_new(by_hand, somebody, volunteer, clock):
    somebody()
    ana = volunteer()
    _take(by_hand, ana, clock.now())
    (text,) = _hand(by_hand, ana, clock.now())
    sent = at_once(6, lambda _: _send(by_hand, text, ana, clock.now()))
    assert sorted(one.is_new for one in sent) == [False] * 5 + [True]
    assert {one.says for one in sent} == {""}
    assert not _send(by_hand, text, ana, clock.now(), text.body + " It is fun!").is_new
    assert len(_asks(by_hand)) == 1


def test_volunteers_who_take_at_once_share_the_people_and_nobody_twice(by_hand, somebody, volunteer, clock):
    for _ in range(60):
        somebody()
    team = [volunteer(f"V{number}") for number in range(4)]
    at_once(4, lambda mine: _take(by_hand, team[mine], clock.now()))
    hands = [[text.recipient_id for text in _hand(by_hand, one, clock.now())] for one in team]
    assert Counter(person for hand in hands for person in hand).most_common(1)[0][1] == 1
    assert sorted(map(len, hands)) == [0, 10, 25, 25]


@sqlite_only
def test_taking_again_fills_the_batch_up_and_no_further(by_hand, somebody, volunteer, clock):
    for _ in range(30):
        somebody()
    ana = volunteer()
    assert _take(by_hand, ana, clock.now()) == BATCH
    assert _take(by_hand, ana, clock.now()) == BATCH
    _send(by_hand, _hand(by_hand, ana, clock.now())[0], ana, clock.now())
    assert _take(by_hand, ana, clock.now()) == BATCH


def test_a_lapsed_batch_is_free_for_others_and_no_longer_the_firsts_to_send(by_hand, somebody, volunteer, clock):
    somebody()
    ana, ben = volunteer("Ana"), volunteer("Ben")
    _take(by_hand, ana, clock.now())
    (text,) = _hand(by_hand, ana, clock.now())
    assert _take(by_hand, ben, clock.now()) == 0
    later = clock.now() + LEASE + timedelta(seconds=1)
    assert _hand(by_hand, ana, later) == []
    assert _take(by_hand, ben, later) == 1
    late = _send(by_hand, text, ana, later)
    assert not late.is_new
    assert "Another volunteer has them in hand" in late.says
    assert _send(by_hand, _hand(by_hand, ben, later)[0], ben, later).is_new
    assert "has texted them already" in _send(by_hand, text, ana, later).says
    assert [ask.written_by for ask in _asks(by_hand)] == [ben.id]


@sqlite_only
def test_a_lapsed_text_may_still_go_while_nobody_else_took_it(by_hand, somebody, volunteer, clock):
    somebody()
    ana = volunteer()
    _take(by_hand, ana, clock.now())
    (text,) = _hand(by_hand, ana, clock.now())
    assert _send(by_hand, text, ana, clock.now() + 2 * LEASE).is_new


def test_each_text_keeps_the_rest_of_the_batch(by_hand, somebody, volunteer, clock):
    for _ in range(3):
        somebody()
    ana, at = volunteer(), clock.now()
    _take(by_hand, ana, at)
    for _ in range(2):
        at += LEASE - timedelta(seconds=1)
        assert _send(by_hand, _hand(by_hand, ana, at)[0], ana, at).is_new
    assert len(_hand(by_hand, ana, at)) == 1


@sqlite_only
def test_whom_nobody_took_cannot_be_texted(by_hand, somebody, volunteer, clock):
    rosa, ana = somebody(), volunteer()
    body = do(_prepared, by_hand, rosa.id, ana, clock.now())
    assert not do(texting.send, by_hand.id, rosa.id, ana, body, clock.now()).is_new
    assert _asks(by_hand) == []


def _prepared(session, by_hand, recipient_id, who, now):
    recipient = session.get(Recipient, recipient_id)
    contact = texting.recipient_queries.contact_of(session, recipient)
    return texting._first_text(
        session.get(Campaign, by_hand.id), session.get(Ask, by_hand.ask_id), recipient, contact, who, now
    ).body


def test_people_whose_hours_are_closed_are_skipped_until_they_open(by_hand, somebody, volunteer, clock):
    early = somebody(zones="Pacific/Honolulu")
    here = somebody()
    ana = volunteer()
    assert _take(by_hand, ana, clock.now()) == 1
    assert [text.recipient_id for text in _hand(by_hand, ana, clock.now())] == [here.id]
    assert fresh(Recipient, early.id).due_at == NINE_IN_HONOLULU
    with db.reading() as session:
        assert texting.recipient_queries.next_opening(session, by_hand.id, clock.now()) == NINE_IN_HONOLULU
    assert _take(by_hand, ana, NINE_IN_HONOLULU) == 2


@sqlite_only
def test_hours_that_close_while_in_hand_refuse_the_text(by_hand, somebody, volunteer, clock):
    rosa, ana = somebody(), volunteer()
    _take(by_hand, ana, clock.now())
    (text,) = _hand(by_hand, ana, clock.now())
    night = datetime(2027, 2, 4, 1, 30, tzinfo=UTC)
    assert "at this hour" in _send(by_hand, text, ana, night).says
    assert _asks(by_hand) == []
    assert fresh(Recipient, rosa.id).due_at > night


@sqlite_only
@pytest.mark.parametrize("before", [True, False])
def test_whoever_opted_out_is_neither_taken_nor_texted(by_hand, somebody, volunteer, clock, before):
    rosa, ana = somebody(), volunteer()
    if not before:
        _take(by_hand, ana, clock.now())
    do(ledger.record, rosa.phone, kind=Ban.OPT_OUT, because="STOP", by="them", now=clock.now())
    if before:
        assert _take(by_hand, ana, clock.now()) == 0
    else:
        text = _hand(by_hand, ana, clock.now())[0]
        assert "opted out" in _send(by_hand, text, ana, clock.now()).says
    assert _asks(by_hand) == []
    assert fresh(Recipient, rosa.id).status is RecipientStatus.EXCLUDED


@sqlite_only
def test_a_held_number_waits(by_hand, somebody, volunteer, clock):
    rosa, ana = somebody(), volunteer()
    _take(by_hand, ana, clock.now())
    text = _hand(by_hand, ana, clock.now())[0]
    do(ledger.record, rosa.phone, kind=Ban.HOLD, because="maybe stop", by="them", now=clock.now())
    assert not _send(by_hand, text, ana, clock.now()).is_new
    assert fresh(Recipient, rosa.id).status is RecipientStatus.PENDING


@sqlite_only
@pytest.mark.parametrize(
    ("standing", "told"),
    [
        ({"status": CampaignStatus.PAUSED, "paused_reason": "Paused by Kim."}, "It is paused. Paused by Kim."),
        ({"status": CampaignStatus.ENROLLING}, "still being listed"),
        ({"status": CampaignStatus.CLOSED}, "It is closed"),
        ({"asks_wait_since": datetime(2027, 2, 3, tzinfo=UTC)}, "help in the inbox first"),
    ],
)
def test_a_campaign_that_stands_still_says_why(by_hand, somebody, volunteer, clock, standing, told):
    somebody()
    ana = volunteer()
    _take(by_hand, ana, clock.now())
    text = _hand(by_hand, ana, clock.now())[0]
    update(Campaign, by_hand.id, **standing)
    with pytest.raises(RefusedError, match=told):
        _send(by_hand, text, ana, clock.now())
    with pytest.raises(RefusedError, match=told):
        _take(by_hand, ana, clock.now())
    assert _asks(by_hand) == []


@sqlite_only
def test_a_full_day_and_an_event_that_has_begun_stand_still_too(by_hand, somebody, volunteer, clock):
    somebody()
    ana = volunteer()
    update(Campaign, by_hand.id, segments_per_day=10)
    do(make.kept, SendingDay(day=texting.campaign_queries.ledger.day_of(clock.now()), segments=10))
    with pytest.raises(RefusedError, match="tomorrow"):
        _take(by_hand, ana, clock.now())
    with pytest.raises(RefusedError, match="already begun"):
        _take(by_hand, ana, fresh(Ask, by_hand.ask_id).starts_at)


@sqlite_only
def test_a_campaign_that_the_machine_sends_is_not_for_hands(by_hand, volunteer, clock):
    update(Campaign, by_hand.id, sent_by="machine")
    with pytest.raises(NotFoundError):
        _take(by_hand, volunteer(), clock.now())


def test_who_knows_them_leaves_them_to_another(by_hand, somebody, volunteer, clock):
    rosa, ana, ben = somebody(), volunteer("Ana"), volunteer("Ben")
    _take(by_hand, ana, clock.now())
    assert do(texting.pass_by, rosa.id, ana, Passing.KNOW_THEM)
    assert not do(texting.pass_by, rosa.id, ana, Passing.KNOW_THEM)
    assert _take(by_hand, ana, clock.now()) == 0
    assert _take(by_hand, ben, clock.now()) == 1


@sqlite_only
def test_a_wrong_person_is_left_out_with_the_reason(by_hand, somebody, volunteer, clock):
    rosa, ana, ben = somebody(), volunteer("Ana"), volunteer("Ben")
    _take(by_hand, ana, clock.now())
    assert not do(texting.pass_by, rosa.id, ben, Passing.WRONG_PERSON)
    assert do(texting.pass_by, rosa.id, ana, Passing.WRONG_PERSON)
    row = fresh(Recipient, rosa.id)
    assert (row.status, row.excluded_because) == (RecipientStatus.EXCLUDED, texting.WRONG_PERSON)


@sqlite_only
def test_given_back_is_free_at_once(by_hand, somebody, volunteer, clock):
    somebody()
    ana, ben = volunteer("Ana"), volunteer("Ben")
    _take(by_hand, ana, clock.now())
    assert do(texting.give_back, by_hand.id, ana) == 1
    assert _take(by_hand, ben, clock.now()) == 1


@sqlite_only
def test_versions_go_as_they_were_dealt(by_hand, somebody, volunteer, clock):
    (text,) = fresh(Ask, by_hand.ask_id).texts["en"]
    update(Ask, by_hand.ask_id, texts={"en": [text, text.replace("Hi", "Hello")]})
    for variant in (0, 1, 0, 1):
        somebody(variant=variant)
    ana = volunteer()
    _take(by_hand, ana, clock.now())
    assert [text.body.split()[0] for text in _hand(by_hand, ana, clock.now())] == ["Hi", "Hello", "Hi", "Hello"]
