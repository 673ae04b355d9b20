"""Lets asks wait while the inbox holds more than its volunteers can answer, and go on when it has drained."""

from datetime import datetime, timedelta

from phonebank import db
from phonebank.campaigns import lifecycle, queries
from phonebank.campaigns.models import Campaign
from phonebank.handoffs import queries as handoffs
from phonebank.handoffs.models import HandoffStatus
from phonebank.people import queries as people

ON_SHIFT = timedelta(minutes=10)
"""Whoever had the inbox open this lately is there to answer."""


def ease(now: datetime) -> None:
    """Hold or let go the asks of every running campaign that paces itself by the inbox. Texts in answer always go."""
    with db.reading() as session:
        paced = [one for one in queries.running(session) if one.pace_by_inbox]
        if not paced:
            return
        waiting = handoffs.counts(session)[HandoffStatus.OPEN]
        there = max(1, people.at_inbox(session, since=now - ON_SHIFT))
    changing = [one for one in paced if _is_too_much(one, waiting, there) != (one.asks_wait_since is not None)]
    for campaign in changing:
        assert campaign.id is not None
        with db.transaction() as session:
            if campaign.asks_wait_since is None:
                lifecycle.hold_asks(session, campaign.id, now)
            else:
                lifecycle.release_asks(session, campaign.id)


def _is_too_much(campaign: Campaign, waiting: int, volunteers: int) -> bool:
    return waiting > campaign.pace_by_inbox * volunteers
