"""What is said of an ask to a made-up supporter, and of an answer to a maybe, a not now and a not that."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phonebank.asks.coach import Judgement
from phonebank.handoffs import practising
from phonebank.handoffs.practising import Stage, judge
from phonebank.intents import Intent
from phonebank.replies.reading import read

ASK = "Hi Dana, it's Amanda with RepresentUs. Can I count on you to make calls with us on Wednesday at 6 pm?"
PEOPLE = practising.supporters()


def test_there_are_six_or_more_with_names_of_their_own():
    assert len({one.slug for one in PEOPLE}) == len(PEOPLE) >= 6
    assert {one.language for one in PEOPLE} == {"en", "es"}
    assert set(practising.guide()) == {"maybe", "not_now", "not_that", "yes"}


@pytest.mark.parametrize("one", PEOPLE, ids=lambda one: one.slug)
def test_nobody_asks_us_to_stop(one):
    for reply in one.replies.values():
        found = read(reply, lang=one.language)
        assert (found.intent is Intent.OPT_OUT, found.hold) == (False, False)


def test_an_ask_is_judged_by_the_coach():
    assert judge(Stage.ASK, ASK).is_good
    weak = judge(Stage.ASK, "Would you maybe be interested in helping sometime?")
    assert (weak.verdict.verdict, weak.is_good) == (Judgement.WEAK, False)
    assert all(point.says for point in weak.points)


GOOD = [
    (Stage.MAYBE, "Totally understand! Is it the time or the calling itself that gives you pause?"),
    (Stage.MAYBE, "What would make it a yes?"),
    (Stage.MAYBE, "Could you join us for just the first half hour, at 6:30 pm?"),
    (Stage.MAYBE, "Claro. ¿Qué te haría decir que sí?"),
    (Stage.NOT_NOW, "Could you make calls with us Sunday at 2 pm instead?"),
    (Stage.NOT_NOW, "Congratulations to him! We call again on Thursday at 7. Can I count on you then? 😊"),
    (Stage.NOT_NOW, "No pasa nada. ¿Puedes venir el domingo a las 2?"),
    (Stage.NOT_THAT, "I hear you. Will you bake for the volunteers on Sunday?"),
    (Stage.NOT_THAT, "Could you write three postcards from home?"),
    (Stage.NOT_THAT, "Can you lend us your truck on Saturday?"),
    (Stage.NOT_THAT, "¿Puedes escribir cinco cartas desde tu casa?"),
]
BAD = [
    (Stage.MAYBE, "Great. Can I count on you then?", "maybe means"),
    (Stage.MAYBE, "ok, let me know!", "End with one question"),
    (Stage.NOT_NOW, "How about Wednesday at 6 pm?", "another day or hour"),
    (Stage.NOT_NOW, "Could you do Thursday? Or Friday?", "End with one question"),
    (Stage.NOT_NOW, "Could you come Thursday at 6? No worries if not.", "End with one question"),
    (Stage.NOT_NOW, "I know you're busy, but could you maybe come Thursday at 6?", "assume the yes"),
    (Stage.NOT_THAT, "Can you make calls on Sunday?", "another way to help"),
    (Stage.NOT_THAT, "That's fine, sorry to have bothered you", "another way to help"),
]


@pytest.mark.parametrize(("stage", "text"), GOOD)
def test_an_answer_as_the_guides_have_it_is_well_said(stage, text):
    assert [point.says for point in judge(stage, text, known=ASK).points if not point.ok] == []


@pytest.mark.parametrize(("stage", "text", "told"), BAD)
def test_what_an_answer_lacks_is_told(stage, text, told):
    assert any(told in point.says for point in judge(stage, text, known=ASK).points if not point.ok)


def test_what_they_named_themselves_is_no_other_time():
    answer = "Could you come Saturday at 10 am?"
    assert judge(Stage.NOT_NOW, answer, known=ASK).is_good
    assert not judge(Stage.NOT_NOW, answer, known=f"{ASK}\nSaturdays at 10 am the bakery is full.").is_good


@pytest.mark.parametrize("text", ["", "   \n", "x" * 5000])
@pytest.mark.parametrize("stage", list(Stage))
def test_nothing_and_too_much_are_told_in_one_sentence(stage, text):
    found = judge(stage, text)
    assert (found.is_good, len(found.points)) == (False, 1)


@given(st.sampled_from(list(Stage)), st.text(max_size=300), st.text(max_size=100))
def test_any_text_gets_an_answer_with_exact_quotes(stage, text, known):
    for point in judge(stage, text, known=known).points:
        assert point.says or point.ok
        assert point.quote is None or point.quote in text
