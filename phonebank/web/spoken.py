"""A call campaign's script as it will be spoken: each line in words, for a made-up person, and how long it takes."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session
from werkzeug.datastructures import MultiDict

from phonebank.asks.models import Ask
from phonebank.asks.wording import WordingError
from phonebank.calls import length, queries, speaking
from phonebank.campaigns import merging, texts
from phonebank.campaigns.call_spec import CallSpec, spec_of
from phonebank.campaigns.models import Campaign
from phonebank.campaigns.queries import Parts, parts_of
from phonebank.errors import PhonebankError
from phonebank.gateway.twiml import LONGEST_SAID
from phonebank.web import previewing

_TITLES = {
    "greeting": "First",
    "recorded": "Before it is recorded",
    "ask": "The ask",
    "offer_not_now": "When they cannot then",
    "offer_not_that": "When it is not for them",
    "voicemail": "On an answering machine",
}


@dataclass(frozen=True)
class Line:
    """`name` and `language` say which; `is_too_long` is more than the carrier says at once."""

    name: str
    title: str
    language: str
    words: str
    seconds: float
    is_recorded: bool
    is_too_long: bool


@dataclass(frozen=True)
class Script:
    """Its lines in order; `until_silent` is how long a person listens before they can answer. `why_not`: no lines."""

    lines: list[Line] = field(default_factory=list)
    until_silent: float = 0.0
    why_not: str = ""


def of_form(session: Session, form: MultiDict[str, str], now: datetime) -> Script:
    """What is typed so far."""
    if not form.get("call.ask", "").strip():
        return Script(why_not="Write the ask, and the whole call shows here as it will be spoken.")
    try:
        parts = previewing.parts_so_far(session, form, now)
    except PhonebankError as wrong:
        return Script(why_not=str(wrong).splitlines()[0])
    return _script(parts, {}, now)


def of_campaign(session: Session, campaign: Campaign, now: datetime) -> Script:
    """What a campaign of calls says, with its recorded lines."""
    assert campaign.id is not None
    return _script(parts_of(session, campaign), queries.seconds_of_audio(session, campaign.id), now)


def _script(parts: Parts, recorded: dict[tuple[str, str], float], now: datetime) -> Script:
    call = spec_of(parts.campaign)
    said, names = _said(parts, call, now), _names(parts, call)
    try:
        lines = [_line(name, language, said, recorded) for language in speaking.languages(call) for name in names]
    except WordingError as wrong:
        return Script(why_not=str(wrong))
    return Script(lines, sum(line.seconds for line in lines[: names.index("ask") + 1]))


def _names(parts: Parts, call: CallSpec) -> list[str]:
    """What is said by this script: no message is left that names no number to stop it."""
    offers = {f"offer_{row.answers_to}" for row, _ in parts.alternatives}
    only_when = {"recorded": call.record, "voicemail": bool(call.toll_free)}
    return [name for name in _TITLES if only_when.get(name, name in offers or not name.startswith("offer_"))]


def _line(name: str, language: str, said: speaking.Script, recorded: dict[tuple[str, str], float]) -> Line:
    words = speaking.words_of(name, language, said)
    of_recording = recorded.get((name, language))
    takes = length.seconds(words) if of_recording is None else of_recording
    is_recorded = of_recording is not None or (name, language) in said.audio
    return Line(name, _TITLES[name], language, words, takes, is_recorded, len(words.encode()) > LONGEST_SAID)


def _said(parts: Parts, call: CallSpec, now: datetime) -> speaking.Script:
    person, campaign = texts.someone(now), parts.campaign
    own = merging.fields_for(person, campaign, parts.ask, now=now)
    own |= {"toll_free": speaking.said_number(call.toll_free)} if call.toll_free else {}
    spoken = speaking.languages(call)

    def fields(ask: Ask) -> dict[str, dict[str, object]]:
        return {code: own | merging.fields_of(ask, language=code, now=now) for code in spoken}

    return speaking.Script(
        fields=fields(parts.ask),
        call=call,
        ask=parts.ask,
        offers={row.answers_to: (ask, fields(ask)) for row, ask in parts.alternatives},
        audio={(name, "en"): url for name, url in call.audio.items()},
        disclaimer=campaign.disclaimer,
    )
