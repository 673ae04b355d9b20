"""Keeping the queue topped up: each is asked once, in their hours, before the event, in the version dealt to them."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from phonebank import db
from phonebank.asks.models import Ask
from phonebank.campaigns.models import Campaign, CampaignStatus
from phonebank.messages import asking, tidying
from phonebank.messages.models import Message, MessageStatus
from phonebank.optouts import ledger
from phonebank.optouts.models import Ban
from phonebank.recipients.models import Recipient, RecipientStatus
from tests.support import factories
from tests.support.factories import at_once, do, fresh, update

pytestmark = pytest.mark.usefixtures("database")
NINE_IN_HONOLULU = datetime(2027, 2, 3, 19, 0, tzinfo=UTC)


def _top_up(drive, now):
    return do(asking.top_up, drive.sender, now)


def _asks(drive):
    with db.reading() as session:
        rows = session.exec(select(Message).where(Message.campaign_id == drive.id).order_by(col(Message.id))).all()
        session.expunge_all()
        return rows


def test_everyone_due_gets_one_ask_however_often_it_is_topped_up(drive, somebody, clock):
    people = [somebody(first_name=name) for name in ("Ana", "Ben", "Cy")]
    assert _top_up(drive, clock.now()) == 3
    assert _top_up(drive, clock.now()) == 0
    asks = _asks(drive)
    assert [ask.recipient_id for ask in asks] == [one.id for one in people]
    assert "Hi Ana" in asks[0].body
    assert "RepresentUs" in asks[0].body
    assert "STOP" in asks[0].body
    assert {ask.useless_at for ask in asks} == {fresh(Ask, drive.ask_id).starts_at}


def test_turns_at_once_write_each_ask_once(drive, somebody, clock):
    people = {somebody().id for _ in range(40)}
    at_once(4, lambda _: _top_up(drive, clock.now()))
    assert Counter(ask.recipient_id for ask in _asks(drive)) == dict.fromkeys(people, 1)


@pytest.mark.database("sqlite")
def test_no_more_is_written_ahead_than_is_soon_spoken(drive, somebody, clock, monkeypatch):
    monkeypatch.setattr(asking, "AHEAD", 2)
    monkeypatch.setattr(asking, "_AHEAD_S", 0)
    monkeypatch.setattr(asking, "_AT_ONCE", 1)
    for _ in range(5):
        somebody()
    while _top_up(drive, clock.now()):
        pass
    assert len(_asks(drive)) == 2


def test_a_group_whose_hours_are_closed_is_parked_whole(drive, somebody, clock):
    early = [somebody(zones="Pacific/Honolulu") for _ in range(3)]
    here = somebody()
    _top_up(drive, clock.now())
    assert [ask.recipient_id for ask in _asks(drive)] == [here.id]
    assert {fresh(Recipient, one.id).due_at for one in early} == {NINE_IN_HONOLULU}
    assert _top_up(drive, clock.now()) == 0, "nobody is looked at again and again"
    assert _top_up(drive, NINE_IN_HONOLULU) == 3
    assert len(_asks(drive)) == 4


def test_a_stated_state_has_hours_of_its_own(drive, somebody, clock):
    update(Campaign, drive.id, hours_start=datetime(2027, 1, 1, 8).time(), hours_end=datetime(2027, 1, 1, 21).time())
    florida, elsewhere = somebody(state="FL"), somebody()
    _top_up(drive, datetime(2027, 2, 4, 1, 30, tzinfo=UTC))  # half past eight in the evening
    assert [ask.recipient_id for ask in _asks(drive)] == [elsewhere.id]
    assert fresh(Recipient, florida.id).status is RecipientStatus.PENDING


def test_people_without_hours_left_before_the_event_are_left_out(drive, somebody, clock):
    update(Ask, drive.ask_id, starts_at=NINE_IN_HONOLULU - timedelta(minutes=1))
    late, here = somebody(zones="Pacific/Honolulu"), somebody()
    _top_up(drive, clock.now())
    row = fresh(Recipient, late.id)
    assert (row.status, row.excluded_because) == (RecipientStatus.EXCLUDED, tidying.NO_HOURS_LEFT)
    assert [ask.recipient_id for ask in _asks(drive)] == [here.id]


def test_hours_that_never_come_leave_people_out_with_the_reason(drive, somebody, clock):
    antipodes = somebody(zones="Europe/Madrid|Pacific/Auckland")
    _top_up(drive, clock.now())
    row = fresh(Recipient, antipodes.id)
    assert row.status is RecipientStatus.EXCLUDED
    assert "widen the campaign's hours" in row.excluded_because


def test_a_campaign_pauses_when_its_event_has_begun(drive, somebody, clock):
    waiting = somebody()
    _top_up(drive, fresh(Ask, drive.ask_id).starts_at)
    row = fresh(Campaign, drive.id)
    assert (row.status, row.paused_reason) == (CampaignStatus.PAUSED, asking.EVENT_BEGUN)
    assert _asks(drive) == []
    assert fresh(Recipient, waiting.id).status is RecipientStatus.PENDING


def test_a_campaign_with_nobody_left_runs_on_through_its_event(drive, clock):
    _top_up(drive, fresh(Ask, drive.ask_id).starts_at + timedelta(hours=1))
    assert fresh(Campaign, drive.id).status is CampaignStatus.RUNNING


def test_an_ask_without_a_date_is_asked_at_any_time(drive, somebody, clock):
    update(Ask, drive.ask_id, starts_at=None, ends_at=None)
    somebody()
    _top_up(drive, clock.now())
    assert [ask.useless_at for ask in _asks(drive)] == [None]


def test_who_opted_out_after_enrolling_is_left_out_and_who_is_held_waits(drive, somebody, clock):
    out, held, here = somebody(), somebody(), somebody()
    do(ledger.record, out.phone, because="STOP", by="their text", now=clock.now())
    do(ledger.record, held.phone, because="may have", by="the reader", now=clock.now(), kind=Ban.HOLD)
    _top_up(drive, clock.now())
    assert [ask.recipient_id for ask in _asks(drive)] == [here.id]
    assert fresh(Recipient, out.id).status is RecipientStatus.EXCLUDED
    row = fresh(Recipient, held.id)
    assert row.status is RecipientStatus.PENDING
    assert row.due_at > clock.now()
    do(ledger.lift, held.phone, because="read", by="Ana", now=clock.now(), kind=Ban.HOLD)
    assert _top_up(drive, row.due_at) == 1
    assert len(_asks(drive)) == 2


def test_somebody_whose_words_cannot_be_written_is_left_out_and_stops_nobody(drive, somebody, clock):
    update(Ask, drive.ask_id, texts={"en": ["Hi {{ first_name }}, it's RepresentUs. In? Reply STOP to end."]})
    nameless, named = somebody(first_name=""), somebody(first_name="Ana")
    _top_up(drive, clock.now())
    assert [ask.recipient_id for ask in _asks(drive)] == [named.id]
    row = fresh(Recipient, nameless.id)
    assert row.status is RecipientStatus.EXCLUDED
    assert "first_name" in row.excluded_because
    assert _top_up(drive, clock.now()) == 0


def test_each_gets_the_version_they_were_dealt_in_their_language(drive, somebody, clock):
    texts = {"en": ["First", "Second"], "es": ["Uno"]}
    update(Ask, drive.ask_id, texts=texts)
    for variant in range(4):
        somebody(variant=variant)
    somebody(variant=1, language="es")
    somebody(variant=3, language="fr")
    _top_up(drive, clock.now())
    said = [next(word for word in ("First", "Second", "Uno") if word in ask.body) for ask in _asks(drive)]
    assert said == ["First", "Second", "First", "Second", "Uno", "Second"]


def test_nothing_is_written_for_a_campaign_that_does_not_run(drive, somebody, clock):
    somebody()
    for status in (factories.PAUSED, factories.CLOSED, factories.DRAFT, factories.ENROLLING):
        update(Campaign, drive.id, status=status)
        assert _top_up(drive, clock.now()) == 0
    assert _asks(drive) == []


def test_an_ask_opted_out_of_while_it_waits_is_canceled_and_its_person_left_out(drive, somebody, clock):
    from phonebank.messages import tidying

    out = somebody()
    _top_up(drive, clock.now())
    do(ledger.record, out.phone, because="asked at the door", by="Ana", now=clock.now())
    assert not do(tidying.is_tidy, clock.now())
    do(tidying.tidy, clock.now())
    assert do(tidying.is_tidy, clock.now())
    assert [ask.status for ask in _asks(drive)] == [MessageStatus.CANCELED]
    assert fresh(Recipient, out.id).status is RecipientStatus.EXCLUDED, "or the campaign waits for them for ever"


def test_asks_whose_hours_end_move_to_the_next_day_and_are_canceled_past_the_event(drive, somebody, clock):
    from phonebank.messages import tidying

    somebody()
    _top_up(drive, clock.now())
    [ask] = _asks(drive)
    night = ask.lapses_at + timedelta(hours=1)
    do(tidying.tidy, night)
    [moved] = _asks(drive)
    assert (moved.status, moved.due_at) == (MessageStatus.QUEUED, datetime(2027, 2, 4, 14, 0, tzinfo=UTC))
    assert moved.lapses_at == datetime(2027, 2, 5, 1, 0, tzinfo=UTC)
    do(tidying.tidy, ask.useless_at)
    [over] = _asks(drive)
    assert over.status is MessageStatus.CANCELED
    assert fresh(Recipient, ask.recipient_id).status is RecipientStatus.EXCLUDED


def test_what_a_closed_campaign_still_had_queued_is_canceled_but_for_a_volunteers_words(drive, somebody, clock):
    from phonebank.messages import tidying
    from phonebank.messages.models import MessageKind

    to = somebody()
    with db.transaction() as session:
        factories.queued(session, to, drive, clock.now())
        kept = factories.queued(session, to, drive, clock.now(), kind=MessageKind.ANSWER, step="answer:1:a")
    update(Campaign, drive.id, status=factories.CLOSED)
    do(tidying.tidy, clock.now())
    assert [one.id for one in _asks(drive) if one.status is MessageStatus.QUEUED] == [kept]


def test_the_machine_writes_nothing_where_people_send_by_hand(drive, somebody, clock):
    update(Campaign, drive.id, sent_by="people")
    somebody()
    assert _top_up(drive, clock.now()) == 0
    assert _asks(drive) == []
