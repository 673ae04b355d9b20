"""The words of a call: the campaign's own, ours in their place, and what the law wants at its beginning."""

import re
from datetime import UTC, datetime

import pytest

from phonebank.asks.models import Ask
from phonebank.calls.speaking import Script, languages, said_number, speak, words_of
from phonebank.campaigns.call_spec import CallSpec, CallWords
from phonebank.gateway.twiml import GoOn, HangUp, Listen, Spoken, document
from phonebank.rehearsal.twiml_rules import check_twiml

FIELDS = {"first_name": "Ann", "sender_name": "Amanda", "organization": "RepresentUs", "ask.when": "Monday at 6 pm"}


def script(**call):
    return Script({"en": FIELDS, "es": FIELDS}, CallSpec(**({"ask": "Will you come?"} | call)))


def test_the_greeting_of_the_campaign_is_left_as_it_is_when_it_says_who_calls_and_how_to_stop():
    assert words_of("greeting", "en", script()) == (
        "Hi Ann, this is Amanda with RepresentUs. Press 9 and we will not call again."
    )


@pytest.mark.parametrize(
    "greeting",
    [
        "Hi {{ first_name }}, how are you?",
        "Hi, this is {{ organization }}.",
        "Hi, this is {{ organization }}, and we have a long story to tell you of the bill, so press 9 later.",
        "Before anything else let me tell you a long story about the bill we all worked for, {{ organization }}. Press 9.",
        "{{ organization }} calling about the event at 9 tonight",
    ],
)
def test_a_greeting_says_who_calls_at_once_and_the_key_within_two_seconds(greeting):
    said = words_of("greeting", "en", script(greeting=greeting))
    before, _, after = said.partition("RepresentUs")
    assert len(before.split()) <= 15
    assert len(re.split(r"\b9\b", after)[0].split()) <= 6


def test_a_line_that_misses_a_value_is_said_in_our_own_words():
    assert words_of("ask", "en", script(ask="Come to {{ ask.place }}?")).startswith("Can I count on you")


def test_an_ask_that_names_no_keys_gets_them():
    assert words_of("ask", "en", script()) == ("Will you come? Press 1 for yes, 2 for no, or 3 to talk with one of us.")
    assert words_of("ask", "en", script(ask="Press 1 to come.")) == "Press 1 to come."


def test_a_disclaimer_is_said():
    said = Script({"en": FIELDS}, CallSpec(ask="Come?"), disclaimer="Paid for by us.")
    assert words_of("greeting", "en", said).endswith("Paid for by us.")


def test_spanish_has_its_own_words_and_voice():
    spanish = script(languages={"es": CallWords(ask="¿Viene?")})
    [one] = speak(("ask",), "es", spanish)
    assert one == Spoken(
        "¿Viene? Oprima 1 para sí, 2 para no, o 3 para hablar con alguien.", "Polly.Lupe-Neural", "es-US"
    )
    assert languages(spanish.call) == ("en", "es")


def test_an_invitation_is_said_in_its_own_language():
    [one] = speak(("invite_es",), "en", script())
    assert (one.words, one.language) == ("Para español, oprima 8.", "es-US")


def test_an_alternative_speaks_of_its_own_time():
    offered = {"not_now": (Ask(starts_at=datetime(2027, 2, 11, 23, tzinfo=UTC)), {"en": {"ask.when": "Thursday"}})}
    said = words_of("offer_not_now", "en", Script({"en": FIELDS}, CallSpec(ask="Come?"), offers=offered))
    assert said.startswith("Could you join us Thursday instead? Press 1")


def test_a_recorded_line_is_played():
    played = Script({"en": FIELDS}, CallSpec(ask="Come?"), audio={("ask", "en"): "https://example.org/a.mp3"})
    twiml = document(speak(("ask",), "en", played), HangUp())
    assert "<Play>https://example.org/a.mp3</Play><Hangup />" in twiml
    assert check_twiml(twiml) == []


def test_a_voicemail_ends_with_a_number_that_opts_out():
    fields = FIELDS | {"toll_free": said_number("+18005550143")}
    said = words_of("voicemail", "en", Script({"en": fields}, CallSpec(ask="Come?")))
    assert said.endswith("call toll-free 8 0 0, 5 5 5, 0 1 4 3. Again, 8 0 0, 5 5 5, 0 1 4 3.")


@pytest.mark.parametrize(
    "then", [Listen("https://x.org/a", "en-US", ("yes", "a,b", "x" * 200)), GoOn("/next"), HangUp()]
)
def test_what_we_answer_is_what_the_carrier_takes(then):
    spoken = [Spoken("Hi <b>Ann</b> & co" + "x" * 5000, "Polly.Joanna-Neural", "en-US"), Spoken(" ", "alice", "en-US")]
    assert check_twiml(document(spoken, then)) == []


def test_what_is_heard_or_not_always_goes_to_the_action():
    assert 'actionOnEmptyResult="true"' in document([], Listen("/a", "en-US"))
