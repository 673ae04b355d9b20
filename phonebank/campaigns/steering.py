"""A person pauses, resumes, closes or deletes a campaign: the move, and its entry in the trail, in one transaction."""

from datetime import datetime

from sqlmodel import Session

from phonebank.campaigns import lifecycle, queries, redrafting, resuming
from phonebank.campaigns.models import Campaign
from phonebank.drafts import keeping
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


def delete(session: Session, campaign: Campaign, *, by: str, now: datetime) -> None:
    """Throw a draft away with all that belongs to it. Refuses one that was launched or is about to be."""
    assert campaign.id is not None
    name, campaign_id, made_at = campaign.name, campaign.id, campaign.created_at
    redrafting.discard(session, campaign)
    keeping.bury(session, campaign_id, made_at, by=by.partition(" (")[0], now=now)
    audit.record(session, Deed.DELETED, by=by, about=name, now=now, detail="a draft")


def _recorded(session: Session, campaign_id: int, deed: Deed, by: str, now: datetime, detail: str = "") -> bool:
    audit.record(session, deed, by=by, about=queries.by_id(session, campaign_id).name, now=now, detail=detail)
    return True
