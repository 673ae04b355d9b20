"""Counts of campaigns, kept for their pages: one that somebody looks at (its id), or all whose counts are old."""

import time

from phonebank import clock, db, jobs
from phonebank.errors import NotFoundError
from phonebank.tallies import counting, queries
from workers import opening


@opening.turn("tallying")
def turn(key: str, until: float) -> bool:
    """Count what is due, each campaign no more often than its own cost allows."""
    if key:
        _count_looked_at(int(key))
        return False
    with db.reading() as session:
        due = queries.due(session, clock.now())
        session.expunge_all()
    for campaign_id, seen in due:
        if time.monotonic() > until or jobs.should_stop():
            return True
        counting.keep(campaign_id, seen)
    return False


def _count_looked_at(campaign_id: int) -> None:
    try:
        counting.count(campaign_id, is_looked_at=True)
    except NotFoundError:
        return  # deleted since: its page says so
