"""A call is dialed once a step, moves only forward, and nobody is called whom nothing lets us call."""

from datetime import timedelta

import pytest
from sqlmodel import select

from phonebank.calls import lifecycle, paying, settling, tidying, trying
from phonebank.calls.models import Call, CallKind, CallStatus
from phonebank.campaigns.models import Campaign, CampaignStatus
from phonebank.contacts import ledger as numbers
from phonebank.gateway.contract import Accepted, Failure, GatewayError
from phonebank.gateway.inbound import AnsweredBy, CallReport
from phonebank.messages.models import Message
from phonebank.optouts import ledger as optouts
from phonebank.recipients.models import Recipient, RecipientStatus
from tests.calls.conftest import SCRIPT, SENDER, call_sid
from tests.support.conversations import kept
from tests.support.factories import at_once, do, fresh, update

pytestmark = pytest.mark.usefixtures("database")


def claim(clock, most=10):
    return do(lifecycle.claim, SENDER, most, by_machine=True, now=clock.now())


@pytest.fixture
def dialed(somebody, queued, clock):
    """dialed(): the id and sid of a call that the carrier took."""

    def made(**fields):
        call_id, sid = queued(somebody(), **fields), call_sid()
        (mine,) = claim(clock)
        do(settling.accepted, mine, Accepted(sid, 0))
        return call_id, sid

    return made


def tell(clock, call_id, sid, status, sequence, **more):
    told = CallReport(sid=sid, status=status, sequence=sequence, **more)
    return do(settling.reported, call_id, told, clock.now())


def test_a_due_call_is_claimed_once_however_many_try(somebody, queued, clock):
    call_id = queued(somebody())
    taken = at_once(4, lambda _mine: claim(clock))
    assert [call.id for calls in taken for call in calls] == [call_id]


@pytest.mark.parametrize("status", [CampaignStatus.PAUSED, CampaignStatus.CLOSED])
def test_a_campaign_that_does_not_run_calls_nobody(drive, somebody, queued, clock, status):
    queued(somebody())
    update(Campaign, drive.id, status=status)
    assert claim(clock) == []


def test_whoever_opted_out_is_not_called(somebody, queued, clock):
    who = somebody()
    call_id = queued(who)
    do(optouts.record, who.phone, because="no", by="Ana", now=clock.now())
    assert claim(clock) == []
    do(tidying.tidy, clock.now())
    assert fresh(Call, call_id).status is CallStatus.CANCELED
    assert fresh(Recipient, who.id).status is RecipientStatus.EXCLUDED


def test_a_call_whose_hours_are_nearly_over_is_not_dialed(somebody, queued, clock):
    queued(somebody(), lapses_at=clock.now() + timedelta(seconds=20))
    assert claim(clock) == []


def test_no_artificial_voice_calls_without_consent(somebody, queued, clock):
    queued(somebody(consent=False))
    assert claim(clock) == []


def test_a_landline_without_consent_is_called_three_times_in_thirty_days(somebody, queued, clock):
    who = somebody(consent=False)
    do(numbers.note_textless, who.phone, because="a landline (21635)", now=clock.now())
    for number in range(4):
        queued(who, step=f"call#{number + 1}")
    for _ in range(3):
        assert len(claim(clock, most=1)) == 1
    assert claim(clock, most=1) == []
    clock.pass_by(days=31)
    assert len(claim(clock, most=1)) == 1


def test_reports_move_a_call_forward_only(dialed, clock):
    call_id, sid = dialed()
    assert tell(clock, call_id, sid, "in-progress", 2)
    assert not tell(clock, call_id, sid, "ringing", 1)
    assert fresh(Call, call_id).status is CallStatus.IN_PROGRESS
    assert tell(clock, call_id, sid, "completed", 3, duration_s=61)
    assert not tell(clock, call_id, sid, "completed", 3, duration_s=61)
    assert not tell(clock, call_id, call_sid(), "failed", 9)
    call = fresh(Call, call_id)
    assert (call.status, call.duration_s) == (CallStatus.COMPLETED, 61)
    assert call.cost_micros == paying.price_micros(2, clock.now().date())


def test_a_report_before_the_carriers_answer_is_not_undone_by_it(somebody, queued, clock):
    call_id, sid = queued(somebody()), call_sid()
    (mine,) = claim(clock)
    assert tell(clock, call_id, sid, "ringing", 1)
    do(settling.accepted, mine, Accepted(sid, 0))
    assert fresh(Call, call_id).status is CallStatus.RINGING


def test_what_may_have_rung_stays_in_doubt(somebody, queued, clock):
    call_id = queued(somebody())
    (mine,) = claim(clock)
    do(settling.refused, mine, GatewayError("?", Failure.UNKNOWN), clock.now())
    assert fresh(Call, call_id).status is CallStatus.DIALING


