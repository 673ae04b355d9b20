"""One look at a rehearsed campaign and its carrier together: what is in hand, what is late, what comes next."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from phonebank import clock, db
from phonebank.campaigns.models import Campaign
from phonebank.messages import spool
from phonebank.rehearsal.tempo import Look
from phonebank.reports.underway import Underway, underway
from phonebank.settings import Settings


def look(settings: Settings, campaign: Campaign) -> Underway:
    """How the campaign stands now; webhooks that wait on disk are in hand, too."""
    assert campaign.id is not None
    with db.reading() as session:
        stands = underway(session, campaign.id, clock.now())
    return replace(stands, is_still=stands.is_still and not spool.is_waiting(settings.var / "spool"))


def together(stands: Underway, carrier: dict[str, Any]) -> Look:
    """The same look with what the carrier counted just after it (its `stats`)."""
    said_next = datetime.fromisoformat(carrier["next_at"]) if carrier["next_at"] else None
    coming = [moment for moment in (stands.asks_at, stands.texts_at, said_next) if moment is not None]
    return Look(
        at=stands.at.timestamp(),
        said=carrier["segments"],
        moved=carrier["accepted"] + sum(carrier["webhooks"].values()),
        is_asking=stands.is_asking,
        is_still=stands.is_still and not carrier["posting"],
        late_s=max(stands.late_s, carrier["behind_s"]),
        next_at=min(coming).timestamp() if coming else None,
        asks_at=stands.asks_at.timestamp() if stands.asks_at else None,
    )
