"""What stands beside a campaign's counts: who waits for their hours, who is left out, how its texts compare."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from phonebank.campaigns.models import Campaign
from phonebank.reports.experiment import experiment
from phonebank.reports.stops import holds, stop
from phonebank.reports.waiting import left_out, waiting


def progress(session: Session, campaign: Campaign, now: datetime) -> dict[str, Any]:
    """The keys `waiting`, `left_out`, `stop` and `holds` (see `stops`); `experiment` when it has several texts."""
    found: dict[str, Any] = {
        "waiting": waiting(session, campaign, now),
        "left_out": left_out(session, campaign),
        "stop": stop(session, campaign),
        "holds": holds(session, campaign, now),
    }
    compared = experiment(session, campaign, now)
    return found if compared is None else found | {"experiment": compared}
