"""A call from its first word to its last, over the webhooks: who called, what they answered, what follows."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from phonebank import clock as our_clock
from phonebank import db
from phonebank.asks.models import Ask
from phonebank.calls.models import Call, CallLine, CallStatus, Speaker
from phonebank.campaigns.models import Alternative
from phonebank.contacts.models import TextlessNumber
from phonebank.gateway import twilio
from phonebank.intents import Outcome
from phonebank.messages import spool
from phonebank.messages.models import Direction, Message, MessageKind
from phonebank.optouts import ledger
from phonebank.optouts.queries import is_opted_out
from phonebank.recipients.models import Recipient, RecipientStatus
from phonebank.replies import conversing
from tests.support import conversations as make
from tests.support import talks
from tests.support.calling import PUBLIC, SCRIPT, TOKEN, Phone, a_call, calling
from tests.support.factories import do, fresh, member, update

pytestmark = pytest.mark.database("sqlite")
SPANISH = SCRIPT | {"languages": {"es": {"ask": "¿Viene a llamar con nosotros?"}}}


def stands(line):
    row = fresh(Recipient, line.row.recipient_id)
    return row.status, row.outcome


def texts(line):
    return [one.kind for one in talks.rows(Message, phone=line.row.phone, direction=Direction.OUT)]


def lines(line):
    return [(one.turn, one.speaker, one.digits or one.words) for one in talks.rows(CallLine, call_id=line.call_id)]


def offer(line, answers_to="not_now"):
    """An alternative of the call's campaign."""
    with db.transaction() as session:
        call = session.get(Call, line.call_id)
        starts = our_clock.now() + timedelta(days=9)
        other = make.kept(session, Ask(action="make calls with us", starts_at=starts))
        make.kept(session, Alternative(campaign_id=call.campaign_id, answers_to=answers_to, ask_id=other.id))


def test_whoever_takes_the_call_hears_who_calls_how_to_stop_and_the_ask(phone):
    line = phone().picks_up()
    assert line.heard.startswith("Hi Rosa, this is Amanda with RepresentUs. Press 9 and we will not call again. We are")
    assert line.heard.endswith("Press 1 for yes, 2 for no, or 3 to talk with one of us.")
    assert line.row.status is CallStatus.IN_PROGRESS


def test_a_yes_by_key_is_written_down_and_confirmed_by_text(phone):
    line = phone().picks_up().presses("1")
    assert line.is_over
    assert line.heard.startswith("Wonderful, Rosa! You are down for")
    assert "We are sending you a text" in line.heard
    assert stands(line) == (RecipientStatus.SETTLED, Outcome.YES)
    assert texts(line) == [MessageKind.CONFIRMATION]
    assert lines(line)[1][:3] == (1, Speaker.THEM, "1")


def test_a_yes_by_speech_is_read_like_a_text(phone):
    line = phone().picks_up().says("Yes, count me in!")
    assert stands(line) == (RecipientStatus.SETTLED, Outcome.YES)


def test_who_cannot_be_texted_is_told_of_no_text(phone):
    line = phone()
    with db.transaction() as session:
        session.add(TextlessNumber(phone=line.row.phone, because="a landline", noted_at=our_clock.now()))
    assert "text" not in line.picks_up().presses("1").heard
    assert (texts(line), stands(line)[1]) == ([], Outcome.YES)


def test_a_no_is_thanked_aloud_and_never_by_text(phone):
    line = phone().picks_up().presses("2")
    assert line.heard == "Thank you for telling me, Rosa. Goodbye."
    assert (texts(line), stands(line)) == ([], (RecipientStatus.SETTLED, Outcome.NO))


def test_another_time_is_offered_in_the_same_call_and_taken(phone):
    line = phone()
    offer(line)
    line.picks_up().says("I can't make it that day")
    assert "Could you join us" in line.heard
    assert not line.is_over
    line.presses("1")
    assert line.heard.startswith("Wonderful")
    assert (texts(line), stands(line)[1]) == ([MessageKind.CONFIRMATION], Outcome.YES)


@pytest.mark.parametrize("stop", ["presses 9", "says Stop calling me", "says take me off your list"])
def test_an_opt_out_is_in_the_ledger_before_the_call_ends(phone, stop):
    verb, words = stop.split(" ", 1)
    line = phone().picks_up()
    getattr(line, verb)(words)
    assert (line.heard, line.is_over) == ("We will not call you again. Goodbye.", True)
    assert do(is_opted_out, line.row.phone)
    assert stands(line)[1] is Outcome.OPTED_OUT


def test_an_opt_out_cancels_the_calls_that_wait(phone, now):
    line = phone().picks_up()
    with db.transaction() as session:
        drive = calling(session, now)
        other = a_call(session, drive, now, phone=line.row.phone, status=CallStatus.QUEUED, attempts=0)
    line.presses("9")
    assert fresh(Call, other).status is CallStatus.CANCELED


@pytest.mark.parametrize("answer", ["presses 3", "says Can I talk to someone?", "says maybe, I have to check"])
def test_who_wants_a_person_is_in_the_inbox_with_the_time_they_named(phone, answer):
    verb, words = answer.split(" ", 1)
    line = phone().picks_up()
    getattr(line, verb)(words)
    assert "find one of us" in line.heard
    assert line.row.wants_person_at is not None
    [handoff] = talks.waiting(line.row.phone)
    assert line.next.endswith("/bridge")
    line.goes_on().goes_on()
    assert line.heard.endswith("When would be a good time?")
    line.says("tonight at seven")
    assert line.is_over
    assert "tonight at seven" in talks.waiting(line.row.phone)[0].why
    assert [one.id for one in talks.waiting(line.row.phone)] == [handoff.id]