def test_a_sender_that_is_not_ours_pauses_the_campaign_and_keeps_the_call(drive, somebody, queued, clock):
    call_id = queued(somebody())
    (mine,) = claim(clock)
    do(settling.refused, mine, GatewayError("no", Failure.REFUSED, 21210), clock.now())
    assert fresh(Call, call_id).status is CallStatus.QUEUED
    assert fresh(Campaign, drive.id).status is CampaignStatus.PAUSED


def test_no_budget_dials_nothing_and_pauses(drive, somebody, queued, clock):
    call_id = queued(somebody())
    update(Campaign, drive.id, budget_micros=100)
    claimed = claim(clock)
    assert do(paying.pay, claimed, clock.now()) == []
    assert fresh(Call, call_id).status is CallStatus.QUEUED
    assert fresh(Campaign, drive.id).status is CampaignStatus.PAUSED


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed"])
def test_nobody_there_is_tried_again_at_another_time_of_day(drive, dialed, clock, status):
    call_id, sid = dialed()
    tell(clock, call_id, sid, status, 3)
    (again,) = tries(drive, "call#2")
    assert again.status is CallStatus.QUEUED
    assert again.due_at - clock.now() >= timedelta(hours=4)
    assert fresh(Recipient, again.recipient_id).status is RecipientStatus.PENDING


def test_an_empty_machine_is_tried_again_and_one_with_a_message_is_not(drive, dialed, clock):
    call_id, sid = dialed()
    tell(clock, call_id, sid, "completed", 3, answered_by=AnsweredBy.MACHINE, duration_s=9)
    assert len(tries(drive, "call#2")) == 1
    left, sid = dialed(voicemail_at=clock.now())
    tell(clock, left, sid, "completed", 3, answered_by=AnsweredBy.MACHINE, duration_s=9)
    assert fresh(Recipient, fresh(Call, left).recipient_id).status is RecipientStatus.ASKED
    assert len(tries(drive, "call#2")) == 1


def test_after_the_last_try_a_text_says_who_called(drive, dialed, clock):
    update(
        Campaign, drive.id, call_script=SCRIPT | {"missed_text": "We called you. Can we count on you? {{ ask.when }}"}
    )
    call_id, sid = dialed(step="call#3")
    tell(clock, call_id, sid, "no-answer", 3)
    who = fresh(Call, call_id).recipient_id
    (text,) = do(texts_to, who)
    assert text == ("ask", drive.id)
    assert fresh(Recipient, who).status is RecipientStatus.PENDING


def test_after_the_last_try_without_a_text_they_are_left_alone(dialed, clock):
    call_id, sid = dialed(step="call#3")
    tell(clock, call_id, sid, "busy", 3)
    who = fresh(Recipient, fresh(Call, call_id).recipient_id)
    assert (who.status, who.excluded_because) == (RecipientStatus.UNREACHABLE, trying.NOBODY)


def test_a_fax_is_not_called_again(drive, dialed, clock):
    call_id, sid = dialed()
    tell(clock, call_id, sid, "completed", 3, answered_by=AnsweredBy.FAX, duration_s=2)
    assert fresh(Recipient, fresh(Call, call_id).recipient_id).status is RecipientStatus.UNREACHABLE
    assert tries(drive, "call#2") == []


def test_first_tries_are_written_down_once_and_only_where_the_law_lets_a_machine_call(drive, somebody, clock):
    known, unknown = somebody(), somebody(consent=False)
    for _ in range(2):
        do(trying.top_up, SENDER, clock.now())
    assert [call.recipient_id for call in tries(drive, "call")] == [known.id]
    assert fresh(Recipient, unknown.id).composed_at is None


def test_who_waited_and_hung_up_is_counted_as_abandoned(dialed, clock):
    call_id, sid = dialed()
    tell(clock, call_id, sid, "in-progress", 2)
    update(Call, call_id, wants_person_at=clock.now())
    tell(clock, call_id, sid, "completed", 3, duration_s=20)
    assert fresh(Call, call_id).abandoned_at == clock.now()


def test_a_test_call_needs_no_campaign(clock, database):
    row = Call(kind=CallKind.TEST, phone="+12025550111", sender=SENDER, due_at=clock.now(), created_at=clock.now())
    do(kept, row)
    assert len(do(lifecycle.claim, SENDER, 5, by_machine=False, now=clock.now())) == 1


def texts_to(session, recipient_id):
    return [
        (one.step, one.campaign_id) for one in session.exec(select(Message).where(Message.recipient_id == recipient_id))
    ]


def tries(drive, step):
    def found(session):
        rows = list(session.exec(select(Call).where(Call.campaign_id == drive.id, Call.step == step)))
        session.expunge_all()
        return rows

    return do(found)
