"""The [call] table of a campaign file: what is spoken, by whom, and how often (pure)."""

import re
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from phonebank.campaigns.models import Campaign
from phonebank.campaigns.spec_types import Language, Name, SpecTable, Template, span

_POLLY = "Danielle|Gregory|Ivy|Joanna|Joey|Justin|Kendra|Kevin|Kimberly|Matthew|Ruth|Salli|Stephen"
_VOICE = re.compile(rf"man|woman|alice|Polly\.({_POLLY})(-Neural|-Generative)?|Google\.en-US-[\w-]+")
"""Those that say American English (https://www.twilio.com/docs/voice/twiml/say/text-speech); others fail (13512)."""

_RECORDED = ("greeting", "ask", "voicemail", "greeting_es", "ask_es", "voicemail_es")
_TOLL_FREE = re.compile(r"\+18(?:00|33|44|55|66|77|88)\d{7}")


def _https(url: str) -> str:
    parts = urlsplit(url.strip())
    if parts.scheme != "https" or not parts.netloc:
        raise ValueError("must be an address that begins with https://: the carrier fetches it")
    return url.strip()


def _spaced(text: str) -> str:
    span(text)
    return text.strip().lower()


def _toll_free(text: str) -> str:
    plain = re.sub(r"[\s().-]", "", text)
    if plain and not _TOLL_FREE.fullmatch(plain):
        raise ValueError("must be a toll-free number with its country code, like +18005550143")
    return plain


def _voice(name: str) -> str:
    if not _VOICE.fullmatch(name):
        raise ValueError("must be a voice of Twilio's that speaks American English, like Polly.Joanna-Neural")
    return name


def _recorded(line: str) -> str:
    if line not in _RECORDED:
        raise ValueError(f"is no line that can be recorded; there are {', '.join(_RECORDED)}")
    return line


def _spoken(language: str) -> str:
    if language != "es":
        raise ValueError("calls are spoken in English, and in Spanish under [call.languages.es]")
    return language


class CallWords(SpecTable):
    """The spoken lines of a call in one language; None uses our own."""

    greeting: Template | None = None
    ask: Template | None = None
    voicemail: Template | None = None


class CallMode(StrEnum):
    """Who speaks first in a call."""

    SCRIPTED = "scripted"  # an artificial voice
    PREVIEW = "preview"  # a volunteer, who sees the person and then dials
    POWER = "power"  # a volunteer: phonebank dials ahead, and gives them whoever answers


class CallSpec(SpecTable):
    """The script of a call campaign. `spacing` lies between two tries for one person."""

    mode: CallMode = CallMode.SCRIPTED
    voice: Annotated[Name, AfterValidator(_voice)] = "Polly.Joanna-Neural"
    greeting: Template = (
        "Hi {{ first_name }}, this is {{ sender_name }} with {{ organization }}. Press 9 and we will not call again."
    )
    ask: Template
    voicemail: Template | None = None
    languages: dict[Annotated[Language, AfterValidator(_spoken)], CallWords] = Field(default_factory=dict)
    audio: dict[Annotated[Name, AfterValidator(_recorded)], Annotated[str, AfterValidator(_https)]] = Field(
        default_factory=dict
    )  # line → its recording
    attempts: int = Field(3, ge=1, le=10)
    spacing: Annotated[str, AfterValidator(_spaced)] = "4h"
    calls_per_second: float = Field(1.0, ge=0.01, le=100, allow_inf_nan=False)
    open_lines: int = Field(20, ge=1, le=10_000)
    toll_free: Annotated[str, AfterValidator(_toll_free)] = ""  # opts out whoever calls it: voicemails must name one
    missed_text: Template | None = None  # after the last try that nobody answered
    record: bool = False


def spec_of(campaign: Campaign) -> CallSpec:
    """The script of a campaign of calls."""
    return CallSpec.model_validate(campaign.call_script)
