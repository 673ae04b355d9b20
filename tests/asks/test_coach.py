"""The coach judges as the organizing guides do, quotes only what was written, and takes any text whatever."""

import json
import time
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phonebank.asks import coach
from phonebank.asks.anatomy import Anatomy
from phonebank.asks.coach import DECIDING, Judgement, Principle, check
from phonebank.asks.folding import fold
from phonebank.asks.rewriting import rewrite

CORPUS = Path(__file__).parents[2] / "bench" / "corpus" / "asks"
LABELLED = tomllib.loads(Path(__file__).with_name("labelled.toml").read_text("utf-8"))
CASES = [(text, label) for label, texts in LABELLED.items() for text in texts]
WORDS = [
    "Hi ",
    "Maria",
    "can you ",
    "call 10 people ",
    "Saturday",
    " at 6 pm",
    "? ",
    ". ",
    "\n",
    "  ",
    "{{ ask.when }}",
    "{% if x %}",
]
ODD = [
    "’",
    "İ",
    "ﬃ",
    "\ud83d",
    "😀",
    "\u200b",
    "\x00",
    "¿Puede ",
    "miércoles",
    "maybe ",
    "{{",
    "}}",
    "e\u0301",
    "\u202e",
]


def findings(text, **rest):
    return {f.principle: f for f in reversed(check(text, **rest).findings)}


@pytest.mark.parametrize(("text", "label"), CASES)
def test_an_ask_is_judged_as_the_guides_would(text, label):
    verdict = check(text)
    missing = [(f.principle.value, f.quote) for f in verdict.findings if not f.ok and f.principle in DECIDING]
    assert verdict.verdict == label, missing


@pytest.mark.parametrize("text", [text for text, _ in CASES])
def test_form_does_not_change_the_judgement(text):
    expected = check(text).verdict
    for same in (f"  {text}\n", text.replace("'", "’"), text.replace(" ", "  "), text.replace(" ", "\xa0"), f"{text} "):
        assert check(same).verdict is expected, same


@given(
    st.lists(st.one_of(st.sampled_from(WORDS), st.sampled_from(ODD), st.text(max_size=10)), max_size=20).map("".join)
)
def test_every_quote_is_a_slice_of_the_text_and_the_verdict_follows_from_the_findings(text):
    verdict = check(text)
    assert all(f.quote is None or (f.quote and f.quote in text) for f in verdict.findings)
    assert all(bool(f.advice) is not f.ok for f in verdict.findings)
    misses = [f for f in verdict.findings if not f.ok and f.principle in DECIDING]
    assert verdict.verdict is (Judgement.HARD, Judgement.NEARLY)[len(misses)] if len(misses) < 2 else Judgement.WEAK
    assert [f.ok for f in verdict.findings] == sorted(f.ok for f in verdict.findings)
    json.dumps(verdict.as_json())


@given(st.text(max_size=80))
def test_folding_keeps_every_letter_in_its_place(text):
    assert len(fold(text)) == len(text)


@pytest.mark.parametrize(
    ("text", "principle", "quote"),
    [
        ("Can you maybe call 10 people on Monday?", Principle.CONFIDENCE, "maybe"),
        ("Sorry to bother you! Can you call 10 people on Monday?", Principle.CONFIDENCE, "Sorry to bother you"),
        ("I know you’re busy. Can you canvass Monday at 5?", Principle.CONFIDENCE, "you’re busy"),
        ("Hi everyone, can you canvass Monday at 5?", Principle.PERSON, "Hi everyone"),
        ("Can you knock on doors or make  calls Monday at 5?", Principle.ONE_ASK, "make  calls"),
        ("Can you canvass Monday at 5? Please sign our petition.", Principle.ONE_ASK, "Please sign our petition"),
        ("Can you join our canvass this weekend?", Principle.WHEN, "this weekend"),
        ("¿Quizás puedes tocar puertas el sábado a las 10?", Principle.CONFIDENCE, "Quizás"),
        ("Hi [First Name], can you canvass Monday at 5?", Principle.PLACEHOLDER, "[First Name]"),
        ("Hi {first_name}, can you canvass Monday at 5?", Principle.PLACEHOLDER, "{first_name}"),
        ("It’s Amanda! 🎉 Can you canvass Monday at 5?", Principle.ENCODING, "🎉"),
    ],
)
def test_what_weakens_an_ask_is_quoted_in_the_writers_own_letters(text, principle, quote):
    found = findings(text)[principle]
    assert (found.ok, found.quote) == (False, quote)
    assert found.advice


