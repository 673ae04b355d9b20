"""How the texts of the form look on real people's phones, what all of it costs, and when their hours open."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session
from werkzeug.datastructures import MultiDict

from phonebank.asks import segments, wording
from phonebank.campaigns import merging, spec, timing
from phonebank.campaigns.contact_hours import Window
from phonebank.campaigns.queries import Parts
from phonebank.campaigns.spec_types import FIRST_LANGUAGE
from phonebank.campaigns.survey import survey
from phonebank.errors import PhonebankError
from phonebank.reports import audience
from phonebank.reports.audience import Audience
from phonebank.web import campaign_form, hours
from phonebank.web.languages import language_name

_MICROS = 1_000_000
_LOOKED_AT = 1000  # people whose texts are written out; of more the price is reckoned
_LANGUAGES_SHOWN = 2
_CULPRITS_NAMED = 3
_PLACES_SHOWN = 8


@dataclass(frozen=True)
class Reading:
    """One text as one person reads it: `body`, or `why_not` when they lack what it needs."""

    title: str
    who: str
    language: str
    body: str = ""
    why_not: str = ""
    segments: int = 0
    units: int = 0
    encoding: str = ""
    culprits: str = ""  # the characters that make it UCS-2


@dataclass(frozen=True)
class Place:
    place: str
    people: int
    is_open: bool
    at: datetime | None


@dataclass
class Preview:
    """`is_exact` when everybody's text was written out. `why_not` says what is missing for a preview."""

    people: int = 0
    readings: list[Reading] = field(default_factory=list)
    segments: int = 0
    cost_micros: int = 0
    is_exact: bool = True
    seconds: float = 0.0
    open_now: int = 0
    places: list[Place] = field(default_factory=list)
    unspoken: list[tuple[str, int]] = field(default_factory=list)  # languages they speak and no text does
    why_not: str = ""


def parts_so_far(session: Session, form: MultiDict[str, str], now: datetime, texts: list[str] | None = None) -> Parts:
    """The rows of what is typed so far, not in the database. Raises BadInputError for what cannot be read."""
    return spec.rows(session, spec.parse_table(campaign_form.spoken_part(form, texts)), now)


def preview(session: Session, form: MultiDict[str, str], now: datetime) -> Preview:
    """What the form's texts come to for the people of its lists."""
    if not form.getlist("lists"):
        return Preview(why_not="Choose a list, and your text shows here as real people will read it.")
    try:
        parts = parts_so_far(session, form, now, None if _has_text(form) else ["…"])
    except PhonebankError as wrong:
        return Preview(why_not=str(wrong).splitlines()[0])
    found = audience.audience(session, parts, now)
    if not found.people:
        return Preview(why_not="Nobody on these lists can be reached.")
    shown = Preview(people=found.people, unspoken=_unspoken(parts, found))
    _add_hours(shown, parts, found, now)
    if _has_text(form):
        _add_words(shown, session, parts, found, now)
    else:
        shown.why_not = "Write a text, and it shows here as real people will read it."
    return shown


def _has_text(form: MultiDict[str, str]) -> bool:
    return any(text.strip() for text in form.getlist("ask.texts"))


def _add_words(shown: Preview, session: Session, parts: Parts, found: Audience, now: datetime) -> None:
    people = audience.people(session, parts, now, first=_LOOKED_AT, and_ids=found.stand_outs)
    readings = [_read(parts, person, variant, now) for variant, person in enumerate(people)]
    shown.readings = list(_chosen(parts, people, readings))
    first = people[:_LOOKED_AT]
    ask, nothing = parts.ask, dict.fromkeys(parts.ask.texts, frozenset[str]())
    seen = survey(first, campaign=parts.campaign, ask=ask, needed=nothing, now=now)
    shown.is_exact = found.people <= len(first)
    shown.segments = round(seen.segments * found.people / len(first))
    shown.cost_micros = int(segments.cost(shown.segments, on=now.date()) * _MICROS)
    shown.seconds = shown.segments / parts.campaign.segments_per_second


def _chosen(parts: Parts, people: Sequence[Any], readings: Sequence[Reading]) -> Iterator[Reading]:
    """The longest, one with something missing, one in each other language; nobody twice."""
    pairs = list(zip(people, readings, strict=True))
    whole = [(person, read) for person, read in pairs if read.body]
    told: set[int] = set()
    if whole:
        person, read = max(whole, key=lambda pair: (pair[1].segments, pair[1].units))
        told.add(person.id)
        yield _titled(read, "The longest")
    lacking = [(missing, pair) for pair in pairs if (missing := _missing(parts, pair[0])) and pair[0].id not in told]
    if lacking:
        missing, (person, read) = lacking[0]
        told.add(person.id)
        yield _titled(read, f"Without {', '.join(missing)}")
    languages = [code for code in {person.language: None for person in people} if code != FIRST_LANGUAGE]
    for code in sorted(languages, key=lambda one: one not in parts.ask.texts)[:_LANGUAGES_SHOWN]:
        speaks = next((read for person, read in pairs if person.language == code and person.id not in told), None)
        if speaks is not None:
            yield _titled(speaks, f"Speaks {language_name(code)}")


def _titled(read: Reading, title: str) -> Reading:
    return Reading(**{**vars(read), "title": title})


def _missing(parts: Parts, person: Any) -> list[str]:
    """The fields of the person's own that their text uses and they lack."""
    said = parts.ask.texts[merging.language_of(person, parts.ask)]
    used = {name for text in said for name in wording.fields_used(str(text)) if "." not in name}
    own = merging.fields_for(person, parts.campaign, parts.ask, now=parts.campaign.created_at)
    return sorted(name for name in used - {*merging.CAMPAIGN_FIELDS} if not str(own.get(name) or "").strip())


def _read(parts: Parts, person: Any, variant: int, now: datetime) -> Reading:
    who, language = person.first_name or "Somebody", merging.language_of(person, parts.ask)
    try:
        body = merging.ask_text(parts.campaign, parts.ask, person, variant, now)
    except PhonebankError as wrong:
        return Reading("", who, language, why_not=str(wrong))
    size, outside = segments.count(body), segments.outsiders(body)
    return Reading("", who, language, body, "", size.segments, size.units, size.encoding.value, _named(outside))


def _named(outside: list[str]) -> str:
    named = [f"{unicodedata.name(one, 'unnamed').lower()} ({one})" for one in outside[:_CULPRITS_NAMED]]
    return ", ".join(named) + (f" and {len(outside) - len(named)} more" if len(outside) > len(named) else "")


def _unspoken(parts: Parts, found: Audience) -> list[tuple[str, int]]:
    counted = sorted(found.languages.items(), key=lambda pair: -pair[1])
    return [(code, number) for code, number in counted if code not in parts.ask.texts and code != FIRST_LANGUAGE]


def _add_hours(shown: Preview, parts: Parts, found: Audience, now: datetime) -> None:
    windows = timing.timetable(parts.campaign, found.groups, now).windows
    people = {(group.zones, group.state): group.people for group in found.groups}
    shown.open_now = sum(number for key, number in people.items() if _is_open(windows[key], now))
    by_size = sorted(windows, key=lambda key: -people[key])[:_PLACES_SHOWN]
    shown.places = [
        Place(hours.place(*key), people[key], _is_open(windows[key], now), window.opens_at if window else None)
        for key in by_size
        for window in [windows[key]]
    ]


def _is_open(window: Window | None, now: datetime) -> bool:
    return window is not None and window.opens_at <= now
