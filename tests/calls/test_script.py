"""The whole space of a call's states: from each, whatever is heard ends in words and a next step."""

import json
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phonebank.calls import lines
from phonebank.calls.script import (
    LAST_TURN,
    Heard,
    Place,
    Sound,
    Then,
    begin,
    begin_menu,
    end,
    from_json,
    next_step,
    to_json,
)
from phonebank.calls.speaking import Script, words_of
from phonebank.campaigns.call_spec import CallSpec
from phonebank.intents import Decision, Intent

HEARD = [
    Heard(what, offers, is_texted)
    for what, offers, is_texted in product([*Sound, *Decision], ("not_now", "not_that"), (False, True))
]
BEGINNINGS = [begin("en", ("en",)), begin("en", ("en", "es")), begin("es", ("en", "es")), begin_menu("en")]
SCRIPT = Script({}, CallSpec(ask="Will you come?"))


def every_state():
    """All states that any calls can come to, each once."""
    waiting, known = list(BEGINNINGS), {}
    while waiting:
        state = waiting.pop()
        if json.dumps(to_json(state)) not in known:
            known[json.dumps(to_json(state))] = state
            waiting += [] if state.last.then is Then.HANG_UP else [next_step(state, heard) for heard in HEARD]
    return list(known.values())


EVERY_STATE = every_state()


def test_from_every_state_every_input_ends_in_a_said_sentence_and_a_next_step():
    for state, heard in product(EVERY_STATE, HEARD):
        after = next_step(state, heard)
        assert after.last.lines
        assert after.last.then in Then
        assert after.turn == state.turn + 1
        assert (after.place is Place.OVER) == (after.last.then is Then.HANG_UP)


def test_every_line_that_can_be_said_has_words_in_both_languages():
    names = {(name, state.language) for state in EVERY_STATE for name in state.last.lines}
    for name, language in names:
        if name.startswith("offer_"):
            assert lines.template(name, language)
        else:
            assert words_of(name, language, SCRIPT).strip()


def test_no_call_goes_round_for_ever():
    assert max(state.turn for state in EVERY_STATE) <= LAST_TURN + 3


@given(st.sampled_from(BEGINNINGS), st.lists(st.sampled_from(HEARD), min_size=LAST_TURN + 2, max_size=30))
def test_whatever_is_heard_a_call_ends(state, many):
    for heard in many:
        state = next_step(state, heard)
    assert state.place is Place.OVER


def test_an_opt_out_ends_the_call_wherever_it_stands():
    for state in EVERY_STATE:
        after = next_step(state, Heard(Decision.OPT_OUT))
        assert after.last.lines == ("opted_out",)
        assert after.last.then is Then.HANG_UP


def test_nobody_who_waits_or_is_asked_for_a_time_is_asked_for_help_again():
    for state in EVERY_STATE:
        if state.place in {Place.WAITING, Place.WHEN}:
            assert all("ask" not in next_step(state, heard).last.lines for heard in HEARD)


def test_a_state_is_kept_whole():
    for state in EVERY_STATE:
        assert from_json(json.loads(json.dumps(to_json(state)))) == state


def test_silence_is_asked_once_more_and_then_ends():
    state = begin("en", ("en",))
    state = next_step(state, Heard(Sound.SILENCE))
    assert state.last.lines == ("silence", "ask")
    state = next_step(state, Heard(Sound.SILENCE))
    assert state.last.lines == ("nothing_heard", "goodbye")


def test_what_is_not_understood_twice_is_for_a_person():
    state = next_step(begin("en", ("en",)), Heard(Sound.UNCLEAR))
    assert state.last.lines == ("again", "ask")
    assert next_step(state, Heard(Sound.UNCLEAR)).last.then is Then.FETCH_PERSON


def test_spanish_begins_again_in_spanish_and_without_a_spanish_ask_fetches_a_person():
    both, one = begin("en", ("en", "es")), begin("en", ("en",))
    spanish = next_step(both, Heard(Sound.SPANISH))
    assert (spanish.language, spanish.last.lines) == ("es", ("greeting", "ask"))
    assert next_step(one, Heard(Sound.SPANISH)).last.then is Then.FETCH_PERSON


def test_an_alternative_is_put_in_the_same_call():
    state = next_step(begin("en", ("en",)), Heard(Decision.OFFER_ALTERNATIVE, "not_now"))
    assert (state.place, state.last.lines) == (Place.ALTERNATIVE, ("understood", "offer_not_now"))


def test_nobody_free_asks_when_and_keeps_the_time():
    waiting = next_step(begin("en", ("en",)), Heard(Decision.HAND_OFF))
    asked = next_step(waiting, Heard(Sound.NOBODY_FREE))
    assert asked.last.lines == ("nobody_free", "when")
    assert next_step(asked, Heard(Sound.TIME_NAMED)).last.lines[0] == "call_back_then"


def test_a_call_can_be_ended_with_any_line():
    assert end(begin("en", ("en",)), "late").last.lines == ("late",)


@pytest.mark.parametrize(
    ("key", "place", "meaning"),
    [
        ("1", Place.ASK, Intent.YES),
        ("2", Place.ASK, Intent.NO),
        ("3", Place.ALTERNATIVE, Intent.MAYBE),
        ("9", Place.WAITING, Intent.OPT_OUT),
        ("9", Place.MENU, Intent.OPT_OUT),
        ("1", Place.MENU, Intent.QUESTION),
        ("8", Place.ASK, Sound.SPANISH),
        ("5", Place.ASK, Sound.UNCLEAR),
        ("#", Place.MENU, Sound.UNCLEAR),
        ("1", Place.WHEN, Sound.UNCLEAR),
    ],
)
def test_a_key_means_what_the_table_says(key, place, meaning):
    state = next(one for one in EVERY_STATE if one.place is place and one.language == "en")
    assert lines.pressed(key, state) == meaning


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        ("Para español.", Sound.SPANISH),
        ("Spanish please", Sound.SPANISH),
        ("In English?", Sound.ENGLISH),
        ("Can I talk to someone?", Intent.QUESTION),
        ("Quiero hablar con una persona", Intent.QUESTION),
        ("yes", None),
        ("my daughter is a spanish teacher and she would love to come too", None),
    ],
)
def test_a_few_words_ask_for_a_language_or_a_person(words, meaning):
    assert lines.asked_for(words) == meaning
