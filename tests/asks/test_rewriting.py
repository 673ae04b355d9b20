"""A rewrite is made of the writer's own words, and is a hard ask by the coach's own judgement, or there is none."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phonebank.asks.coach import Judgement, check
from phonebank.asks.rewriting import rewrite

STACKED = (
    "Hi, I know you're probably busy and it's getting cold, but if you're free on Saturday we were wondering if you "
    "might be able to maybe join us for a canvass?"
)


@dataclass
class Draft:
    starts_at: datetime | None = datetime(2027, 2, 10, 18, tzinfo=UTC)
    ends_at: datetime | None = None
    action: str = "make calls with us"
    place: str = "on Zoom"
    why: str = ""
    link: str = ""
    timezone: str = "America/New_York"


@pytest.mark.parametrize(
    ("text", "harder"),
    [
        (
            "Would you be interested in phone banking with us on Tuesday, March 4 at 6pm?",
            "Can I count on you to phone bank with us on Tuesday, March 4 at 6pm?",
        ),
        (
            "We were wondering if you might be able to host a house party on Sunday at 4?",
            "Can I count on you to host a house party on Sunday at 4?",
        ),
        ("Sorry to bother you again! Can you make calls on Monday at 6?", "Can you make calls on Monday at 6?"),
        ("Can you make calls on Monday at 6? No worries if not!", "Can you make calls on Monday at 6?"),
        (
            "I know you're busy, but can you canvass with us Saturday at 10?",
            "Can I count on you to canvass with us Saturday at 10?",
        ),
        (
            "Hi Kim, we're phone banking Wednesday at 6 pm. Maybe you can join us?",
            "Hi Kim, we're phone banking Wednesday at 6 pm. Can I count on you to join us?",
        ),
        (
            "Please come to the hearing on Tuesday at 6! Reply STOP to end.",
            "Can I count on you to come to the hearing on Tuesday at 6? Reply STOP to end.",
        ),
        (
            "Hi everyone! Can you come to the hearing on Tuesday at 6?",
            "Hi {{ first_name }}! Can you come to the hearing on Tuesday at 6?",
        ),
        (
            "Could everybody add their name to the petition by Friday?",
            "Can I count on you to add your name to the petition by Friday?",
        ),
        ("Can you canvass Saturday at 10? And will you chip in $20?", "Can you canvass Saturday at 10?"),
        (
            "Please sign the petition today: https://ex.org/p",
            "Can I count on you to sign the petition today? https://ex.org/p",
        ),
        (
            "¿Te interesaría hacer llamadas con nosotros el martes a las 6?",
            "¿Puedo contar contigo para hacer llamadas con nosotros el martes a las 6?",
        ),
        (
            "¿Será posible que venga usted al foro el lunes a las 6?",
            "¿Puedo contar con usted para venir al foro el lunes a las 6?",
        ),
        ("¿Puede venir al foro el lunes a las 6? Si no puede, no pasa nada.", "¿Puede venir al foro el lunes a las 6?"),
        (
            STACKED,
            "Hi, can I count on you to join us for a canvass on Saturday?",
        ),
    ],
)
def test_a_soft_ask_is_put_as_a_hard_one_in_the_writers_words(text, harder):
    assert rewrite(text) == harder


@pytest.mark.parametrize(
    ("text", "harder"),
    [
        (
            "Hey Theo, will you knock doors with us?",
            "Hey Theo, can I count on you to knock doors with us {{ ask.when }}, {{ ask.place }}?",
        ),
        ("Would you like to get involved?", "Can I count on you to {{ ask.action }} {{ ask.when }}, {{ ask.place }}?"),
        (
            "¿Apoya usted la Medida C?",
            "¿Puedo contar con usted para {{ ask.action }} el {{ ask.when }}, {{ ask.place }}?",
        ),
    ],
)
def test_inside_a_campaign_its_deed_and_day_fill_in(text, harder):
    assert rewrite(text) != harder or rewrite(text) is None
    assert rewrite(text, ask=Draft()) == harder


def test_a_campaign_without_a_day_lends_none():
    assert rewrite("Will you knock doors with us?", ask=Draft(starts_at=None)) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "https://ex.org",
        "Do you support Measure C?",
        "Can you knock doors on Saturday at 10?",
        "x" * 100_000,
        "\ud83d",
    ],
)
def test_there_is_no_rewrite_of_what_is_hard_or_has_nothing_to_build_on(text):
    assert rewrite(text) is None


def test_the_pause_of_a_script_stays_where_it_waits():
    script = "Hi Bo, it's Liz. Would you be able to maybe come to the hall on Monday at 6? [pause] I'll text you."
    made = rewrite(script, channel="call")
    assert made == "Hi Bo, it's Liz. Can I count on you to come to the hall on Monday at 6? [pause] I'll text you."


PIECES = st.sampled_from(
    [
        "Hi ", "Hi Dana, ", "Hola, ", "Hi all! ", "sorry to bug you, ", "I know you're busy, but ", "maybe ", "we were wondering if ",
        "would you be interested in ", "can you ", "you could ", "making calls ", "make calls ", "join us ", "on Saturday ",
        "at 6 ", "if you have time", "and donate $5", "?", ". ", "! ", " no pressure", "¿puedes ", "hacer llamadas ", "el lunes ",
        "tal vez ", "{{ ask.when }}", "{% if x %}", "{{", "\u202e", "\u200b", "\ud83d", "😀", "İ", "[pause] ", "Reply STOP to end.",
    ]
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(PIECES, max_size=14).map("".join), st.sampled_from(["text", "call"]), st.sampled_from([None, Draft()]))
def test_every_rewrite_checks_as_hard(text, channel, ask):
    made = rewrite(text, channel=channel, ask=ask)
    if made is not None:
        assert check(made, channel=channel, ask=ask).verdict is Judgement.HARD
        assert made != text
        assert "  " not in made.strip() or "  " in text
