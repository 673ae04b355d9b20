"""Counts a campaign: everything on its page that grows with how many people it has."""

import time
from datetime import datetime
from typing import Any

from sqlmodel import Session

from phonebank import clock, db
from phonebank.campaigns import queries as campaigns
from phonebank.campaigns.models import Campaign
from phonebank.reports.by_hand import by_hand
from phonebank.reports.calls import calls
from phonebank.reports.curve import curve
from phonebank.reports.experiment import experiment
from phonebank.reports.funnel import funnel
from phonebank.reports.passes import passes
from phonebank.reports.standing import standing
from phonebank.reports.trouble import trouble
from phonebank.reports.waiting import left_out, waiting
from phonebank.tallies import lifecycle, queries
from phonebank.tallies.models import CampaignTally


def counted(session: Session, campaign: Campaign, now: datetime) -> dict[str, Any]:
    """The keys of `standing`; funnel, lately, waiting, left_out, trouble, curve; experiment and by_hand if any."""
    assert campaign.id is not None
    seen = passes(session, campaign.id, now)
    beside = {"experiment": experiment(session, campaign, now), "by_hand": by_hand(session, campaign, now)}
    beside["calls"] = calls(session, campaign)
    return standing(session, campaign, seen) | {
        "funnel": funnel(session, campaign.id, seen),
        "lately": seen.lately,
        "waiting": waiting(session, campaign, now),
        "left_out": left_out(session, campaign),
        "trouble": trouble(session, campaign.id),
        "curve": curve(session, campaign.id),
        **{name: told for name, told in beside.items() if told is not None},
    }


def count(campaign_id: int, *, is_looked_at: bool) -> bool:
    """Count it and keep what was counted, unless that was done a moment ago or somebody is at it."""
    with db.reading() as session:
        seen = queries.of(session, campaign_id)
    if not queries.is_stale(seen, clock.now(), is_looked_at=is_looked_at):
        return False
    return keep(campaign_id, seen)


def keep(campaign_id: int, seen: CampaignTally | None) -> bool:
    """Count it and keep what was counted; False when somebody else does since the tally that was `seen`."""
    now, began = clock.now(), time.monotonic()
    with db.transaction() as session:
        if not lifecycle.begin(session, campaign_id, seen, now):
            return False
    with db.reading() as session:
        campaign = campaigns.by_id(session, campaign_id)
        found = counted(session, campaign, now)
    took_ms = round((time.monotonic() - began) * 1000)
    with db.transaction() as session:
        return lifecycle.store(
            session, campaign_id, counts=found, status=found["status"], counted_at=now, took_ms=took_ms
        )
