"""How fast a campaign asks, how long the rest takes at that rate, and what it will have cost (pure)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from phonebank.campaigns.models import Campaign, CampaignStatus
from phonebank.reports.passes import LATELY

_TELLING = 20  # people asked: fewer say nothing of what all will cost


def pace(campaign: Campaign, counts: Mapping[str, Any], counted_at: datetime) -> dict[str, Any]:
    """{"a_minute", "to_go", "left_s", "cost_of_all"}: people who may be asked now, seconds, millionths of a dollar.

    What cannot be told is None: nothing was asked lately, it stands still, or too few were asked.
    """
    asked, people = (counts["funnel"][step]["people"] for step in (1, 0))
    to_go = max(0, counts["recipients"]["pending"] - counts["waiting"]["people"])
    a_minute = counts["lately"] / _minutes(campaign, counted_at)
    is_going = campaign.status is CampaignStatus.RUNNING and counts["lately"] and to_go
    return {
        "a_minute": a_minute,
        "to_go": to_go,
        "left_s": to_go / a_minute * 60 if is_going else None,
        "cost_of_all": round(campaign.spent_micros / asked * people) if asked >= _TELLING else None,
    }


def _minutes(campaign: Campaign, counted_at: datetime) -> float:
    """How much of the last minutes the campaign has lived through, a quarter of one at least."""
    since = campaign.launched_at or campaign.created_at
    return float(min(max((counted_at - since).total_seconds(), 15), LATELY.total_seconds())) / 60
