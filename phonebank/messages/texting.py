"""First texts that volunteers send by hand: a batch of people in hand, and each of them texted once, or passed by.

One UPDATE of the recipient decides who writes; the Message it leads to is the same one, in the same ledger, as the
machine's: `sending` speaks it, at its pace, after its own last checks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session

from phonebank.asks import segments
from phonebank.asks.models import Ask
from phonebank.asks.wording import WordingError
from phonebank.campaigns import merging
from phonebank.campaigns import queries as campaign_queries
from phonebank.campaigns.models import Campaign, CampaignStatus, SentBy
from phonebank.contacts.models import Contact
from phonebank.db import insert_ignoring
from phonebank.errors import NotFoundError, RefusedError
from phonebank.jobs import ring_after_commit
from phonebank.messages import editing, queries
from phonebank.messages.asking import EVENT_BEGUN, ask_row
from phonebank.messages.composing import messages
from phonebank.messages.reaching import Reach
from phonebank.people.models import Person
from phonebank.recipients import dealing
from phonebank.recipients import lifecycle as recipients
from phonebank.recipients import queries as recipient_queries
from phonebank.recipients.models import Recipient, RecipientStatus

BATCH = 25
LEASE = timedelta(minutes=10)
"""So long after their last text a volunteer keeps who is left of their batch."""

_MOST_ROUNDS = 20


class Passing(StrEnum):
    """Why a volunteer does not text somebody."""

    KNOW_THEM = "know_them"
    WRONG_PERSON = "wrong_person"


WRONG_PERSON = "a volunteer said: not the right person"


@dataclass(frozen=True)
class FirstText:
    """One person's first text, as the volunteer finds it: filled in."""

    recipient_id: int
    first_name: str
    body: str
    language: str
    segments: int


@dataclass(frozen=True)
class Sent:
    """What came of one tap. Where it is not theirs to send, `says` why, for the volunteer to read and go on."""

    is_new: bool
    says: str = ""


def take(session: Session, campaign_id: int, person: Person, now: datetime) -> int:
    """Put the next people into this volunteer's hands, up to a batch with whom they have. How many they have then.

    Raises RefusedError when no first text of the campaign may go now.
    """
    campaign, ask = _campaign(session, campaign_id)
    refuse_if_standing_still(session, campaign, ask, now)
    campaign_queries.lock_ask(session, campaign)
    person_id = _id(person)
    recipients.keep_in_hand(session, campaign_id, person_id, until=now + LEASE)
    has = len(recipient_queries.in_hand(session, campaign_id, person_id, now))
    for _ in range(_MOST_ROUNDS):
        due = recipient_queries.free_for(session, campaign_id, person_id, now=now, most=BATCH - has)
        if not due:
            break
        ready = _ready(session, campaign, ask, due, now)
        has += recipients.take_in_hand(session, ready, person_id, until=now + LEASE, now=now)
    return has


def _ready(
    session: Session, campaign: Campaign, ask: Ask, due: Sequence[tuple[Recipient, Contact]], now: datetime
) -> list[int]:
    """The ids of those who may be texted now, each dealt their version; whoever lacks a field of it is left out."""
    people = Reach(session, campaign, ask, now).of(due)
    dealt = dealing.redeal(session, campaign.id or 0, ask, [one.recipient for one in people], now)
    for one in people:
        try:
            variant = dealt.get(one.id, one.recipient.variant)
            merging.ask_text(campaign, ask, one.contact, variant, now)
        except WordingError as wrong:
            recipients.exclude(session, [one.id], because=str(wrong)[:200])
    return [one.id for one in people]  # whoever was just left out is not pending: no hand takes them


def in_hand(session: Session, campaign_id: int, person: Person, now: datetime) -> list[FirstText]:
    """The first texts of whom this volunteer has in hand, in order."""
    campaign, ask = _campaign(session, campaign_id)
    held = recipient_queries.in_hand(session, campaign_id, _id(person), now)
    return [_first_text(campaign, ask, recipient, contact, person, now) for recipient, contact in held]


