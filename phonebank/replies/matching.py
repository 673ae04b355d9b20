"""Finds what a reply answers: whose recipient wrote, in which campaign, to which question of ours."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from phonebank.asks.models import Ask
from phonebank.campaigns import queries as campaign_queries
from phonebank.campaigns.models import Campaign, CampaignStatus
from phonebank.contacts.models import Contact
from phonebank.followups import queries as followups
from phonebank.followups.models import Commitment
from phonebank.handoffs import queries as handoffs
from phonebank.handoffs.models import HandoffStatus
from phonebank.intents import Intent
from phonebank.messages import queries as messages
from phonebank.messages.models import Message, MessageKind
from phonebank.optouts import queries as optouts
from phonebank.optouts.models import Ban
from phonebank.recipients import queries as recipients
from phonebank.recipients.models import Recipient
from phonebank.replies.decisions import Answering, Situation

_REMEMBERED = timedelta(days=14)

_ANSWERING = {
    MessageKind.ALTERNATIVE: Answering.ALTERNATIVE,
    MessageKind.REMINDER: Answering.REMINDER,
    MessageKind.ANSWER: Answering.PERSON,
}


@dataclass(frozen=True)
class Talk:
    """One conversation: who, in which campaign, about which ask, and where it stands."""

    recipient: Recipient
    contact: Contact
    campaign: Campaign
    ask: Ask  # the one being answered: the campaign's own, or the alternative that was offered
    commitment: Commitment | None
    alternatives: dict[Intent, Ask]
    situation: Situation


def of_phone(session: Session, phone: str) -> Talk | None:
    """The conversation a reply from this number belongs to: that of the last text we sent them. None: a stranger."""
    last = messages.last_outbound(session, phone)
    recipient = _recipient(session, phone, last)
    return None if recipient is None else of_recipient(session, recipient, last)


def of_recipient(session: Session, recipient: Recipient, last: Message | None = None) -> Talk:
    """The conversation with this recipient. `last` is the last text of ours they got, when it is known already."""
    assert recipient.id is not None
    last = last or messages.last_outbound(session, recipient.phone, recipient.campaign_id)
    campaign = campaign_queries.by_id(session, recipient.campaign_id)
    prepared = {Intent(row.answers_to): ask for row, ask in campaign_queries.alternatives_of(session, campaign)}
    offered = messages.alternatives_offered(session, recipient.id)
    commitment = followups.standing_of(session, recipient.id)
    ask = _ask(session, campaign, offered, prepared)
    handoff, bans = handoffs.standing_of(session, recipient.phone), optouts.standing(session, recipient.phone)
    situation = Situation(
        is_opted_out=Ban.OPT_OUT in bans,
        is_open=campaign.status is not CampaignStatus.CLOSED,
        is_with_volunteer=Ban.HOLD in bans or (handoff is not None and handoff.status is HandoffStatus.CLAIMED),
        has_commitment=commitment is not None,
        outcome=recipient.outcome,
        answering=_ANSWERING.get(last.kind, Answering.ASK) if last else Answering.ASK,
        alternatives=frozenset(prepared).difference(offered),
    )
    contact = recipients.contact_of(session, recipient)
    return Talk(recipient, contact, campaign, ask, commitment, prepared, situation)


def sent_before(session: Session, phone: str, now: datetime) -> list[str]:
    """Our last texts to this number, oldest first: what a bare "2" or "Y" answers."""
    return list(reversed(messages.said_to(session, phone, now - _REMEMBERED)))


def _recipient(session: Session, phone: str, last: Message | None) -> Recipient | None:
    if last is not None and last.recipient_id is not None:
        return recipients.by_id(session, last.recipient_id, lock=True)
    asked = [one for one in recipients.of_phone(session, phone) if one.asked_at is not None]
    return asked[0] if asked else None


def _ask(session: Session, campaign: Campaign, offered: list[Intent], prepared: dict[Intent, Ask]) -> Ask:
    """The alternative that was offered last, else the campaign's own."""
    last = prepared.get(offered[-1]) if offered else None
    return last or campaign_queries.ask_of(session, campaign)
