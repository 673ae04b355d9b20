"""Asks, written down a few seconds before they are spoken: the sender's own process does nothing but speak."""

import time

from phonebank import clock, db, jobs
from phonebank.messages import asking
from workers import opening


@opening.turn("asking")
def turn(key: str, until: float) -> bool:
    """Write down the next asks of this sender until enough are. The clock rings again when they run low."""
    while time.monotonic() < until and not jobs.should_stop():
        with db.transaction() as session:
            if not asking.top_up(session, key, clock.now()):
                return False
    return True
