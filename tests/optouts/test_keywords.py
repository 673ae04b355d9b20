"""Whole-message keywords are known however they are dressed, and nothing else is."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phonebank.optouts.keywords import (
    is_exact_help,
    is_exact_opt_in,
    is_exact_opt_out,
    is_stop_misspelled,
    looks_like_stop,
)

KEYWORDS = [
    *("STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "OPTOUT", "OPT OUT", "OPT-OUT", "REVOKE"),
    *("REMOVE", "ALTO", "PARAR", "BAJA", "CANCELAR", "BASTA"),
]


@pytest.mark.parametrize("keyword", KEYWORDS)
def test_each_published_keyword_is_an_opt_out_in_any_case(keyword: str):
    assert is_exact_opt_out(keyword)
    assert is_exact_opt_out(keyword.lower())
    assert is_exact_opt_out(keyword.title())


@given(
    st.sampled_from(KEYWORDS),
    st.text(alphabet=" \t\n\r.,!?\"'“”‘’«»¡¿…-–—()[]*_~🛑🙏😡❤️\u200b\u200e\u202e\ufeff\u00ad\u00a0", max_size=12),
    st.text(alphabet=" \t\n\r.,!?\"'“”‘’«»¡¿…-–—()[]*_~🛑🙏😡❤️\u200b\u200e\u202e\ufeff\u00ad\u00a0", max_size=12),
)
def test_what_surrounds_a_keyword_never_hides_it(keyword: str, before: str, after: str):
    assert is_exact_opt_out(before + keyword + after)


@given(st.sampled_from(KEYWORDS), st.sampled_from("\u0301\u0300\u0308\u0303"), st.integers(0, 6))
def test_accents_never_hide_a_keyword(keyword: str, accent: str, place: int):
    accented = keyword[: place + 1] + accent + keyword[place + 1 :]
    assert is_exact_opt_out(accented)
    assert is_exact_opt_out(unicodedata.normalize("NFC", accented))


@pytest.mark.parametrize(
    "text",
    [
        "cancel my sign-up",
        "stop by at six",
        "don't stop",
        "the end",
        "quit my job",
        "YES",
        "",
        "   ",
        "🛑🛑",
        "stopped",
    ],
)
def test_a_text_that_says_more_than_the_keyword_is_not_exact(text: str):
    assert not is_exact_opt_out(text)


def test_wide_letters_and_lone_surrogates_do_not_hide_a_keyword():
    assert is_exact_opt_out("\uff33\uff34\uff2f\uff30")
    assert is_exact_opt_out("STOP\ud800")


@pytest.mark.parametrize("text", ["START", " unstop! ", "Start."])
def test_start_and_unstop_opt_in(text: str):
    assert is_exact_opt_in(text)


@pytest.mark.parametrize("text", ["YES", "start now", "STOP", ""])
def test_nothing_else_opts_in(text: str):
    assert not is_exact_opt_in(text)


def test_help_is_known_in_both_languages_and_only_whole():
    assert all(map(is_exact_help, ("HELP", "info", "¡Ayuda!")))
    assert not is_exact_help("I can help on Saturday")


@pytest.mark.parametrize("text", ["stpo", "stp", "atop", "sotp", "STOPP", "stoppp", "dtop", "stip", "Stop1", "st0p"])
def test_one_slip_of_the_thumb_from_stop_is_an_opt_out(text: str):
    assert is_stop_misspelled(text)


@pytest.mark.parametrize("text", ["shop", "step", "top", "Slop", "stow"])
def test_a_word_of_its_own_is_no_slip_but_a_person_should_look(text: str):
    assert not is_stop_misspelled(text)
    assert looks_like_stop(text)


@pytest.mark.parametrize("text", ["yes", "no", "ok", "shop at six", "to", "post", "stuff", "spot on"])
def test_other_words_are_not_near_stop(text: str):
    assert not is_stop_misspelled(text)
    assert not looks_like_stop(text)


@given(st.text())
def test_no_text_raises(text: str):
    for judge in (is_exact_opt_out, is_exact_opt_in, is_exact_help, is_stop_misspelled, looks_like_stop):
        assert judge(text) in {True, False}
