"""Who takes a call without being asked: a machine, a fax, and whoever calls us back."""

import pytest

from phonebank.calls.models import Call
from phonebank.intents import Outcome
from phonebank.optouts.queries import is_opted_out
from phonebank.recipients.models import Recipient, RecipientStatus
from tests.support import conversations as make
from tests.support import talks
from tests.support.calling import Phone, calling
from tests.support.factories import do, fresh

pytestmark = pytest.mark.database("sqlite")


def stands(line):
    row = fresh(Recipient, line.row.recipient_id)
    return row.status, row.outcome


def test_a_machine_gets_the_message_once_after_the_beep_with_the_number_that_stops(phone):
    line = phone().picks_up().says("Hi, you have reached Rosa, please leave a message")
    assert not line.is_over
    assert line.machine("machine_end_beep").status_code == 204
    assert line.row.answered_by == "machine"
    line.posts(f"/twilio/calls/{line.call_id}/voicemail")
    assert "RepresentUs" in line.heard
    assert "8 0 0, 5 5 5, 0 1 4 3" in line.heard
    left = line.row.voicemail_at
    assert line.posts(f"/twilio/calls/{line.call_id}/voicemail").is_over
    assert line.row.voicemail_at == left
    assert stands(line) == (RecipientStatus.PENDING, Outcome.NONE)


def test_a_machine_that_could_not_be_turned_gets_the_message_at_its_next_step(phone):
    line = phone().picks_up()
    line.machine("machine_end_silence")
    assert "toll-free" in line.is_silent().heard


def test_without_a_toll_free_number_no_message_is_left(phone):
    line = phone(drive={"call_script": {"ask": "Will you come?"}}).picks_up()
    line.machine("machine_end_beep")
    assert line.posts(f"/twilio/calls/{line.call_id}/voicemail").heard == ""
    assert line.row.voicemail_at is None


def test_whoever_has_answered_is_no_machine(phone):
    line = phone().picks_up().presses("7")
    line.machine("machine_end_beep")
    assert line.row.answered_by is None


@pytest.mark.parametrize(
    ("told", "who"), [("human", "human"), ("unknown", "unknown"), ("fax", "fax"), ("new", "unknown")]
)
def test_who_took_the_call_is_kept(phone, told, who):
    line = phone().picks_up()
    line.machine(told)
    assert line.row.answered_by == who


def calls_us(voice_client, caller, ours=make.SENDER, sid="CA" + "9" * 32):
    line = Phone(voice_client, 0)
    line.posts("/twilio/voice", From=caller, To=ours, CallSid=sid)
    if line.next:
        line.call_id = int(line.next.split("/")[3])
    return line


def test_who_calls_back_hears_who_we_are_and_can_stop_us(voice_client, phone):
    line = calls_us(voice_client, phone().row.phone)
    assert line.heard.startswith("You have reached RepresentUs.")
    assert "Press 9" in line.heard
    line.presses("9")
    assert line.is_over
    assert do(is_opted_out, line.row.phone)


def test_who_calls_back_can_ask_to_be_called(voice_client, phone):
    line = calls_us(voice_client, phone().row.phone)
    line.presses("1")
    assert "When would be a good time?" in line.heard
    line.says("tomorrow morning")
    assert "tomorrow morning" in talks.waiting(line.row.phone)[0].why


def test_a_stranger_may_stop_us_too_and_a_repeated_call_is_one(voice_client, now):
    do(calling, now)
    line = calls_us(voice_client, "+12025550199")
    assert calls_us(voice_client, "+12025550199").call_id == line.call_id
    line.says("take me off your list")
    assert do(is_opted_out, "+12025550199")


def test_a_stranger_who_asks_is_in_the_inbox(voice_client, now):
    do(calling, now)
    line = calls_us(voice_client, "+12025550198").presses("1").is_silent()
    assert line.is_over
    assert len(talks.waiting("+12025550198")) == 1


@pytest.mark.parametrize("caller", ["anonymous", "", "+266696687", "Restricted"])
def test_a_hidden_number_hears_why_it_cannot_be_helped(voice_client, now, caller):
    do(calling, now)
    line = calls_us(voice_client, caller)
    assert line.is_over
    assert "hidden" in line.heard


def test_a_number_that_calls_itself_is_let_go(voice_client, now):
    do(calling, now)
    line = calls_us(voice_client, make.SENDER)
    assert line.is_over
    assert talks.rows(Call) == []