@pytest.mark.parametrize(
    "innocent",
    [
        "Our office is at 12 Maybe Street.",
        "The primary is in the month of May.",
        "There will be free pizza.",
        "It is our busy season.",
        "Reply STOP to end.",
        "Text STOP to opt out.",
        "Sorry we missed you last week.",
        "If Saturday doesn't work, Sunday does.",
        "What kind of city do we want? A fair one.",
        "We can stop the highway, and every voice matters.",
        "Help us reach everyone in the county.",
        "Casi 500 vecinos ya dijeron que van.",
    ],
)
def test_innocent_words_are_no_hedge_and_no_crowd(innocent):
    text = f"Hi Maria, it's Sam with Fair Maps. {innocent} Can you knock on doors with us Saturday, May 8 at 10 am?"
    assert check(text).verdict is Judgement.HARD


def test_a_day_must_belong_to_the_deed():
    assert findings("Thanks for canvassing on Saturday! Can you phone bank with us?")[Principle.WHEN].ok is False
    assert findings("The hearing is on Tuesday. Can you call your senator?")[Principle.WHEN].ok is False
    assert findings("We meet on Tuesday at 6. Can you join our phone bank?")[Principle.WHEN].quote == "Tuesday"


@dataclass
class Draft:
    starts_at: datetime | None
    ends_at: datetime | None = None
    action: str = "make calls"
    place: str = ""
    why: str = ""
    link: str = ""
    timezone: str = "America/New_York"


def test_a_text_may_leave_the_day_to_the_campaign_only_when_the_campaign_has_one():
    text = "{{ first_name }}, will you {{ ask.action }} with us {{ ask.when }}?"
    assert check(text, ask=Draft(datetime(2027, 2, 10, 18, tzinfo=UTC))).verdict is Judgement.HARD
    without = check(text, ask=Draft(None))
    assert without.verdict is Judgement.NEARLY
    assert "set when the ask starts" in without.findings[0].advice


def test_segments_are_those_of_the_text_as_it_will_be_sent():
    assert check("a" * 161).segments == 2
    assert check("á" * 71).encoding == "UCS-2"
    assert check("Hi {{ first_name }}" + "a" * 150).segments == 1


def test_a_look_alike_is_no_fault_since_it_is_replaced_before_a_text_leaves():
    assert Principle.ENCODING not in findings("It’s Amanda. Can you canvass Monday at 5?")


def test_a_template_that_cannot_be_filled_in_is_the_first_finding():
    verdict = check("Hi {{ first_name, can you phone bank on Monday at 6 pm?")
    assert verdict.findings[0].principle is Principle.TEMPLATE
    assert verdict.findings[0].advice.startswith("Line 1")
    assert check("{% for x in y %}{% endfor %}").findings[0].principle is Principle.TEMPLATE


def test_a_script_is_measured_in_words_not_segments():
    script = (
        "Hi Maria, this is Amanda with RepresentUs. Can I count on you to make calls Wednesday at 6 pm? "
        + "We win. " * 60
    )
    assert "half a minute" in findings(script, channel="call")[Principle.LENGTH].advice
    assert "segments" in findings(script)[Principle.LENGTH].advice


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n\t ",
        "https://example.org/x",
        "\ud83d\ude00\ud83d",
        "\x00\x01\x02",
        "\u202eabc\u202c",
        "مرحبا هل يمكنك الانضمام؟",
        "😀" * 50,
        "?",
        "x" * 100_000,
        "Can you " * 12_500,
        "if you " * 14_000,
        "{% " * 33_000,
        "{{" * 50_000,
        "? " * 50_000,
        "a? " * 33_000,
        "[wait " * 16_000,
        "maybe you " * 10_000,
        "x" * 99_999 + "😀",
        "\ud83d" * 100_000,
        "\u200b\u202e" * 50_000,
        "\x00" * 100_000,
        " " * 100_000,
        "(" * 100_000,
    ],
)
def test_any_text_gets_a_verdict_and_soon(text):
    verdict = check(text)
    assert min(_took(text) for _ in range(3)) < 0.05
    assert verdict.verdict in ("weak", "nearly")
    assert any(f.advice for f in verdict.findings)


