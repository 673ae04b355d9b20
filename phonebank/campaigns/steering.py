"""A person pauses, resumes or closes a campaign: the move and its entry in the audit trail, in one transaction."""

from datetime import datetime

from sqlmodel import Session

from phonebank.campaigns import lifecycle, queries, resuming
from phonebank.campaigns.models import Campaign
from phonebank.people import audit
from phonebank.people.models import Deed


def pause(session: Session, campaign_id: int, *, reason: str, by: str, now: datetime) -> bool:
    """As `lifecycle.pause`, in this person's name."""
    moved = lifecycle.pause(session, campaign_id, reason=reason, now=now)
    return moved and _recorded(session, campaign_id, Deed.PAUSED, by, now, reason)


def unschedule(session: Session, campaign_id: int, *, by: str, now: datetime) -> bool:
    """As `lifecycle.unschedule`, in this person's name."""
    moved = lifecycle.unschedule(session, campaign_id)
    return moved and _recorded(session, campaign_id, Deed.PAUSED, by, now, "took back its scheduled launch")


def resume(session: Session, campaign: Campaign, *, budget: float | None, by: str, now: datetime) -> bool:
    """As `resuming.resume`, in this person's name."""
    assert campaign.id is not None
    moved = resuming.resume(session, campaign, budget=budget, now=now)
    told = "" if budget is None else f"with a budget of ${budget:,.2f}"
    return moved and _recorded(session, campaign.id, Deed.RESUMED, by, now, told)


def close(session: Session, campaign_id: int, *, by: str, now: datetime) -> bool:
    """As `lifecycle.close`, in this person's name."""
    moved = lifecycle.close(session, campaign_id, now)
    return moved and _recorded(session, campaign_id, Deed.CLOSED, by, now)


def _recorded(session: Session, campaign_id: int, deed: Deed, by: str, now: datetime, detail: str = "") -> bool:
    audit.record(session, deed, by=by, about=queries.by_id(session, campaign_id).name, now=now, detail=detail)
    return True
