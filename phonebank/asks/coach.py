"""Judges whether an ask is hard, and shows in the writer's own words what would make it so (pure)."""

import re
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from phonebank.asks.anatomy import Anatomy, Found
from phonebank.asks.commitment import confidence_lost, crowd, day_of_the_deed, second_ask
from phonebank.asks.grammar import OutOfReachError
from phonebank.asks.moments import AskFields
from phonebank.asks.segments import Encoding, Segments, count, plain
from phonebank.asks.staging import branches_at, pause_after
from phonebank.asks.wording import WordingError, parse


class Judgement(StrEnum):
    """`hard` gets a yes or a no; `nearly` is one edit away; `weak` will be let go by."""

    HARD = "hard"
    NEARLY = "nearly"
    WEAK = "weak"


class Principle(StrEnum):
    """What the guides ask of an ask, the ones that change an answer most first. DECIDING makes the verdict."""

    TEMPLATE = "template"
    QUESTION = "question"
    ACTION = "action"
    WHEN = "when"
    CONFIDENCE = "confidence"
    PERSON = "person"
    ONE_ASK = "one_ask"
    PLACEHOLDER = "placeholder"
    NAME = "name"
    CONNECTION = "connection"
    WHY = "why"
    WHO = "who"
    TIME = "time"
    ROOM = "room"
    LENGTH = "length"
    NOT_NOW = "not_now"
    NOT_THAT = "not_that"
    PLACE = "place"
    NEXT_STEP = "next_step"
    ENCODING = "encoding"


_ORDER = {principle: place for place, principle in enumerate(Principle)}

DECIDING = (
    Principle.TEMPLATE,
    Principle.QUESTION,
    Principle.ACTION,
    Principle.WHEN,
    Principle.CONFIDENCE,
    Principle.PERSON,
    Principle.ONE_ASK,
)


