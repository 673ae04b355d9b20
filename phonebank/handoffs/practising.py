"""Practice: made-up supporters, and what an organizer would say of an ask to them and of each answer (pure)."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from phonebank.asks import coach
from phonebank.asks.coach import Judgement, Principle, Verdict
from phonebank.asks.folding import fold
from phonebank.asks.rewriting import rewrite
from phonebank.asks.wording import LONGEST_TEXT

_DIRECT = (Principle.QUESTION,)
_SURE = (Principle.CONFIDENCE, Principle.PERSON)
_AROUND_TIME = re.compile(r"^at |^a las? |[ .]?[ap]\.?m\.?$|s$")
_AFTER_QUESTION = re.compile(r"[^\w?]*$")


class Stage(StrEnum):
    """What the volunteer writes, in order: the ask, then an answer to each reply."""

    ASK = "ask"
    MAYBE = "maybe"
    NOT_NOW = "not_now"
    NOT_THAT = "not_that"


@dataclass(frozen=True)
class Supporter:
    """A made-up person: what to ask of them, `replies` by the stage that answers each, and the `yes` at the end."""

    slug: str
    name: str
    about: str
    ask_for: str
    replies: dict[Stage, str]
    yes: str
    language: str = "en"


@dataclass(frozen=True)
class Point:
    """One thing a text is looked at for; `says` praises or tells what to do, `quote` is the writer's own words.

    `decides`: without it the ask is not hard; the rest is advice.
    """

    ok: bool
    says: str
    quote: str | None = None
    decides: bool = True


@dataclass(frozen=True)
class Feedback:
    """What is said of one stage. Of an ask, the coach's `verdict` and a `rewrite` to take, where there is one."""

    points: tuple[Point, ...]
    verdict: Verdict | None = None
    rewrite: str | None = None

    @property
    def is_good(self) -> bool:
        """The conversation goes on by itself."""
        if self.verdict is not None:
            return self.verdict.verdict is Judgement.HARD
        return all(point.ok for point in self.points)


def supporters() -> list[Supporter]:
    """Everyone there is to practise with."""
    return [_supporter(row) for row in _file()["supporter"]]


def guide() -> dict[str, dict[str, str]]:
    """What the guides say of each reply: {"maybe": {"title", "says", "source"}, …}; `says` is their own words."""
    found: dict[str, dict[str, str]] = _file()["guide"]
    return found


def judge(stage: Stage, text: str, *, known: str = "") -> Feedback:
    """What an organizer would say of this stage's text. Any text gets an answer.

    `known` is what was asked and what they replied: a time or an action named there is no other one.
    """
    if not text.strip():
        return Feedback((Point(ok=False, says=_advice("empty")),))
    if len(text) > LONGEST_TEXT:
        return Feedback((Point(ok=False, says=_advice("long")),))
    if stage is Stage.ASK:
        verdict = coach.check(text)
        return Feedback(tuple(_missed(verdict)), verdict, rewrite(text))
    return Feedback(tuple(_points(stage, text, known)))


def _missed(verdict: Verdict) -> Iterator[Point]:
    """What the coach misses, in its order. Its examples name fields that a campaign fills in, and a talk does not."""
    for found in verdict.findings:
        if not found.ok:
            says = found.advice.replace("{{ sender_name }}", "Amanda").replace("{{ organization }}", "RepresentUs")
            yield Point(ok=False, says=says, quote=found.quote, decides=found.principle in coach.DECIDING)


def _points(stage: Stage, text: str, known: str) -> Iterator[Point]:
    match stage:
        case Stage.MAYBE:
            yield _point("finds_out", ok=_finds_out(text, known))
        case Stage.NOT_NOW:
            yield _point("other_time", ok=bool(_times(text) - _times(known)))
        case _:
            yield _point("other_action", ok=_is_another_action(text, known))
    asks_once = _asks_once(text)
    yield _point("question", ok=asks_once)
    said = _after_kind_words(text)
    if asks_once and stage is not Stage.MAYBE:
        yield from _coached(said, _DIRECT, "direct_met")
    yield from _coached(said, _SURE, "sure_met")


def _finds_out(text: str, known: str) -> bool:
    return bool(
        _pattern("open_questions").search(fold(text))
        or _times(text) - _times(known)
        or _actions(text) - _actions(known)
    )


def _is_another_action(text: str, known: str) -> bool:
    """Of a kind the ask did not name; of no kind we know, what the coach takes for an action in words of its own."""
    if kinds := _actions(text):
        return bool(kinds - _actions(known))
    deeds = (found.quote for found in coach.check(text).findings if found.principle is Principle.ACTION and found.ok)
    words = {word for deed in deeds for word in re.findall(r"\w{4,}", fold(deed or ""))}
    return bool(words - set(re.findall(r"\w{4,}", fold(known))))


def _asks_once(text: str) -> bool:
    """Exactly one question, at the end; a smile may follow it."""
    return text.count("?") == 1 and bool(_AFTER_QUESTION.match(text, text.index("?") + 1))


def _coached(text: str, principles: Iterable[Principle], praise: str) -> Iterator[Point]:
    misses = [found for found in coach.check(text).findings if not found.ok and found.principle in principles]
    yield from (Point(ok=False, says=found.advice, quote=found.quote) for found in misses[:2])
    if not misses:
        yield Point(ok=True, says=_advice(praise))


def _after_kind_words(text: str) -> str:
    """The text without the kind words it begins with, each up to its punctuation."""
    found = _pattern("heard", ends=r"[\s,.!;:–—-]+").match(fold(text))
    while found and found.end() < len(text):
        text = text[found.end() :]
        found = _pattern("heard", ends=r"[\s,.!;:–—-]+").match(fold(text))
    return text


def _times(text: str) -> set[str]:
    """The days and hours it names, each in one form: "Saturdays" is Saturday, and "at 6" is 6 pm."""
    return {_AROUND_TIME.sub("", found) for found in _pattern("times").findall(fold(text))}


def _actions(text: str) -> set[str]:
    flat = fold(text)
    return {kind for kind in _file()["words"]["actions"] if _action(kind).search(flat)}


@cache
def _pattern(name: str, ends: str = r"(?!\w)") -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(fold, _file()['words'][name]))}){ends}")


@cache
def _action(kind: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(fold, _file()['words']['actions'][kind]))})(?!\w)")


def _point(name: str, *, ok: bool) -> Point:
    return Point(ok=ok, says=_advice(f"{name}_met" if ok else name))


def _advice(name: str) -> str:
    return str(_file()["advice"][name])


def _supporter(row: dict[str, Any]) -> Supporter:
    told = {key: row[key] for key in ("slug", "name", "about", "ask_for", "yes")}
    replies: dict[Stage, str] = {stage: str(row[stage]) for stage in Stage if stage is not Stage.ASK}
    return Supporter(**told, replies=replies, language=row.get("language", "en"))


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads((files("phonebank.handoffs") / "practice.toml").read_text("utf-8"))
