"""Every text of a campaign, where its file says it, and what it cannot do without (pure)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from phonebank.asks import wording
from phonebank.asks.grammar import ASK_FIELDS
from phonebank.asks.models import Ask
from phonebank.asks.wording import WordingError
from phonebank.campaigns import merging
from phonebank.campaigns.models import Alternative, Campaign, FollowUpPlan
from phonebank.campaigns.spec_types import FIRST_LANGUAGE
from phonebank.contacts.models import Contact

_A_LINK = "https://phonebank.example.org/y/0123456789abcdefghijkl"
_OF_THE_CAMPAIGN = frozenset({*merging.CAMPAIGN_FIELDS, *(f"ask.{name}" for name in ASK_FIELDS)})


@dataclass(frozen=True)
class Text:
    """One template. `place` is its key in the campaign file; the same place in another language says the same."""

    place: str
    language: str
    template: str
    ask: Ask
    is_first: bool = False
    has_link: bool = False  # said after a yes, when the person has a page of their own

    def __str__(self) -> str:
        return self.place if self.language == FIRST_LANGUAGE else f"{self.place} ({self.language})"

    @property
    def fields(self) -> dict[str, bool]:
        """Merge field → whether the text can do without it."""
        return wording.fields_used(self.template)


def texts_of(
    ask: Ask, alternatives: Sequence[tuple[Alternative, Ask]], plans: Sequence[FollowUpPlan]
) -> Iterator[Text]:
    """All texts of a campaign, the first ones first."""
    for language, versions in ask.texts.items():
        for number, template in enumerate(versions, 1):
            yield Text(f"ask.texts[{number}]", language, template, ask, is_first=True)
    for language, answers in ask.answers.items():
        for name, template in answers.items():
            yield Text(f"ask.answers.{name}", language, template, ask, has_link=name == "yes")
    for number, (_, other) in enumerate(alternatives, 1):
        for language, (template, *_) in other.texts.items():
            yield Text(f"ask.alternatives[{number}].text", language, template, other)
    for number, plan in enumerate(plans, 1):
        for language, template in plan.texts.items():
            yield Text(f"followups[{number}].text", language, template, ask, has_link=True)


def needed_of_people(texts: Sequence[Text], ask: Ask) -> dict[str, frozenset[str]]:
    """By language of the ask: the contact's fields that some text for its speakers cannot do without."""
    return {
        language: frozenset(
            name
            for text in texts
            if text.language == (language if _is_said_in(language, text.place, texts) else FIRST_LANGUAGE)
            for name, can_do_without in text.fields.items()
            if not can_do_without and name not in _OF_THE_CAMPAIGN
        )
        for language in ask.texts
    }


def faults_of_the_campaign(texts: Sequence[Text], campaign: Campaign, now: datetime) -> Iterator[str]:
    """What no list could mend: a field of the campaign or ask that is empty, a text too long."""
    for text in texts:
        person = someone(now, language=text.language, fields=dict.fromkeys(text.fields, "twelve chars"))
        link = _A_LINK if text.has_link else ""
        fields = merging.fields_for(person, campaign, text.ask, link=link, now=now)
        empty = [name for name, can_do_without in text.fields.items() if not can_do_without and not fields.get(name)]
        yield from (f"{text} uses {name}, {_why_empty(name)}." for name in empty if name in _OF_THE_CAMPAIGN)
        if not empty:
            yield from _unusable(text, fields)


def unknown_fields(texts: Sequence[Text], columns: set[str]) -> Iterator[tuple[str, bool]]:
    """Fields that neither a list nor the campaign has: a sentence each, and whether it stops the launch.

    One with a fallback stops it only when it looks like a slip of a known one: everyone would get the fallback.
    """
    known = sorted({*merging.CONTACT_FIELDS, *_OF_THE_CAMPAIGN, *columns})
    for name in sorted({name for text in texts for name in text.fields if name not in known}):
        using = [text for text in texts if name in text.fields]
        near = get_close_matches(name, known, 1, 0.75)
        stops = bool(near) or any(not text.fields[name] for text in using)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}."
        yield f"{using[0]} uses {name}, which no list has; {hint}", stops


def _is_said_in(language: str, place: str, texts: Sequence[Text]) -> bool:
    return any(text.language == language and text.place == place for text in texts)


def _unusable(text: Text, fields: dict[str, object]) -> Iterator[str]:
    try:
        wording.render(text.template, fields)
    except WordingError as wrong:
        yield f"{text}: {wrong}"


def _why_empty(name: str) -> str:
    if name == "ask.link":
        return "which exists only after a yes: leave it to the answer"
    if name in {"ask.when", "ask.day", "ask.time"}:
        return "and the ask has no starts_at"
    return f"and the campaign has no {name}" if "." not in name else f"and the ask has no {name.removeprefix('ask.')}"


def someone(now: datetime, *, language: str = FIRST_LANGUAGE, fields: dict[str, Any] | None = None) -> Contact:
    """A made-up person, to try a text on."""
    return Contact(
        phone="+12025550100",
        first_name="Jordan",
        last_name="Lee",
        email="jordan@example.org",
        zip="20001",
        state="DC",
        connection="came to our house party",
        language=language,
        zones="America/New_York",
        fields=fields or {},
        created_at=now,
        updated_at=now,
    )
