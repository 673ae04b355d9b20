"""A volunteer is told why, in the person's own words, and which other time or deed they named."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phonebank.intents import Intent
from phonebank.replies.reading import read

DOORS = "Can you knock doors with us Saturday at 10?"
CALLS = "Can you make calls with us Thursday at 6?"
_QUOTE = re.compile(r"'(.+?)'(?= \+ '| → )")


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("I can't do Saturday, Sunday after church works", "Sunday"),
        ("cant do saturday, sunday at 2 works tho", "sunday at 2"),
        ("Saturday's no good, but I'm free Sunday afternoon", "Sunday afternoon"),
        ("I can't make it Saturday, could I do Sunday instead?", "Sunday"),
        ("este sábado no puedo, el domingo sí", "el domingo"),
    ],
)
def test_a_not_now_keeps_the_time_it_names(text: str, time: str):
    reading = read(text, question=DOORS)
    assert reading.intent is Intent.NOT_NOW
    assert time in reading.named


@pytest.mark.parametrize(
    ("text", "deed"),
    [
        ("Not comfortable on the phone but I can bake for the office", "bake for the office"),
        ("No calls for me, but I can drive people to the polls", "drive people to the polls"),
        ("I hate phone calls, happy to write postcards instead", "postcards"),
        ("prefiero no llamar, pero puedo cocinar", "cocinar"),
    ],
)
def test_a_not_that_keeps_what_it_offers(text: str, deed: str):
    reading = read(text, question=CALLS)
    assert reading.intent is Intent.NOT_THAT
    assert deed in reading.named


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("Can't Wed, Thursday", "Thursday"),
        ("Thursday works, Wed doesn't", "Thursday"),
        ("can't at 6, 8pm ok?", "8pm"),
        ("El miércoles trabajo, el jueves puedo", "el jueves puedo"),
        ("I can't do evenings but mornings ok", "can't do evenings but mornings"),
    ],
)
def test_the_refused_time_is_left_out_where_another_stands_beside_it(text: str, time: str):
    assert read(text, question=DOORS).named == time


@pytest.mark.parametrize("text", ["yes", "no thanks", "maybe", "who is this?", "STOP", "", "Yes, see you Sunday at 2"])
def test_nothing_is_named_where_no_other_time_or_deed_is(text: str):
    assert not read(text, question=DOORS).named


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("can't wait!! see you there", "'can't wait' + 'see you there' → yes"),
        ("please quit texting me", "'quit texting me' → opt out"),
        ("I guess if my mom can watch the kids", "'I guess' + 'if my' → maybe"),
        ("sí claro", "'sí claro' → yes"),
        ("\u2800", "nothing we know → other"),
    ],
)
def test_the_words_that_told_are_quoted_with_what_they_told(text: str, why: str):
    assert read(text, question=DOORS).why == why


_SPOKEN = (
    "Yes no can't Saturday I'd love to maybe if Stop texting me please sorry busy work Sunday instead but bake gonna "
    "puedo domingo sí gracias claro quizás mañana who wrong number help 🙏 👍 , . ! ? idk nah yesss free at 7 with kids"
)
_WORDS = st.sampled_from(_SPOKEN.split())


@given(st.lists(_WORDS, min_size=1, max_size=14).map(" ".join))
def test_what_is_quoted_or_named_is_what_the_person_typed(text: str):
    reading = read(text, question=DOORS)
    typed = _pieces(text)
    for quote in [*_QUOTE.findall(reading.why), reading.named]:
        # a long quote may be cut in the middle of a word
        assert all(any(word.startswith(piece) for word in typed) for piece in _pieces(quote) - {","})


@given(st.text(max_size=4000))
def test_the_reason_and_what_is_named_stay_short(text: str):
    reading = read(f"not now {text} Sunday {text}", question=DOORS)
    assert len(reading.why) < 400
    assert len(reading.named) <= 120


def _pieces(text: str) -> set[str]:
    return set(re.findall(r"\w+(?:'\w*)*|[^\w\s]", text))
