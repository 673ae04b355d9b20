"""Each intent is read from the words people use, in English and Spanish, and a yes only when nothing limits it."""

import tomllib
from pathlib import Path

import pytest

from phonebank.intents import ANSWERED_BY_MACHINE, Intent
from phonebank.replies.reading import ACTS_FROM, Reading, read

ASK = "Can I count on you to make calls with us on Wednesday, February 10 at 6 pm?"
MEANT = tomllib.loads((Path(__file__).parent / "meant.toml").read_text("utf-8"))


@pytest.mark.parametrize(("intent", "text"), [(intent, text) for intent, texts in MEANT.items() for text in texts])
def test_a_reply_is_read_as_it_is_meant(intent: str, text: str):
    assert read(text, question=ASK).intent == intent


@pytest.mark.parametrize("text", [text for intent, texts in MEANT.items() if intent != "yes" for text in texts])
def test_no_other_reply_is_ever_acted_on_as_a_yes(text: str):
    reading = read(text, question=ASK)
    assert not (reading.acted and reading.intent is Intent.YES)


@pytest.mark.parametrize("text", MEANT["opt_out"])
def test_an_opt_out_is_acted_on_and_so_not_held(text: str):
    reading = read(text)
    assert (reading.intent, reading.acted, reading.hold) == (Intent.OPT_OUT, True, False)


@pytest.mark.parametrize(
    "limit",
    [
        *(
            "if my boss lets me",
            "unless it rains",
            "but only for an hour",
            "maybe",
            "I think",
            "probably",
            "but not then",
        ),
        *(
            "I hope",
            "depending on traffic",
            "pero llego tarde",
            "si salgo temprano",
            "on Thursday",
            "at 9pm",
            "no",
            "?",
        ),
    ],
)
@pytest.mark.parametrize("agreeing", ["Yes", "Sure", "Count me in", "Claro que sí"])
def test_a_yes_with_any_limit_is_never_acted_on_as_a_yes(agreeing: str, limit: str):
    reading = read(f"{agreeing} {limit}", question=ASK)
    assert not (reading.acted and reading.intent is Intent.YES)


@pytest.mark.parametrize(
    "text",
    [
        "I'll stop by at six",
        "don't stop texting me, I love these",
        "can't stop thinking about it",
        "what's the end time",
        "I quit my job so I'm free",
        "remove my name from the 6pm slot",
        "the bus stop is right there",
        "I never asked to be removed",
        "we must stop this bill",
        "cancel my sign-up please",
        "para mí está bien",
        "I had to end the call early",
        "My friend had to cancel",
    ],
)
def test_stop_about_something_else_is_not_an_opt_out(text: str):
    assert read(text, question=ASK).intent is not Intent.OPT_OUT


@pytest.mark.parametrize(
    "text",
    [
        "don't text me after 9",
        "how did you get my number",
        "shop",
        "this is spam",
        "fuck off",
    ],
)
def test_what_may_be_an_opt_out_holds_the_number_and_is_not_answered(text: str):
    reading = read(text)
    assert reading.hold
    assert not reading.acted


@pytest.mark.parametrize(
    ("text", "sent", "intent"),
    [
        ("2", "Reply 1 for yes, 2 for no.", Intent.NO),
        ("1", "Press 1 for yes, 2 for no, or 3 to talk with one of us.", Intent.YES),
        ("3", "Press 1 for yes, 2 for no, or 3 to talk with one of us.", Intent.OTHER),
        ("1️⃣", "1) Yes 2) No", Intent.YES),
        ("2", "YES (1) or NO (2)?", Intent.NO),
        ("2", "Responda 1 para sí, 2 para no", Intent.NO),
        ("y", "Still good? Reply Y or N.", Intent.YES),
        ("N.", "Still good? Reply Y or N.", Intent.NO),
        ("2", "Hello there", Intent.OTHER),
        ("2", None, Intent.OTHER),
    ],
)
def test_a_numbered_menu_makes_a_number_an_answer(text: str, sent: str | None, intent: Intent):
    assert read(text, sent=sent).intent is intent


def test_the_latest_menu_is_the_one_answered():
    assert read("1", sent=["Reply 1 for yes, 2 for no", "Reply 1 for no, 2 for yes"]).intent is Intent.NO


def test_several_texts_in_a_row_are_read_as_one():
    asks = read("Yes\nwhat's the address?", question=ASK)
    assert (asks.intent, asks.acted, asks.asks_too) == (Intent.YES, True, True)
    assert not read("yes\noh wait I can't", question=ASK).acted
    assert read("yes\nSTOP", question=ASK).intent is Intent.OPT_OUT


def test_a_plain_yes_asks_nothing():
    plain = read("Yes!", question=ASK)
    assert plain == Reading(Intent.YES, plain.confidence, "'Yes' → yes", acted=True)
    assert plain.confidence > ACTS_FROM


def test_a_day_the_ask_named_is_no_time_of_their_own():
    assert read("Yes, Wednesday at 6 pm works", question=ASK).acted
    assert not read("Yes, Friday at 8 pm works", question=ASK).acted


@pytest.mark.parametrize("mark", ['"', "“"])
def test_a_reaction_to_our_text_is_not_the_persons_words(mark: str):
    liked = read(f"Liked {mark}Hi Maya, can you come? Reply STOP to end{mark}")
    assert (liked.intent, liked.acted, liked.hold) == (Intent.YES, False, False)
    assert read(f"Laughed at {mark}Can I count on you?{mark}").intent is Intent.OTHER
    assert read(f"Disliked {mark}Can I count on you?{mark}").intent is Intent.NO


def test_the_evidence_quotes_the_words_as_typed():
    assert read("Sorry, CAN'T Saturday", question=ASK).why == "'CAN'T Saturday' → not now"


def test_a_language_without_phrases_goes_to_a_person_but_may_still_opt_out():
    assert not read("no", lang="fr").acted
    assert read("STOP", lang="fr").acted
    assert read("no", lang="es-MX").acted


def test_only_what_a_machine_may_answer_is_ever_acted_on():
    for texts in MEANT.values():
        for text in texts:
            reading = read(text, question=ASK)
            assert not reading.acted or (reading.intent in ANSWERED_BY_MACHINE and reading.confidence >= ACTS_FROM)
