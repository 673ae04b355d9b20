"""What stands beside a campaign's counts: who waits for their hours, who is left out, how its texts compare."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from phonebank.campaigns.models import Campaign
from phonebank.reports.by_hand import by_hand
from phonebank.reports.experiment import experiment
from phonebank.reports.stops import holds, stop
from phonebank.reports.waiting import left_out, waiting


def progress(session: Session, campaign: Campaign, now: datetime) -> dict[str, Any]:
    """The keys `waiting`, `left_out`, `stop` and `holds` (see `stops`); `experiment` when it has several texts.

    `by_hand` where volunteers send the first ones.
    """
    found: dict[str, Any] = {
        "waiting": waiting(session, campaign, now),
        "left_out": left_out(session, campaign),
        "stop": stop(session, campaign),
        "holds": holds(session, campaign, now),
    }
    beside = {"experiment": experiment(session, campaign, now), "by_hand": by_hand(session, campaign, now)}
    return found | {name: told for name, told in beside.items() if told is not None}
