"""How one campaign stands: the published counts behind `campaigns status` and its page."""

from enum import StrEnum
from typing import Any

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from phonebank.campaigns.models import Campaign
from phonebank.handoffs import queries as handoffs
from phonebank.intents import Outcome
from phonebank.messages.models import Direction, Message, MessageStatus
from phonebank.recipients import queries as recipients
from phonebank.recipients.models import RecipientStatus

MICROS = 1_000_000
_INBOUND_ONLY = {MessageStatus.RECEIVED, MessageStatus.HANDLED}
_NOT_SPOKEN = (MessageStatus.QUEUED, MessageStatus.CANCELED)


def standing(session: Session, campaign: Campaign) -> dict[str, Any]:
    """The keys of interface.md, every status named; `segments` and `cost` (US dollars) of all texts spoken so far."""
    assert campaign.id is not None
    outbound = [status for status in MessageStatus if status not in _INBOUND_ONLY]
    segments, micros = _spoken(session, campaign.id)
    return {
        "status": campaign.status.value,
        "paused_reason": campaign.paused_reason,
        "recipients": _all_named(RecipientStatus, recipients.by_status(session, campaign.id)),
        "outcomes": _all_named(Outcome, recipients.by_outcome(session, campaign.id)),
        "messages": _all_named(outbound, _messages(session, campaign.id)),
        "inbound": _inbound(session, campaign.id),
        "handoffs": handoffs.counts(session, campaign.id),
        "segments": segments,
        "cost": micros / MICROS,
    }


def _all_named(statuses: Any, counted: dict[str, int]) -> dict[str, int]:
    return {status.value: counted.get(status.value, 0) for status in statuses if isinstance(status, StrEnum)}


def _messages(session: Session, campaign_id: int) -> dict[str, int]:
    ours = select(Message.status, func.count()).where(
        Message.campaign_id == campaign_id, Message.direction == Direction.OUT
    )
    return {str(status): number for status, number in session.exec(ours.group_by(col(Message.status)))}


def _inbound(session: Session, campaign_id: int) -> int:
    theirs = select(func.count()).where(Message.campaign_id == campaign_id, Message.direction == Direction.IN)
    return session.exec(theirs).one()


def _spoken(session: Session, campaign_id: int) -> tuple[int, int]:
    spoken = select(func.sum(Message.segments), func.sum(Message.cost_micros)).where(
        Message.campaign_id == campaign_id,
        Message.direction == Direction.OUT,
        col(Message.status).not_in(_NOT_SPOKEN),
        or_(col(Message.status) != MessageStatus.FAILED, col(Message.carrier_sid).is_not(None)),
    )
    segments, micros = session.exec(spoken).one()
    return int(segments or 0), int(micros or 0)
