"""One person's words: the merge fields of a contact and the first text they would get (pure).

The pre-flight counts and prices exactly these texts, and composing sends them.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol

from phonebank.asks import moments, segments, wording
from phonebank.asks.models import Ask
from phonebank.campaigns.models import Campaign, SentBy
from phonebank.campaigns.spec_types import FIRST_LANGUAGE

CONTACT_FIELDS = (
    "first_name",
    "last_name",
    "name",
    "phone",
    "email",
    "zip",
    "state",
    "language",
    "connection",
)
CAMPAIGN_FIELDS = ("sender_name", "organization")


class Person(Protocol):
    """A Contact, or a row with its columns."""

    @property
    def phone(self) -> str: ...
    @property
    def first_name(self) -> str: ...
    @property
    def last_name(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def zip(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def connection(self) -> str: ...
    @property
    def fields(self) -> dict[str, Any]: ...


def fields_for(
    contact: Person, campaign: Campaign, ask: Ask, *, link: str = "", writer: str = "", now: datetime
) -> dict[str, object]:
    """Merge field → value, flat (`first_name`, `ask.when`). The campaign's own fields win over a list's columns.

    `writer` is the first name of the volunteer who sends it by hand, in place of the campaign's `sender_name`.
    """
    own: dict[str, object] = {
        "first_name": contact.first_name,
        "last_name": contact.last_name,
        "name": f"{contact.first_name} {contact.last_name}".strip(),
        "phone": contact.phone,
        "email": contact.email,
        "zip": contact.zip,
        "state": contact.state,
        "language": contact.language,
        "connection": contact.connection,
    }
    own |= fields_of_campaign(campaign, writer)
    return contact.fields | own | fields_of(ask, language=language_of(contact, ask), link=link, now=now)


def fields_of_campaign(campaign: Campaign, writer: str = "") -> dict[str, object]:
    """The CAMPAIGN_FIELDS. Where volunteers send by hand and the campaign names nobody, what follows is unsigned."""
    nobody = "a volunteer" if campaign.sent_by == SentBy.PEOPLE else ""
    return {"sender_name": writer or campaign.sender_name or nobody, "organization": campaign.organization}


def fields_of(ask: Ask, *, language: str, link: str = "", now: datetime) -> dict[str, str]:
    """The `ask.*` fields, the same for everyone who speaks this language."""
    said = _Said(ask.action, ask.place, ask.why, ask.link, ask.starts_at, ask.ends_at, ask.timezone)
    fields = _ask_fields(said, now, language)
    return fields | {"ask.link": link} if link else fields


def language_of(contact: Person, ask: Ask) -> str:
    """The contact's language where the ask speaks it, else the campaign's first."""
    return contact.language if contact.language in ask.texts else FIRST_LANGUAGE


def template_for(ask: Ask, contact: Person, variant: int) -> str:
    """The version of the ask's text that this contact gets; `variant` counts round the versions of their language."""
    versions = ask.texts[language_of(contact, ask)]
    return str(versions[variant % len(versions)])


def ask_text(campaign: Campaign, ask: Ask, contact: Person, variant: int, now: datetime, *, writer: str = "") -> str:
    """The first text, whole: rendered, with the name of who writes, the STOP line and the disclaimer where they lack.

    Raises WordingError naming the field that is missing, or when the text is too long for one message.
    """
    fields = fields_for(contact, campaign, ask, writer=writer, now=now)
    return first_text(campaign, template_for(ask, contact, variant), fields, language_of(contact, ask))


def first_text(campaign: Campaign, template: str, fields: dict[str, object], language: str) -> str:
    """As `ask_text`, from merge fields already made."""
    said = wording.render(template, fields)
    whole = wording.with_required_parts(
        said,
        organization=campaign.organization,
        language=language,
        disclaimer=campaign.disclaimer,
    )
    names_us = "organization" not in whole.missing
    return segments.plain(whole.text if names_us else f"{campaign.organization}: {whole.text}")


@dataclass(frozen=True)
class _Said:
    """The part of an ask that its merge fields speak of, as a key."""

    action: str
    place: str
    why: str
    link: str
    starts_at: datetime | None
    ends_at: datetime | None
    timezone: str


@lru_cache(maxsize=256)
def _ask_fields(said: _Said, now: datetime, language: str) -> dict[str, str]:
    # Cached because a batch asks the same for everyone in it; whoever gets the dict copies it.
    return moments.ask_fields(said, now=now, language=language)
