"""What is true of a campaign this moment, read from small indexes however large it is: why it waits, and who waits."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from phonebank.campaigns.models import Campaign
from phonebank.handoffs.models import Handoff, HandoffStatus
from phonebank.people import queries as people
from phonebank.reports.stops import holds, stop

_THERE = timedelta(minutes=10)
_STANDING = (HandoffStatus.OPEN, HandoffStatus.CLAIMED)


def present(session: Session, campaign: Campaign, now: datetime) -> dict[str, Any]:
    """The keys status, paused_reason, stop, holds (see `stops`), at_inbox; waits: {"open", "claimed", "oldest_s"}."""
    return {
        "status": campaign.status.value,
        "paused_reason": campaign.paused_reason,
        "stop": stop(session, campaign),
        "holds": holds(session, campaign, now),
        "waits": _waits(session, campaign, now),
        "at_inbox": people.at_inbox(session, since=now - _THERE),
    }


def _waits(session: Session, campaign: Campaign, now: datetime) -> dict[str, Any]:
    told = select(Handoff.status, func.count(), func.min(Handoff.opened_at)).where(
        col(Handoff.status).in_(_STANDING), Handoff.campaign_id == campaign.id
    )
    rows = {status: (number, first) for status, number, first in session.exec(told.group_by(col(Handoff.status)))}
    number, first = rows.get(HandoffStatus.OPEN, (0, None))
    return {
        "open": number,
        "claimed": rows.get(HandoffStatus.CLAIMED, (0, None))[0],
        "oldest_s": None if first is None else max(0.0, (now - first).total_seconds()),
    }
