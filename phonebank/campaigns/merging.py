"""One person's words: the merge fields of a contact and the first text they would get (pure).

The pre-flight counts and prices exactly these texts, and composing sends them.
"""

from datetime import datetime

from phonebank.asks import segments, wording
from phonebank.asks.models import Ask
from phonebank.campaigns.models import Campaign
from phonebank.campaigns.spec_models import FIRST_LANGUAGE
from phonebank.contacts.models import Contact


def fields_for(contact: Contact, campaign: Campaign, ask: Ask, *, link: str = "", now: datetime) -> dict[str, object]:
    """Merge field → value, flat (`first_name`, `ask.when`). The campaign's own fields win over a list's columns."""
    language = language_of(contact, ask)
    own = {
        "first_name": contact.first_name,
        "last_name": contact.last_name,
        "name": f"{contact.first_name} {contact.last_name}".strip(),
        "email": contact.email,
        "zip": contact.zip,
        "state": contact.state,
        "language": contact.language,
        "connection": contact.connection,
        "phone": contact.phone,
        "sender_name": campaign.sender_name,
        "organization": campaign.organization,
    }
    return contact.fields | own | wording.ask_fields(ask, now=now, language=language, link=link)


def language_of(contact: Contact, ask: Ask) -> str:
    """The contact's language where the ask speaks it, else the campaign's first."""
    return contact.language if contact.language in ask.texts else FIRST_LANGUAGE


def template_for(ask: Ask, contact: Contact, variant: int) -> str:
    """The version of the ask's text that this contact gets; `variant` counts round the versions of their language."""
    versions = ask.texts[language_of(contact, ask)]
    return str(versions[variant % len(versions)])


def ask_text(campaign: Campaign, ask: Ask, contact: Contact, variant: int, now: datetime) -> str:
    """The first text, whole: rendered, with the STOP line and disclaimer where they lack, in plain letters.

    Raises WordingError naming the field that is missing, or when the text is too long for one message.
    """
    language = language_of(contact, ask)
    said = wording.render(template_for(ask, contact, variant), fields_for(contact, campaign, ask, now=now))
    whole = wording.with_required_parts(
        said,
        organization=campaign.organization,
        language=language,
        disclaimer=campaign.disclaimer,
    )
    return segments.plain(whole.text)
