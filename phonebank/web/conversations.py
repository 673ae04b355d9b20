"""One conversation as its page shows it: what was said, understood and asked, and what to say next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from phonebank.asks.models import Ask
from phonebank.asks.wording import WordingError, ask_fields, render
from phonebank.campaigns import queries as campaigns
from phonebank.campaigns.merging import fields_for, template_for
from phonebank.campaigns.models import Campaign
from phonebank.contacts.models import Contact
from phonebank.handoffs import queries as handoffs
from phonebank.handoffs.models import Handoff, HandoffStatus
from phonebank.handoffs.suggesting import Offer, Suggestion, suggestions
from phonebank.messages.models import Direction, Message, MessageKind
from phonebank.messages.queries import conversation
from phonebank.optouts.models import Ban
from phonebank.optouts.queries import standing
from phonebank.people import queries as people
from phonebank.replies import queries as replies
from phonebank.replies.models import ReplyReading


@dataclass(frozen=True)
class Said:
    """One text. `writer` is empty when it went by itself; `pictures` are content types."""

    id: int
    is_theirs: bool
    is_automatic: bool
    writer: str
    body: str
    pictures: tuple[str, ...]
    at: datetime
    status: str
    due_at: datetime | None
    reading: ReplyReading | None


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
class Talk:
    """What changes while somebody looks: who holds it, what stands against the number, what was said."""

    handoff: Handoff
    first_name: str
    holder: str
    is_mine: bool
    is_taken: bool
    is_held: bool
    is_opted_out: bool
    texts: list[Said]

    @property
    def is_closed(self) -> bool:
        return self.handoff.status == HandoffStatus.CLOSED


@dataclass(frozen=True)
class Help:
    """What helps to answer: the ask, the alternatives prepared, words to start from."""

    asked: Asked | None
    offers: list[Offer]
    suggestions: list[Suggestion]


def talk(session: Session, handoff_id: int, person_id: int, now: datetime, *, reads_all: bool) -> Talk:
    """The conversation for this person; its texts only while they hold it or may read all."""
    handoff = handoffs.by_id(session, handoff_id)
    session.expunge(handoff)
    has_lease = handoff.claimed_until is not None and handoff.claimed_until > now
    is_mine = has_lease and handoff.claimed_by == person_id
    bans = standing(session, handoff.phone)
    return Talk(
        handoff=handoff,
        first_name=first_name(session, handoff.phone),
        holder=_name(session, handoff.claimed_by) if has_lease else "",
        is_mine=is_mine,
        is_taken=has_lease and not is_mine,
        is_held=Ban.HOLD in bans,
        is_opted_out=Ban.OPT_OUT in bans,
        texts=said(session, handoff.phone) if is_mine or reads_all else [],
    )


def said(session: Session, phone: str) -> list[Said]:
    """Everything said with this number, oldest first, with how each reply was read."""
    messages = conversation(session, phone)
    readings = replies.readings_of(session, [message.id for message in messages if message.id is not None])
    for reading in readings.values():
        session.expunge(reading)
    writers = {who: _name(session, who) for who in {message.written_by for message in messages} if who is not None}
    return [_said(message, readings, writers) for message in messages]


def help_for(session: Session, handoff: Handoff, volunteer: str, now: datetime) -> Help:
    """The ask and words to start from, in the supporter's language and this volunteer's name."""
    contact = handoffs.contact_of(session, handoff.phone)
    if handoff.campaign_id is None or contact is None:
        return Help(None, [], suggestions(handoff.reason, language="en", fields={"sender_name": volunteer}))
    said_before = {message.body for message in conversation(session, handoff.phone)}
    campaign = campaigns.by_id(session, handoff.campaign_id)
    ask = campaigns.ask_of(session, campaign)
    offers = _offers(session, campaign, contact, now)
    said_in = ask_fields(ask, now=now, language=contact.language)  # a volunteer may speak what the campaign does not
    fields = fields_for(contact, campaign, ask, now=now) | said_in | {"sender_name": volunteer}
    prepared = suggestions(handoff.reason, language=contact.language, fields=fields, offers=offers)
    return Help(_asked(campaign, ask, now), offers, [start for start in prepared if start.text not in said_before])


def first_name(session: Session, phone: str) -> str:
    """Empty for a number we do not know."""
    contact = handoffs.contact_of(session, phone)
    return contact.first_name if contact else ""


def _said(message: Message, readings: Mapping[int, ReplyReading], writers: Mapping[int, str]) -> Said:
    assert message.id is not None
    is_theirs = message.direction is Direction.IN
    return Said(
        id=message.id,
        is_theirs=is_theirs,
        is_automatic=not is_theirs and message.kind is not MessageKind.ANSWER,
        writer=writers.get(message.written_by or 0, ""),
        body=message.body,
        pictures=tuple(str(picture.get("content_type") or "unknown kind") for picture in message.media),
        at=message.sent_at or message.created_at,
        status=message.status,
        due_at=message.due_at,
        reading=readings.get(message.id),
    )


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


def _name(session: Session, person_id: int | None) -> str:
    person = people.by_id(session, person_id) if person_id is not None else None
    return person.name if person else ""