def _took(text):
    coach.filled.cache_clear()
    started = time.process_time()
    check(text)
    return time.process_time() - started


@given(st.text(st.characters(codec=None), max_size=200), st.sampled_from(["text", "call"]))
def test_no_text_whatever_breaks_the_coach(text, channel):
    verdict = check(text, channel=channel)
    assert all(f.quote is None or f.quote in text for f in verdict.findings)
    rewrite(text, channel=channel)


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.jsonl")), ids=lambda path: path.stem)
def test_the_labelled_asks_are_judged_as_labelled(path):
    """Each was labelled by people who had not seen the coach; bench/coach.py says what was tuned on."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    right = [row["verdict"] == check(row["text"], channel=row["channel"]).verdict for row in rows]
    assert sum(right) / len(rows) > 0.95
    quotes = [(f.quote, row["text"]) for row in rows for f in check(row["text"]).findings if f.quote]
    assert all(quote in text for quote, text in quotes)


CALL = "Hi Maria, this is Amanda with RepresentUs. Can I count on you to make calls on Wednesday at 6 pm?"


def test_a_call_script_waits_after_the_question():
    assert findings(f"{CALL} [pause] Great!", channel="call")[Principle.ROOM].quote == "[pause]"
    assert findings(f"{CALL} (Wait for the answer.)", channel="call")[Principle.ROOM].ok
    assert findings(CALL, channel="call")[Principle.ROOM].ok
    hurried = findings(f"{CALL} Great, I will send you the link.", channel="call")[Principle.ROOM]
    assert (hurried.ok, "[pause]" in hurried.advice) == (False, True)


def test_what_a_script_says_for_each_answer_is_no_second_ask_and_no_hedge():
    script = (
        f"{CALL}\n[wait]\nIf no: No worries, thanks for your time!\nIf not now: Could you join us on Thursday instead?"
    )
    verdict = check(script, channel="call")
    assert verdict.verdict is Judgement.HARD
    ready = {f.principle: f.ok for f in verdict.findings}
    assert (ready[Principle.NOT_NOW], ready[Principle.NOT_THAT]) == (True, False)


def test_alternatives_are_spoken_of_only_when_it_is_known_what_is_ready():
    text = "Can you knock on doors Saturday at 10?"
    assert Principle.NOT_NOW not in findings(text)
    found = findings(text, alternatives=["not_now"])
    assert (found[Principle.NOT_NOW].ok, found[Principle.NOT_THAT].ok) == (True, False)
    assert "instead" in found[Principle.NOT_THAT].advice


def test_the_words_that_make_a_question_indirect_are_one_edit():
    verdict = check("I was wondering if you might be able to make calls with us on Tuesday at 6?")
    assert verdict.verdict is Judgement.NEARLY
    assert verdict.findings[0].quote == "I was wondering if you might be able to"


def test_an_ask_is_judged_within_two_milliseconds():
    for text, _ in CASES:
        check(text)
    started = time.process_time()
    for text, _ in CASES:
        check(text)
    each = (time.process_time() - started) / len(CASES)
    # The promise is 2 ms; the margin is for a shared machine.
    assert each < 0.006, f"{each * 1000:.2f} ms"


def test_a_title_or_an_hour_does_not_end_a_sentence():
    text = "We meet from 2 to 4 p.m. at St. Mark's. Dr. Lee speaks! Can you come? Reply Y"
    anatomy = Anatomy(text)
    assert [anatomy.quote(s).strip() for s in anatomy.sentences] == [
        "We meet from 2 to 4 p.m. at St. Mark's.",
        "Dr. Lee speaks!",
        "Can you come?",
        "Reply Y",
    ]