def send(session: Session, campaign_id: int, recipient_id: int, person: Person, typed: str, now: datetime) -> Sent:
    """Write this person's first text down, in the volunteer's name. A second tap, tab or try finds it written.

    Raises BadInputError when the words may not go as they are, RefusedError when no first text may go now.
    """
    campaign, ask = _campaign(session, campaign_id)
    recipient = recipient_queries.by_id(session, recipient_id)
    if recipient is None or recipient.campaign_id != campaign_id:
        raise NotFoundError("There is no such person in this campaign.")
    if recipient.composed_at is not None:
        return _not_sent(session, recipient, person)
    refuse_if_standing_still(session, campaign, ask, now)
    contact = recipient_queries.contact_of(session, recipient)
    prepared = _first_text(campaign, ask, recipient, contact, person, now)
    words = editing.checked(typed, prepared.body, campaign, prepared.language)
    reach = Reach(session, campaign, ask, now)
    if not reach.is_open(recipient):
        campaign_queries.lock_ask(session, campaign)
    reachable = reach.of([(recipient, contact)])
    if not reachable or not recipients.write_by_hand(session, recipient_id, _id(person), now):
        session.refresh(recipient)
        return _not_sent(session, recipient, person)
    row = ask_row(campaign, ask, reachable[0], words, now=now, written_by=_id(person))
    session.connection().execute(insert_ignoring(messages, session), row)
    recipients.keep_in_hand(session, campaign_id, _id(person), until=now + LEASE)
    ring_after_commit(session, "texts", campaign.sender)
    return Sent(True)


def pass_by(session: Session, recipient_id: int, person: Person, why: Passing) -> bool:
    """The volunteer does not text them: left to another, or out of the campaign. False when not in their hand."""
    if why is Passing.KNOW_THEM:
        return recipients.leave_to_another(session, recipient_id, _id(person))
    return recipients.exclude_by_hand(session, recipient_id, _id(person), WRONG_PERSON)


def give_back(session: Session, campaign_id: int, person: Person) -> int:
    """Whom they have in hand is free for the others. How many that were."""
    campaign, _ = _campaign(session, campaign_id)
    campaign_queries.lock_ask(session, campaign)
    return recipients.give_back(session, campaign_id, _id(person))


def refuse_if_standing_still(session: Session, campaign: Campaign, ask: Ask, now: datetime) -> None:
    """Raises RefusedError that says why no first text of this campaign may go now."""
    if reason := why_still(session, campaign, ask, now):
        raise RefusedError(reason)


def why_still(session: Session, campaign: Campaign, ask: Ask, now: datetime) -> str:
    """Why no first text of this campaign may go now, in a sentence for volunteers; empty when they may."""
    if campaign.status is CampaignStatus.ENROLLING:
        return "It has just been launched: everyone is still being listed. Look again in a minute."
    if campaign.status is CampaignStatus.PAUSED:
        return f"It is paused. {campaign.paused_reason or ''}".strip()
    if campaign.status is not CampaignStatus.RUNNING:
        return "It is closed: no more first texts go out."
    if ask.has_begun(now):
        return EVENT_BEGUN
    if campaign.asks_wait_since is not None:
        return "Many people wait for an answer: help in the inbox first, then the first texts go on."
    if campaign_queries.today(session, now).full_until is not None:
        return "The day’s limit is reached: first texts go on tomorrow."
    return ""


def first_name(person: Person) -> str:
    """How a volunteer signs a text."""
    return person.name.split()[0]


def _not_sent(session: Session, recipient: Recipient, person: Person) -> Sent:
    """Nothing was sent by this tap, and why: mostly since the one before it was enough."""
    if recipient.composed_at is not None:
        written = queries.first_text_of(session, recipient.id or 0)
        is_mine = written is not None and written.written_by == person.id
        return Sent(False, "" if is_mine else "Another volunteer has texted them already.")
    if recipient.status is RecipientStatus.EXCLUDED:
        return Sent(False, f"Nothing was sent to them: {recipient.excluded_because}.")
    if recipient.held_by is not None and recipient.held_by != person.id:
        return Sent(False, "Another volunteer has them in hand now: nothing was sent to them from here.")
    return Sent(False, "They cannot be texted at this hour, or just now: they come back when they can be.")


def _first_text(
    campaign: Campaign, ask: Ask, recipient: Recipient, contact: Contact, person: Person, now: datetime
) -> FirstText:
    body = merging.ask_text(campaign, ask, contact, recipient.variant, now, writer=first_name(person))
    return FirstText(
        recipient_id=recipient.id or 0,
        first_name=contact.first_name,
        body=body,
        language=merging.language_of(contact, ask),
        segments=segments.count(body).segments,
    )


def _campaign(session: Session, campaign_id: int) -> tuple[Campaign, Ask]:
    campaign = campaign_queries.by_id(session, campaign_id)
    if campaign.sent_by != SentBy.PEOPLE:
        raise NotFoundError("No first texts of this campaign are sent by hand.")
    return campaign, campaign_queries.ask_of(session, campaign)


def _id(person: Person) -> int:
    assert person.id is not None
    return person.id
