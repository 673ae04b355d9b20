"""Calls, written down a few seconds before they are dialed: the sender's own turn does nothing but dial."""

import time

from phonebank import clock, db, jobs
from phonebank.calls import trying
from phonebank.handoffs import powering
from workers import opening


@opening.turn("calling")
def turn(key: str, until: float) -> bool:
    """Write down the next calls of this sender until enough are. The clock rings again when they run low."""
    while time.monotonic() < until and not jobs.should_stop():
        with db.transaction() as session:
            now = clock.now()
            if not trying.top_up(session, key, now) + powering.top_up(session, key, now):
                return False
    return True
