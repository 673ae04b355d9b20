"""Writing a text down: once a step, never against the ledger, due when the person's hours allow."""

from datetime import UTC, datetime, timedelta

import pytest

from phonebank.errors import RefusedError
from phonebank.messages import composing
from phonebank.messages.composing import NewText
from phonebank.messages.models import Message, MessageKind, MessageStatus, Priority
from phonebank.optouts import ledger
from phonebank.optouts.models import Ban
from phonebank.recipients.models import Recipient
from tests.support import factories
from tests.support.factories import at_once, do, fresh, update

pytestmark = pytest.mark.usefixtures("database")
NINE_IN_NEW_YORK = datetime(2027, 2, 4, 14, 0, tzinfo=UTC)
NIGHT_IN_NEW_YORK = datetime(2027, 2, 4, 4, 0, tzinfo=UTC)  # eleven in the evening
CLOSING_IN_NEW_YORK = datetime(2027, 2, 5, 1, 0, tzinfo=UTC)


@pytest.fixture
def rosa(drive, clock):
    return do(factories.member, drive, clock.now())


@pytest.fixture
def words(drive, rosa):
    def made(**fields):
        usual = {
            "phone": rosa.phone,
            "sender": drive.sender,
            "kind": MessageKind.REMINDER,
            "body": "See you tomorrow at 6!",
            "priority": Priority.REMINDER,
            "campaign_id": drive.id,
            "recipient_id": rosa.id,
            "step": "reminder:1",
        }
        return NewText(**{**usual, **fields})

    return made


def _composed(text, now):
    return fresh(Message, do(composing.compose, text, now))


def test_the_same_step_is_written_once(words, clock):
    first = do(composing.compose, words(), clock.now())
    assert first is not None
    assert do(composing.compose, words(body="Other words"), clock.now()) is None
    assert do(composing.compose, words(step="reminder:2"), clock.now()) not in {None, first}


def test_the_same_step_is_written_once_by_threads_at_once(words, clock):
    written = at_once(6, lambda _: do(composing.compose, words(), clock.now()))
    assert len([one for one in written if one is not None]) == 1


def test_the_same_step_of_another_person_is_their_own(words, drive, clock):
    mia = do(factories.member, drive, clock.now())
    assert do(composing.compose, words(), clock.now())
    assert do(composing.compose, words(phone=mia.phone, recipient_id=mia.id), clock.now())


@pytest.mark.parametrize("ban", Ban)
def test_nothing_is_written_to_a_banned_number(words, rosa, clock, ban):
    do(ledger.record, rosa.phone, because="texted “STOP”", by="their text", now=clock.now(), kind=ban)
    for kind in MessageKind:
        with pytest.raises(RefusedError):
            do(composing.compose, words(kind=kind, step=kind.value), clock.now())


def test_a_text_inside_their_hours_is_due_now_and_lapses_with_them(words, clock):
    row = _composed(words(), clock.now())
    assert (row.due_at, row.lapses_at) == (clock.now(), CLOSING_IN_NEW_YORK - timedelta(days=1))
    assert row.status is MessageStatus.QUEUED


def test_a_text_at_night_waits_for_the_morning(words, clock):
    row = _composed(words(), NIGHT_IN_NEW_YORK)
    assert (row.due_at, row.lapses_at) == (NINE_IN_NEW_YORK, CLOSING_IN_NEW_YORK)


def test_every_zone_they_may_be_in_counts(words, rosa, clock):
    update(Recipient, rosa.id, zones="America/New_York|Pacific/Honolulu")
    row = _composed(words(), clock.now())
    assert row.due_at == datetime(2027, 2, 3, 19, 0, tzinfo=UTC), "nine in Honolulu"
    assert row.lapses_at == datetime(2027, 2, 4, 1, 0, tzinfo=UTC), "eight in the evening in New York"


def test_an_answer_may_follow_their_text_at_any_hour_for_ten_minutes(words, rosa, clock):
    do(factories.receiving.store, factories.inbound(rosa.phone, "sure?"), NIGHT_IN_NEW_YORK)
    answer = words(kind=MessageKind.CONFIRMATION, step="confirmation:1", priority=Priority.REPLY)
    soon = _composed(answer, NIGHT_IN_NEW_YORK + timedelta(minutes=9, seconds=59))
    assert soon.due_at == NIGHT_IN_NEW_YORK + timedelta(minutes=9, seconds=59)
    assert soon.lapses_at == NIGHT_IN_NEW_YORK + timedelta(minutes=10)
    late = words(kind=MessageKind.CONFIRMATION, step="confirmation:2", priority=Priority.REPLY)
    row = _composed(late, NIGHT_IN_NEW_YORK + timedelta(minutes=10))
    assert (row.due_at, row.lapses_at) == (NINE_IN_NEW_YORK, CLOSING_IN_NEW_YORK)


def test_somebody_elses_text_opens_no_window(words, drive, clock):
    mia = do(factories.member, drive, clock.now())
    do(factories.receiving.store, factories.inbound(mia.phone, "hello"), NIGHT_IN_NEW_YORK)
    assert _composed(words(), NIGHT_IN_NEW_YORK).due_at == NINE_IN_NEW_YORK


def test_a_number_nobody_knows_is_reached_only_where_it_may_be_everywhere(words, clock):
    row = _composed(words(phone="+18005550199", campaign_id=None, recipient_id=None, step=None), NIGHT_IN_NEW_YORK)
    assert row.due_at == datetime(2027, 2, 4, 19, 0, tzinfo=UTC), "nine in the morning in Honolulu"


def test_a_text_is_counted_and_priced_as_it_will_be_spoken(words, clock):
    row = _composed(words(body="ñ" * 161 + "’"), clock.now())
    assert row.segments > 1
    assert row.cost_micros == composing.price_micros(row.segments, clock.now().date()) > 0


def test_a_rolled_back_text_is_not_written(words, clock):
    def written_and_regretted(session):
        composing.compose(session, words(), clock.now())
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        do(written_and_regretted)
    assert do(composing.compose, words(), clock.now()) is not None
