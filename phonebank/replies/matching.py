"""Finds what replies answer: whose recipient wrote, in which campaign, to which question of ours."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from phonebank.asks.models import Ask
from phonebank.campaigns import queries as campaign_queries
from phonebank.campaigns.models import Campaign, CampaignStatus, FollowUpPlan
from phonebank.contacts.models import Contact
from phonebank.errors import RefusedError
from phonebank.followups.models import Commitment
from phonebank.handoffs.models import Handoff, HandoffStatus
from phonebank.intents import Intent
from phonebank.messages.models import MessageKind
from phonebank.one_on_ones.texting import STEP
from phonebank.optouts.models import Ban, OptOut
from phonebank.recipients import queries as recipients
from phonebank.recipients.models import Recipient
from phonebank.replies import queries, threads
from phonebank.replies.decisions import Answering, Situation

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
    handoff: Handoff | None  # the one that stands
    alternatives: Mapping[Intent, Ask]
    plans: Sequence[FollowUpPlan]
    situation: Situation

    def situation_at(self, now: datetime) -> Situation:
        """Where it stands at this moment: to an event that has begun nobody is confirmed or invited any more."""
        begun = {intent for intent, ask in self.alternatives.items() if ask.has_begun(now)}
        still = self.situation.alternatives - begun
        return replace(self.situation, is_over=self.ask.has_begun(now), alternatives=still)


@dataclass(frozen=True)
class Known:
    """What is known of one number: our texts to it, oldest first, its bans, and its conversation (None: a stranger)."""

    ours: Sequence[Any]
    bans: Mapping[Ban, OptOut]
    talk: Talk | None


def of_phones(session: Session, phones: Collection[str]) -> dict[str, Known]:
    """What is known of each of these numbers; its conversation is that of the last text we sent it.

    Raises RefusedError, for more than one number, when somebody else has one of the conversations in hand just now.
    """
    ours, bans = queries.ours_to(session, phones), queries.bans_on(session, phones)
    handoffs = queries.handoffs_of(
        session, phones, lock=True
    )  # locked before the recipient, as by a volunteer's verdict
    last = {phone: threads.last_spoken(ours[phone]) for phone in phones}
    whose = {phone: _recipient_id(session, phone, last[phone]) for phone in phones}
    wanted = {one for one in whose.values() if one is not None}
    people = queries.people(session, wanted, waits=len(phones) == 1)
    if len(people) < len(wanted):
        raise RefusedError("Somebody else has one of these conversations in hand: read them one by one.")
    met = {
        phone: _Met(*people[one], last[phone], ours[phone], bans[phone], handoffs.get(phone))
        for phone, one in whose.items()
        if one is not None
    }
    talks = dict(zip(met, _talks(session, met.values()), strict=True))
    return {phone: Known(ours[phone], bans[phone], talks.get(phone)) for phone in phones}


def of_recipient(session: Session, recipient: Recipient, drive: "Drive | None" = None) -> Talk:
    """The conversation with this recipient, in their campaign; `drive`, when what belongs to it is known already."""
    phone, contact = recipient.phone, recipients.contact_of(session, recipient)
    ours, bans = queries.ours_to(session, [phone])[phone], queries.bans_on(session, [phone])[phone]
    handoff = queries.handoffs_of(session, [phone], lock=False).get(phone)
    last = threads.last_spoken(ours, recipient.campaign_id)
    standing = queries.commitments_of(session, [recipient.id] if recipient.id else [])
    met = _Met(recipient, contact, last, ours, bans, handoff)
    return _talk(met, drive or _drive(session, recipient.campaign_id), standing.get(recipient.id or 0))


@dataclass(frozen=True)
class _Met:
    recipient: Recipient
    contact: Contact
    last: Any  # the last text of ours that reached them
    ours: Sequence[Any]
    bans: Mapping[Ban, OptOut]
    handoff: Handoff | None


@dataclass(frozen=True)
class Drive:
    """What belongs to a campaign, read once for everyone who answers it."""

    campaign: Campaign
    ask: Ask
    alternatives: Mapping[Intent, Ask]
    plans: Sequence[FollowUpPlan]


def _recipient_id(session: Session, phone: str, last: Any) -> int | None:
    if last is not None and last.recipient_id is not None:
        return int(last.recipient_id)
    asked = (one.id for one in recipients.of_phone(session, phone) if one.asked_at is not None)
    return next(asked, None)


def _talks(session: Session, met: Collection[_Met]) -> list[Talk]:
    ids = [one.recipient.id for one in met if one.recipient.id is not None]
    standing = queries.commitments_of(session, ids) if ids else {}
    drives = {campaign: _drive(session, campaign) for campaign in {one.recipient.campaign_id for one in met}}
    return [_talk(one, drives[one.recipient.campaign_id], standing.get(one.recipient.id or 0)) for one in met]


def _drive(session: Session, campaign_id: int) -> Drive:
    campaign = campaign_queries.by_id(session, campaign_id)
    prepared = {Intent(row.answers_to): ask for row, ask in campaign_queries.alternatives_of(session, campaign)}
    plans = campaign_queries.follow_up_plans_of(session, campaign)
    return Drive(campaign, campaign_queries.ask_of(session, campaign), prepared, plans)


def _answering(last: Any) -> Answering:
    if last is None:
        return Answering.ASK
    if last.step is not None and last.step.startswith(STEP):
        return Answering.ONE_ON_ONE
    return _ANSWERING.get(last.kind, Answering.ASK)


def _talk(met: _Met, drive: Drive, commitment: Commitment | None) -> Talk:
    offered = threads.alternatives_offered(met.ours, met.recipient.id)
    is_claimed = met.handoff is not None and met.handoff.status is HandoffStatus.CLAIMED
    situation = Situation(
        is_opted_out=Ban.OPT_OUT in met.bans,
        is_open=drive.campaign.status is not CampaignStatus.CLOSED,
        is_with_volunteer=Ban.HOLD in met.bans or is_claimed,
        has_commitment=commitment is not None,
        outcome=met.recipient.outcome,
        answering=_answering(met.last),
        alternatives=frozenset(drive.alternatives).difference(offered),
    )
    return Talk(
        recipient=met.recipient,
        contact=met.contact,
        campaign=drive.campaign,
        ask=(drive.alternatives.get(offered[-1]) if offered else None) or drive.ask,  # what was offered last
        commitment=commitment,
        handoff=met.handoff,
        alternatives=drive.alternatives,
        plans=drive.plans,
        situation=situation,
    )
