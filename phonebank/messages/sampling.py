"""A campaign's first text sent to oneself, for a made-up person, before anybody else gets it."""

from datetime import datetime

from sqlmodel import Session

from phonebank import phone
from phonebank.campaigns import merging, queries
from phonebank.campaigns.models import Campaign, Channel
from phonebank.campaigns.spec_types import FIRST_LANGUAGE
from phonebank.campaigns.texts import someone
from phonebank.errors import RefusedError
from phonebank.messages import composing
from phonebank.messages.composing import NewText
from phonebank.messages.models import MessageKind, Priority


def send_test(
    session: Session,
    campaign: Campaign,
    number: str,
    now: datetime,
    *,
    language: str = FIRST_LANGUAGE,
    version: int = 1,
) -> int:
    """Compose the first text for a made-up person to this number. Returns the message's id.

    `version` counts the texts of the language from 1.
    """
    if campaign.channel is Channel.CALL:
        raise RefusedError("This is a campaign of calls: have it call you instead.")
    parts = queries.parts_of(session, campaign)
    person = someone(now, language=language)
    first = next(queries.people_to_ask(session, parts, now=now), None)
    person.fields = dict(first.fields) if first is not None else {}
    text = NewText(
        phone=phone.parse(number),
        sender=campaign.sender,
        kind=MessageKind.TEST,
        body=merging.ask_text(campaign, parts.ask, person, version - 1, now),
        priority=Priority.ANSWER,
    )
    sent = composing.compose(session, text, now)
    assert sent is not None
    return sent