_LONGEST_CALL_WORDS = 110
_MOST_SEGMENTS = 3
_PLACEHOLDER = re.compile(
    r"(?<!\{)\{[ ]?[A-Za-z_ ]{2,20}\}(?!\})|\[[A-Za-z_ ]*(?:name|NAME|Name)[A-Za-z_ ]*\]|<[A-Za-z_ ]*[Nn]ame>"
)
_FIELD = re.compile(r"\{\{-?\s*([a-z_.]+)[^{}]*\}\}|\{[%#][^{}]*[%#]\}")
_TYPICAL = {
    "first_name": "Jordan",
    "ask.when": "Wednesday, February 10 at 6 pm",
    "ask.day": "Wednesday, February 10",
    "ask.time": "6 pm",
    "ask.link": "https://example.org/c/0123456789abcdef",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One principle, whether it is met, a verbatim slice that shows it (or None), and what to do ("" when met)."""

    principle: Principle
    ok: bool
    quote: str | None
    advice: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """`findings` come in the order that would change the answer most; segments are those of the text as filled in."""

    verdict: Judgement
    findings: tuple[Finding, ...]
    encoding: Encoding
    segments: int

    def as_json(self) -> dict[str, Any]:
        """The published form, ready for json.dumps."""
        return asdict(self)


def check(
    text: str,
    *,
    channel: str = "text",
    ask: AskFields | None = None,
    alternatives: Collection[str] | None = None,
) -> Verdict:
    """What an organizer would say about this ask, in English or Spanish. Any text gets a verdict, never an exception.

    `channel` is "text" or "call". `ask` is the campaign's own day, place and deed, to which a text may leave them;
    `alternatives` those it has ready ("not_now", "not_that"), of which nothing is said when they are not known.
    """
    found = [*_findings(text, channel, ask), *_alternatives(text, channel, alternatives)]
    findings = sorted(found, key=lambda f: (f.ok, _ORDER[f.principle]))
    billed = _size(filled(text))
    return Verdict(_judge(findings), tuple(findings), billed.encoding, billed.segments)


def _judge(findings: list[Finding]) -> Judgement:
    misses = [f for f in findings if not f.ok and f.principle in DECIDING]
    if not misses:
        return Judgement.HARD
    # Two edits are not one: hedges in several places are found as several findings.
    return Judgement.NEARLY if len(misses) == 1 else Judgement.WEAK


def _findings(text: str, channel: str, ask: AskFields | None) -> Iterator[Finding]:
    yield from _template(text)
    anatomy = Anatomy(text)
    yield _question(anatomy)
    deed = _deed(anatomy)
    yield _finding(anatomy, Principle.ACTION, deed)
    yield _when(anatomy, ask, has_deed=deed is not None)
    yield from _lost_confidence(anatomy)
    yield _fault(anatomy, Principle.PERSON, crowd(anatomy))
    yield _fault(anatomy, Principle.ONE_ASK, second_ask(anatomy))
    yield from _advice(anatomy, channel, ask)


def _question(anatomy: Anatomy) -> Finding:
    if anatomy.questions:
        return _finding(anatomy, Principle.QUESTION, anatomy.questions[0].opener)
    indirect = anatomy.first("soft") or anatomy.first("opinion")
    advice = _advice_for("question_indirect" if indirect else "question")
    return Finding(Principle.QUESTION, ok=False, quote=anatomy.quote(indirect), advice=advice)


def _template(text: str) -> Iterator[Finding]:
    if "{{" not in text and "{%" not in text:
        return
    try:
        parse(text)
    except OutOfReachError as error:
        yield Finding(Principle.PLACEHOLDER, ok=False, quote=None, advice=str(error))
    except WordingError as error:
        yield Finding(Principle.TEMPLATE, ok=False, quote=None, advice=str(error))


def _deed(anatomy: Anatomy) -> Found | None:
    if anatomy.questions:
        return next((q.deed for q in anatomy.questions if q.deed), None)
    asked_for = [*anatomy.requests, *anatomy.telling] if anatomy.requests else []
    if venue := next((found for s in anatomy.requests if (found := anatomy.first("venue", s))), None):
        return venue
    named = (anatomy.asked_for(sentence) for sentence in asked_for)
    return next((found for found in named if found), None)


def _when(anatomy: Anatomy, ask: AskFields | None, *, has_deed: bool) -> Finding:
    day = day_of_the_deed(anatomy)
    left_to_campaign = day.found is not None and "{{" in anatomy.flat[day.found.start : day.found.end]
    if left_to_campaign and ask is not None and ask.starts_at is None:
        return Finding(Principle.WHEN, ok=False, quote=anatomy.quote(day.found), advice=_advice_for("when_blank"))
    if day.is_exact or (has_deed and day.is_needless):
        return Finding(Principle.WHEN, ok=True, quote=anatomy.quote(day.found), advice="")
    advice = _advice_for("when_vague" if day.found else "when")
    return Finding(Principle.WHEN, ok=False, quote=anatomy.quote(day.found), advice=advice)


def _lost_confidence(anatomy: Anatomy) -> Iterator[Finding]:
    lost = confidence_lost(anatomy)
    yield _fault(anatomy, Principle.CONFIDENCE, lost[0] if lost else None)
    for found in lost[1:4]:
        yield _fault(anatomy, Principle.CONFIDENCE, found)


def _advice(anatomy: Anatomy, channel: str, ask: AskFields | None) -> Iterator[Finding]:
    yield _finding(anatomy, Principle.NAME, anatomy.first("person.name"))
    for principle in (Principle.WHO, Principle.WHY, Principle.CONNECTION, Principle.PLACE, Principle.NEXT_STEP):
        found = anatomy.first(f"advice.{principle}")
        left_to_campaign = ask is not None and principle is Principle.NEXT_STEP
        if not left_to_campaign:  # a campaign confirms each yes by itself
            yield _finding(anatomy, principle, found)
    if day_of_the_deed(anatomy).is_exact:
        yield _finding(anatomy, Principle.TIME, anatomy.first("when.time"))
    yield from _form(anatomy, channel)


def _alternatives(text: str, channel: str, ready: Collection[str] | None) -> Iterator[Finding]:
    """What is ready for a "not now" and a "not that": the campaign's, or what a script says for each answer."""
    branches = branches_at(text) if channel == "call" else None
    if ready is None and branches is None:
        return
    said = Anatomy(text[branches:]) if branches is not None else None
    for principle in (Principle.NOT_NOW, Principle.NOT_THAT):
        quote = said.quote(said.first(f"advice.{principle}")) if said else None
        ok = quote is not None or principle in (ready or ())
        yield Finding(principle, ok, quote, "" if ok else _advice_for(principle))


def _room(anatomy: Anatomy, channel: str) -> Iterator[Finding]:
    """One ask, then silence: in a call a pause that waits, in a text nothing of weight after the question."""
    words_after = anatomy.words_after_question()
    if channel == "call" and anatomy.questions and not anatomy.first("replies"):
        end = anatomy.place(anatomy.questions[-1].sentence.end)
        asked = anatomy.text.rfind("?", 0, end) + 1 or end
        pause = pause_after(anatomy.text, asked)
        is_last = not anatomy.text[asked:].strip(" \n\t\"'\u201d")
        ok = pause is not None or is_last or branches_at(anatomy.text) is not None
        yield Finding(Principle.ROOM, ok, pause, "" if ok else _advice_for("room_call"))
    elif words_after is not None:
        yield Finding(Principle.ROOM, ok=False, quote=words_after, advice=_advice_for("room"))


def _form(anatomy: Anatomy, channel: str) -> Iterator[Finding]:
    text = anatomy.text
    yield from _room(anatomy, channel)
    if channel == "call":
        if len(text.split()) > _LONGEST_CALL_WORDS:
            yield Finding(Principle.LENGTH, ok=False, quote=None, advice=_advice_for("length_call"))
    else:
        yield from _text_form(text)
    if found := _PLACEHOLDER.search(text):
        yield Finding(Principle.PLACEHOLDER, ok=False, quote=found[0], advice=_advice_for("placeholder"))


def _text_form(text: str) -> Iterator[Finding]:
    sent = plain(filled(text))  # look-alikes are replaced before a text leaves
    billed = _size(sent)
    if billed.segments > _MOST_SEGMENTS:
        yield Finding(Principle.LENGTH, ok=False, quote=None, advice=_advice_for("length"))
    if billed.encoding is Encoding.UCS_2:
        dear = next((c for c in dict.fromkeys(text) if count(plain(c)).encoding is Encoding.UCS_2), None)
        yield Finding(Principle.ENCODING, ok=False, quote=dear, advice=_advice_for("encoding"))


def _finding(anatomy: Anatomy, principle: Principle, found: Found | None) -> Finding:
    return Finding(principle, found is not None, anatomy.quote(found), "" if found else _advice_for(principle))


def _fault(anatomy: Anatomy, principle: Principle, found: Found | None) -> Finding:
    return Finding(principle, found is None, anatomy.quote(found), _advice_for(principle) if found else "")


@lru_cache(maxsize=8)
def _size(sent: str) -> Segments:
    return count(sent)


@lru_cache(maxsize=8)
def filled(text: str) -> str:
    """The text with values of an ordinary length, since braces are never sent."""
    return _FIELD.sub(lambda field: _TYPICAL.get(field[1], "twelve chars") if field[1] else "", text)


def _advice_for(key: str) -> str:
    return _sentences()[key]


@cache
def _sentences() -> dict[str, str]:
    return tomllib.loads(Path(__file__).with_name("advice.toml").read_text("utf-8"))
