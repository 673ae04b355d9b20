"""What stops a launch of calls, and what is said of those whom an artificial voice may not call."""

import pytest

from phonebank.asks import segments
from phonebank.campaigns.findings import About
from phonebank.contacts import ledger as numbers
from phonebank.contacts.models import Consent
from tests.campaigns.test_preflight import look
from tests.support.campaigns import NOW, a_contact
from tests.support.conversations import kept
from tests.support.factories import do

pytestmark = pytest.mark.usefixtures("database")
ELSA, OMAR = "+12025550143", "+12025550144"
CALL = {"ask": "Can we count on you to join us {{ ask.when }}? Press 1 for yes.", "calls_per_second": 0.5}


def look_at_calls(contacts=None, sender="+12025550190", **call):
    return look(channel="call", sender=sender, call=CALL | call, contacts=contacts)


def agrees(*phones):
    for phone in phones:
        do(kept, Consent(phone=phone, source="a form", recorded_by="Ana", recorded_at=NOW))


def told(found, about):
    return " ".join(one.sentence for one in found.told if one.about is about)


def two():
    return [a_contact(ELSA), a_contact(OMAR, "Omar")]


def test_calls_to_those_who_agreed_pass_with_their_price_and_time():
    agrees(ELSA, OMAR)
    found = look_at_calls(two())
    assert found.blockers == []
    assert found.cost_micros == int(2 * segments.call_cost(1, on=NOW.date(), is_scripted=True) * 1_000_000)
    assert found.seconds == pytest.approx(4)


@pytest.mark.parametrize(("mode", "is_said"), [("scripted", True), ("preview", False), ("power", False)])
def test_staff_are_told_to_have_somebody_ready_for_whoever_would_rather_talk(mode, is_said):
    agrees(ELSA, OMAR)
    assert ("Whoever asks for a person" in told(look_at_calls(two(), mode=mode), About.PEOPLE)) is is_said


def test_a_recording_is_announced_to_staff():
    agrees(ELSA, OMAR)
    assert "Everybody hears so before it begins" in told(look_at_calls(two(), record=True), About.TEXTS)


def test_only_a_voice_that_asks_is_recorded():
    assert "Only scripted calls" in " ".join(look_at_calls(two(), record=True, mode="preview").blockers)


def test_whoever_agreed_to_nothing_is_left_to_volunteers_and_said_at_launch():
    agrees(ELSA)
    found = look_at_calls(two())
    assert found.blockers == []
    assert "1 person has no consent recorded: only a volunteer may call them" in told(found, About.PEOPLE)


def test_a_voice_that_may_call_nobody_is_not_launched():
    assert "Nobody on the lists has a consent recorded" in " ".join(look_at_calls().blockers)


def test_volunteers_may_call_whoever_agreed_to_nothing():
    assert look_at_calls(mode="preview").blockers == []


def test_landlines_without_consent_are_counted_against_their_limit():
    do(numbers.note_textless, ELSA, because="a landline (21635)", now=NOW)
    found = look_at_calls()
    assert found.blockers == []
    assert "1 of those without a recorded consent have a landline" in told(found, About.PEOPLE)


def test_calls_come_from_a_number():
    agrees(ELSA)
    assert "Calls come from a number" in " ".join(look_at_calls(sender="MG" + "0" * 32).blockers)


def test_a_message_on_a_machine_needs_a_toll_free_number():
    agrees(ELSA)
    assert "toll-free" in " ".join(look_at_calls(voicemail="Call us back.").blockers)


def test_a_field_that_no_list_has_is_found_in_what_is_spoken():
    agrees(ELSA)
    assert "call.ask uses shoe_size" in " ".join(look_at_calls(ask="Is it {{ shoe_size }}? Press 1 for yes.").blockers)
