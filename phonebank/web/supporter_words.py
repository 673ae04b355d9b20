"""What the supporter's own page says, in each language it speaks."""

import re
import tomllib
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from phonebank.asks.models import Ask
from phonebank.asks.wording import ask_fields
from phonebank.asks.wording import when as said_when


def language_for(language: str) -> str:
    """Theirs where we speak it, else English."""
    return language if language in words() else "en"


def when(ask: Ask, language: str, now: datetime) -> str:
    """With zone and end ("Wednesday, February 10 at 6 pm EST, until 8 pm"): the page may be read far from the event."""
    if ask.starts_at is None:
        return ""
    zone, tongue = ZoneInfo(ask.timezone), words()[language]
    starts_at = ask.starts_at.astimezone(zone)
    moment = said_when(starts_at, ask.ends_at, timezone=ask.timezone, language=language, now=now)
    said = f"{moment} {starts_at.tzname()}"
    if ask.ends_at is not None and ask.ends_at.astimezone(zone).date() == starts_at.date():
        end = ask.model_copy(update={"starts_at": ask.ends_at})
        said += f", {tongue['until']} {ask_fields(end, now=now, language=language)['ask.time']}"
    return _spelled(said, language)


def day(at: datetime, ask: Ask, language: str, now: datetime) -> str:
    """The day of this moment, where the event is."""
    there = ask.model_copy(update={"starts_at": at})
    return _spelled(ask_fields(there, now=now, language=language)["ask.day"], language)


def is_online(place: str) -> bool:
    """Whether no map shows this place."""
    return not place or "://" in place or bool(set(re.findall(r"[^\W\d_]+", place.casefold())) & _online())


@cache
def words() -> dict[str, dict[str, Any]]:
    """The page's sentences, by language."""
    return {language: table for language, table in _file().items() if isinstance(table, dict)}


@cache
def _online() -> frozenset[str]:
    return frozenset(_file()["online"])


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads((files("phonebank.web") / "supporter.toml").read_text("utf-8"))


def _spelled(said: str, language: str) -> str:
    for plain, right in words()[language]["spelled"].items():
        said = said.replace(plain, right)
    return said
