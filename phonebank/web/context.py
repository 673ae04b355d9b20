"""What helps a volunteer with one conversation: the ask, what was said and promised before, words to start from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from itertools import groupby

from sqlmodel import Session

from phonebank.asks.models import Ask
from phonebank.asks.wording import WordingError, ask_fields, render
from phonebank.campaigns import queries as campaigns
from phonebank.campaigns.merging import fields_for, template_for
from phonebank.campaigns.models import Campaign
from phonebank.contacts.models import Contact
from phonebank.followups import queries as followups
from phonebank.handoffs import queries as handoffs
from phonebank.handoffs.models import Handoff
from phonebank.handoffs.snoozing import Hours
from phonebank.handoffs.suggesting import AT_RISK_REASON, Offer, Suggestion, filled, suggestions
from phonebank.phone import zones
from phonebank.recipients import queries as recipients
from phonebank.recipients.models import Recipient
from phonebank.replies.carrying_out import AT_RISK
from phonebank.web.conversations import Said, Talk
from phonebank.web.script import questions_of

_DAY_BEGINS, _DAY_ENDS = time(9), time(20)  # of whom no campaign knows


@dataclass(frozen=True)
class Asked:
    """What the campaign asks, in words; blank where it says nothing."""

    organization: str
    sender_name: str
    action: str
    when: str
    place: str
    why: str


@dataclass(frozen=True)
class Earlier:
    """Texts of an earlier campaign (blank: outside any), and what they decided there."""

    campaign: str
    outcome: str
    texts: list[Said]


@dataclass(frozen=True)
class Standing:
    """Something they have said yes to."""

    action: str
    when: str
    place: str
    status: str


@dataclass(frozen=True)
class Help:
    """What helps to answer: the ask, the alternatives prepared, words to start from."""

    asked: Asked | None
    offers: list[Offer]
    suggestions: list[Suggestion]
    saved: list[Suggestion] = field(default_factory=list)  # labelled by their shortcuts
    questions: list[Suggestion] = field(default_factory=list)  # what people ask, each with the campaign's answer


def earlier(session: Session, talk: Talk) -> list[Earlier]:
    """What was said with them before this campaign asked, a group a campaign."""
    if not talk.before:
        return []
    asked_in: dict[int | None, Recipient] = {}
    asked_in.update((one.campaign_id, one) for one in recipients.of_phone(session, talk.handoff.phone))
    return [_earlier(session, which, list(group), asked_in) for which, group in groupby(talk.before, _campaign_of)]


def commitments(session: Session, handoff: Handoff, now: datetime) -> list[Standing]:
    """What they have said yes to and not taken back."""
    found = followups.standing_of_phone(session, handoff.phone)
    return [
        Standing(ask.action, ask_fields(ask, now=now)["ask.when"], ask.place, commitment.status)
        for commitment, ask in found
        if ask.starts_at is None or ask.starts_at > now
    ]


def hours_of(session: Session, handoff: Handoff, contact: Contact | None) -> Hours:
    """When this supporter may be reached; of a number no campaign knows, by day in its own zones."""
    campaign = campaigns.find(session, handoff.campaign_id)
    theirs = contact.zones.split("|") if contact else sorted(zones(handoff.phone))
    start, end = (campaign.hours_start, campaign.hours_end) if campaign else (_DAY_BEGINS, _DAY_ENDS)
    return Hours(tuple(theirs), contact.state or None if contact else None, start, end)


def help_for(session: Session, talk: Talk, volunteer: str, now: datetime) -> Help:
    """The ask and words to start from, in the supporter's language and this volunteer's name."""
    handoff, contact = talk.handoff, talk.contact
    saved = handoffs.saved_for(session, handoff.campaign_id)
    campaign = campaigns.find(session, handoff.campaign_id)
    if campaign is None or contact is None:
        own: dict[str, object] = {"sender_name": volunteer}
        return Help(None, [], suggestions(handoff.reason, language="en", fields=own), filled(saved, own))
    said_before = {text.body for text in (*talk.before, *talk.texts)}
    ask = campaigns.ask_of(session, campaign)
    offers = _offers(session, campaign, contact, now)
    said_in = ask_fields(ask, now=now, language=contact.language)  # a volunteer may speak what the campaign does not
    fields = fields_for(contact, campaign, ask, now=now) | said_in | {"sender_name": volunteer}
    reason = AT_RISK_REASON if handoff.urgency == AT_RISK else handoff.reason
    prepared = suggestions(reason, language=contact.language, fields=fields, offers=offers)
    starts = [start for start in prepared if start.text not in said_before]
    questions = questions_of(campaign, fields)
    return Help(_asked(campaign, ask, now), offers, starts, filled(saved, fields), questions)


def _campaign_of(text: Said) -> int | None:
    return text.campaign_id


def _earlier(
    session: Session, campaign_id: int | None, texts: list[Said], asked_in: Mapping[int | None, Recipient]
) -> Earlier:
    campaign, recipient = campaigns.find(session, campaign_id), asked_in.get(campaign_id)
    return Earlier(campaign.name if campaign else "", recipient.outcome if recipient else "", texts)


def _asked(campaign: Campaign, ask: Ask, now: datetime) -> Asked:
    return Asked(
        organization=campaign.organization,
        sender_name=campaign.sender_name,
        action=ask.action,
        when=ask_fields(ask, now=now)["ask.when"],
        place=ask.place,
        why=ask.why,
    )


def _offers(session: Session, campaign: Campaign, contact: Contact, now: datetime) -> list[Offer]:
    """The alternatives whose time is still ahead, in this person's words."""
    found = []
    for alternative, ask in campaigns.alternatives_of(session, campaign):
        if ask.starts_at is None or ask.starts_at > now:
            fields = fields_for(contact, campaign, ask, now=now)
            try:
                found.append(Offer(alternative.answers_to, render(template_for(ask, contact, 0), fields)))
            except WordingError:  # their row lacks a column it needs
                continue
    return found
