"""Begins a second pass: a list of exactly those who did not answer a campaign, and its ask, to be worded anew."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from phonebank.campaigns import queries
from phonebank.campaigns.models import Campaign, CampaignStatus
from phonebank.contacts.models import ContactList
from phonebank.errors import NotFoundError, RefusedError
from phonebank.messages import storing


def list_the_silent(session: Session, campaign: Campaign, now: datetime) -> ContactList:
    """The list. Refuses a draft, an event that has begun, and when nobody is left to ask."""
    assert campaign.id is not None
    if campaign.status is CampaignStatus.DRAFT:
        raise RefusedError("Nobody was asked yet: a second pass follows a first.")
    if queries.ask_of(session, campaign).has_begun(now):
        raise RefusedError("The event has begun or is over: make a new campaign for the next one.")
    made = ContactList(name=_name(session, campaign, now), created_at=now)
    session.add(made)
    session.flush()
    assert made.id is not None
    if not storing.store_unanswered(session, campaign.id, made.id):
        raise RefusedError("Nobody is left to ask again: everyone who got the ask has answered, or said stop.")
    return made


def _name(session: Session, campaign: Campaign, now: datetime) -> str:
    """Named to the minute, so that a second tap is known for what it is."""
    at = f"{now.astimezone(ZoneInfo(campaign.timezone)):%b %-d %H:%M}"
    name = f"{campaign.name[:60]}: no answer, {at}"
    try:
        queries.list_named(session, name)
    except NotFoundError:
        return name
    raise RefusedError("This second pass was begun a moment ago: it waits among the unfinished drafts.")
