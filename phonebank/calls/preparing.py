"""Everything a call can say to one person, from the rows: merge fields, alternatives, recorded lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from phonebank.asks.models import Ask
from phonebank.calls import queries
from phonebank.calls.speaking import Script, languages, said_number
from phonebank.campaigns import merging
from phonebank.campaigns.call_spec import CallSpec, spec_of
from phonebank.campaigns.models import Campaign
from phonebank.campaigns.spec_types import FIRST_LANGUAGE
from phonebank.contacts.models import Contact

_NO_SCRIPT = CallSpec(ask="Can I count on you?")  # of texts, whose number somebody calls: its menu needs none


@dataclass(frozen=True)
class Lines:
    """What the calls of a campaign say, the same for everyone. `audio`: recordings elsewhere; `uploaded`: tokens."""

    campaign: Campaign
    call: CallSpec
    ask: Ask
    offers: Sequence[tuple[str, Ask]] = ()
    audio: Mapping[tuple[str, str], str] = field(default_factory=dict)
    uploaded: Mapping[tuple[str, str], str] = field(default_factory=dict)


def lines_of(session: Session, campaign: Campaign, ask: Ask, offers: Sequence[tuple[str, Ask]]) -> Lines:
    """The lines of a campaign, from its rows."""
    call = spec_of(campaign) if campaign.call_script else _NO_SCRIPT
    return Lines(campaign, call, ask, offers, _linked(call), queries.audio_of(session, campaign.id or 0))


def prepare(lines: Lines | None, contact: Contact, *, address: str, now: datetime) -> Script:
    """What can be said to this person for this campaign; without one, only that volunteers call from this number."""
    if lines is None:
        return Script({})
    campaign, call, ask = lines.campaign, lines.call, lines.ask
    spoken = (*languages(call), "es") if "es" not in languages(call) else languages(call)
    minute = now.replace(second=0, microsecond=0)  # so that what a minute says is made once
    own = merging.fields_for(contact, campaign, ask, now=minute) | {"toll_free": said_number(call.toll_free)}
    return Script(
        fields={one: own | merging.fields_of(ask, language=one, now=minute) for one in spoken},
        call=call,
        ask=ask,
        offers={
            name: (other, {one: merging.fields_of(other, language=one, now=minute) for one in spoken})
            for name, other in lines.offers
        },
        audio={**lines.audio, **{key: f"{address}/audio/{token}" for key, token in lines.uploaded.items()}},
        disclaimer=campaign.disclaimer,
    )


def _linked(call: CallSpec) -> Mapping[tuple[str, str], str]:
    """By line and language; in the file a line of another language ends in it ("ask_es")."""
    said: dict[tuple[str, str], str] = {}
    for name, url in call.audio.items():
        line, _, language = name.rpartition("_")
        said[(line, language) if language == "es" and line else (name, FIRST_LANGUAGE)] = url
    return said


def stranger(phone: str, now: datetime) -> Contact:
    """Somebody of whom we know a number alone."""
    return Contact(phone=phone, zones="", created_at=now, updated_at=now)