def test_nothing_heard_is_asked_once_more_and_then_left(phone):
    line = phone().picks_up().is_silent()
    assert line.heard.startswith("I did not hear you. We are making calls")
    assert line.is_silent().is_over
    assert talks.waiting(line.row.phone) == []


@pytest.mark.parametrize("noise", ["presses 7", "presses *", "says Ich verstehe kein Wort davon", "says blurb zzz"])
def test_what_nobody_understands_is_asked_again_and_then_for_a_person(phone, noise):
    verb, words = noise.split(" ", 1)
    line = phone().picks_up()
    getattr(line, verb)(words)
    assert line.heard.startswith("Let me say that once more.")
    getattr(line, verb)(words)
    assert "find one of us" in line.heard
    [handoff] = talks.waiting(line.row.phone)
    assert words in handoff.why


def test_words_the_carrier_hardly_heard_are_no_answer_but_an_opt_out_is(phone):
    assert not phone().picks_up().says("yes", confidence="0.1").is_over
    line = phone().picks_up().says("stop", confidence="0.1")
    assert do(is_opted_out, line.row.phone)


def test_spanish_by_key_by_word_and_by_language(phone):
    for answer in ("8", "en español por favor"):
        line = phone(drive={"call_script": SPANISH}).picks_up()
        assert "Para español, oprima 8." in line.heard
        line = line.presses(answer) if answer == "8" else line.says(answer)
        assert line.heard.startswith("Hola Rosa, le habla Amanda de RepresentUs. Oprima 9")
        assert "¿Viene a llamar con nosotros?" in line.heard
        assert line.says("sí, cuente conmigo").heard.startswith("¡Excelente, Rosa!")
    line = phone(drive={"call_script": SPANISH}, language="es").picks_up()
    assert line.heard.startswith("Hola Rosa")


def test_the_same_webhook_twice_says_the_same_and_does_it_once(phone):
    line = phone().picks_up()
    path = line.next
    first = line.presses("3").heard
    assert line.posts(path, Digits="3").heard == first
    assert line.posts(path, Digits="1").heard == first
    assert len(talks.waiting(line.row.phone)) == 1
    assert stands(line)[1] is Outcome.MAYBE
    assert line.picks_up().heard == first


def test_webhooks_out_of_order_change_nothing(phone):
    line = phone().picks_up()
    asked = line.heard
    assert line.posts(f"/twilio/calls/{line.call_id}/answer/5", Digits="1").heard == asked
    assert stands(line)[1] is Outcome.NONE
    assert line.posts(f"/twilio/calls/{line.call_id}/nobody").heard == asked


def test_an_answer_before_the_start_gets_the_greeting(phone):
    line = phone()
    assert line.posts(f"/twilio/calls/{line.call_id}/answer/1", Digits="1").heard.startswith("Hi Rosa")


def test_a_call_that_comes_late_ends_politely(phone, now):
    line = phone(lapses_at=now).picks_up()
    assert "too late" in line.heard
    assert line.is_over


def test_who_stopped_while_it_rang_is_not_asked(phone, now):
    line = phone()
    do(ledger.record, line.row.phone, because="said so", by="Ana", now=now)
    assert line.picks_up().is_over
    assert "by mistake" in line.heard


def test_a_call_we_do_not_know_ends_with_words(voice_client, now):
    for path in ("0/start", "77/answer/3", "x/start", "99999999999999/nobody"):
        assert Phone(voice_client, 0).posts(f"/twilio/calls/{path}").is_over


def test_while_the_database_is_away_they_hear_so_and_a_stop_is_kept_on_disk(phone, tmp_path, monkeypatch):
    def down(*_, **__):
        raise OperationalError("select", {}, Exception("down"))

    line = phone().picks_up()
    monkeypatch.setattr(conversing, "hear", down)
    assert "went wrong on our side" in line.presses("1").heard
    line = phone().picks_up()
    assert "We will not call you again" in line.presses("9").heard
    folder = tmp_path / "var" / "spool"
    assert spool.is_waiting(folder)
    spool.replay(folder)
    with db.reading() as session:
        assert is_opted_out(session, line.row.phone)


def test_a_stop_that_neither_database_nor_disk_takes_is_not_promised(phone, monkeypatch):
    def down(*_, **__):
        raise OperationalError("select", {}, Exception("down"))

    def full(*_, **__):
        raise OSError("no space left")

    line = phone().picks_up()
    monkeypatch.setattr(conversing, "hear", down)
    monkeypatch.setattr(spool, "keep", full)
    assert "went wrong on our side" in line.presses("9").heard


def test_what_the_carrier_did_not_sign_is_refused(phone, voice_client):
    line = phone()
    for path in (f"/twilio/calls/{line.call_id}/start", "/twilio/voice"):
        assert voice_client.post(path, data={"Digits": "9"}).status_code == 403
        form = {"AccountSid": "AC" + "1" * 32}
        signed = {"X-Twilio-Signature": twilio.sign(PUBLIC + path, form, TOKEN)}
        assert (
            voice_client.post(path, data=form, headers=signed, environ_overrides={"RAW_URI": path}).status_code == 403
        )
    assert line.row.script == {}


def test_a_test_call_says_everything_and_does_nothing(voice_client, now):
    with db.transaction() as session:
        drive = calling(session, now)
        call_id = a_call(
            session, drive, now, kind="test", recipient_id=None, step=None, rings=member(session, drive, now)
        )
    update(Call, call_id, recipient_id=None)
    line = Phone(voice_client, call_id).picks_up()
    assert line.heard.startswith("Hello, this is Amanda with RepresentUs. Press 9")
    assert line.presses("3").goes_on().heard.endswith("When would be a good time?")
    assert line.presses("9").is_over
    assert talks.waiting(line.row.phone) == []
    assert not do(is_opted_out, line.row.phone)
