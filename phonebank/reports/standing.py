"""How one campaign stands: the published counts behind `campaigns status` and its page."""

from typing import Any

from sqlmodel import Session

from phonebank import clock
from phonebank.campaigns.models import Campaign
from phonebank.handoffs import queries as handoffs
from phonebank.reports import calls
from phonebank.reports.passes import Passes, passes

MICROS = 1_000_000


def standing(session: Session, campaign: Campaign, seen: Passes | None = None) -> dict[str, Any]:
    """The keys of interface.md, every status named; `segments` and `cost` (US dollars) of all that was spoken so far.

    A campaign of calls has `calls`, too: {status: how many}. `seen` are its passes where they are made already.
    """
    assert campaign.id is not None
    counts = seen or passes(session, campaign.id, clock.now())
    told = calls.by_status(session, campaign)
    return {
        "status": campaign.status.value,
        "paused_reason": campaign.paused_reason,
        "recipients": counts.statuses,
        "outcomes": counts.outcomes,
        "messages": counts.texts,
        "inbound": counts.heard,
        "handoffs": handoffs.counts(session, campaign.id),
        "segments": counts.segments,
        "cost": (counts.micros + calls.micros(session, campaign)) / MICROS,
    } | ({"calls": told} if told is not None else {})
