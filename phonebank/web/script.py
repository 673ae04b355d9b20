"""What a running campaign asks and why, as a volunteer learns it: the ask, a text, what to offer instead, questions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from phonebank.asks.wording import WordingError, ask_fields, render
from phonebank.campaigns import queries as campaigns
from phonebank.campaigns.merging import ask_text, fields_for
from phonebank.campaigns.models import Campaign
from phonebank.campaigns.spec_types import FIRST_LANGUAGE
from phonebank.campaigns.texts import someone
from phonebank.handoffs.suggesting import Offer, Suggestion


@dataclass(frozen=True)
class Script:
    """One campaign's, with a text as somebody gets it; blank where it says nothing."""

    name: str
    organization: str
    action: str
    when: str
    place: str
    why: str
    text: str
    offers: list[Offer]
    questions: list[Suggestion]
    fields: Mapping[str, object]


def running(session: Session, writer: str, now: datetime, most: int = 3) -> list[Script]:
    """The scripts of what runs now, the newest first."""
    newest = sorted(campaigns.running(session), key=lambda one: one.id or 0, reverse=True)
    return [script(session, campaign, writer, now) for campaign in newest[:most]]


def script(session: Session, campaign: Campaign, writer: str, now: datetime) -> Script:
    """One campaign's, filled in for a made-up person and in this volunteer's name."""
    ask, person = campaigns.ask_of(session, campaign), someone(now)
    fields = fields_for(person, campaign, ask, writer=writer, now=now)
    try:
        text = ask_text(campaign, ask, person, 0, now, writer=writer) if ask.texts.get(FIRST_LANGUAGE) else ""
    except WordingError:  # a column of the list that a made-up person does not have
        text = ""
    offers = [
        Offer(row.answers_to, said)
        for row, other in campaigns.alternatives_of(session, campaign)
        if (said := filled(str(other.texts[FIRST_LANGUAGE][0]), fields_for(person, campaign, other, now=now)))
    ]
    when = ask_fields(ask, now=now)["ask.when"]
    words = (campaign.name, campaign.organization, ask.action, when, ask.place, ask.why, text)
    return Script(*words, offers, questions_of(campaign, fields), fields)


def questions_of(campaign: Campaign, fields: Mapping[str, object]) -> list[Suggestion]:
    """What people ask about this campaign, each with the organizers' answer."""
    told = ((one["question"], filled(one["answer"], fields)) for one in campaign.questions)
    return [Suggestion(question, answer) for question, answer in told if answer]


def filled(template: str, fields: Mapping[str, object]) -> str:
    """The words for one person; empty where a field has no value."""
    try:
        return render(template, fields)
    except WordingError:
        return ""
