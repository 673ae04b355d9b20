"""What a simulated supporter makes of a text, and says to it: pure and seeded (words and weights in personas.toml)."""

import math
import re
import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from statistics import NormalDist
from typing import Any
from zoneinfo import ZoneInfo

from phonebank.rehearsal.chance import between, chance, pick, pick_weighted, weighted

SILENT = "silent"


class Heard(StrEnum):
    """What a text from us is, as its reader sees it."""

    ASK = "ask"
    ALTERNATIVE = "alternative"
    VOLUNTEER = "volunteer"
    REMINDER = "reminder"
    CLOSING = "closing"


_ASKS_Y_OR_N = re.compile(r"\by\W{1,3}(?:or|o)\W{1,3}n\b|\bs[ií]?\W{1,3}o\W{1,3}n\b|still good", re.IGNORECASE)
_OPEN = frozenset({"maybe", "question", "other", "hostile", "help"})


def hear(last_answer: str | None, body: str) -> Heard:
    """What this text is to somebody whose last answer was that; None or "silent" is somebody who never answered."""
    if last_answer in (None, SILENT):
        return Heard.ASK
    if _ASKS_Y_OR_N.search(body):
        return Heard.REMINDER
    if last_answer in {"not_now", "not_that"}:
        return Heard.ALTERNATIVE if "?" in body or "¿" in body else Heard.CLOSING
    if last_answer in _OPEN or "?" in body:
        return Heard.VOLUNTEER
    return Heard.CLOSING


def decide(heard: Heard, persona: str | None, mix: Mapping[str, float], luck: float, *question: object) -> str:
    """An answer's name: a key of the words, or "silent". To an ask it is `luck` (0 to 1) that says which."""
    script = script_of(persona)
    if heard in script:
        return script[heard]
    if heard is Heard.ASK:
        return weighted(mix or words()["mix"], luck)
    return pick_weighted(words()["later"][heard], *question, heard)


def say(answer: str, language: str, first_name: str, *question: object) -> tuple[str, ...]:
    """The texts of one answer, in the person's language (English where it has no words for it)."""
    known = words().get(language, words()["en"])
    texts = pick(known.get(answer, words()["en"][answer]), *question, answer)
    return tuple(text.replace("{first_name}", first_name or "them") for text in texts)


def script_of(persona: str | None) -> Mapping[str, str]:
    """What a named persona does with each kind of text. Raises KeyError for an unknown one."""
    if persona is None:
        return {}
    if persona in words()["mix"]:
        return {Heard.ASK: persona}
    script: Mapping[str, str] = words()["personas"][persona]
    return script


def delay_s(heard: Heard, *question: object) -> float:
    """Seconds on the clock until they answer, were they awake."""
    delay = words()["delay"]
    median = delay["volunteer_median"] if heard is Heard.VOLUNTEER else delay["median"]
    luck = NormalDist().inv_cdf(min(max(chance(*question, "delay", heard), 1e-6), 1 - 1e-6))
    seconds = float(median) * math.exp(delay["spread"] * luck)
    return min(max(seconds, float(delay["shortest"])), float(delay["longest"]))


def gap_s(*question: object) -> float:
    """Seconds between two texts of one answer."""
    low, high = words()["delay"]["between_texts"]
    return between(low, high, *question, "gap")


def when_awake(moment: datetime, zone: ZoneInfo, *question: object) -> datetime:
    """The moment, or a while after waking if they are asleep by then."""
    sleep = words()["sleep"]
    local = moment.astimezone(zone)
    if sleep["to_hour"] <= local.hour < sleep["from_hour"]:
        return moment
    day = local.date() + timedelta(days=local.hour >= sleep["from_hour"])
    wakes = datetime(day.year, day.month, day.day, sleep["to_hour"], tzinfo=zone)
    return wakes + timedelta(minutes=between(0, sleep["wakes_over"], *question, "wakes"))


@cache
def words() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("personas.toml").read_text())
