"""Reminders whose moment has come."""

import time

from phonebank import clock, db, jobs
from phonebank.followups import scheduling
from phonebank.one_on_ones import texting
from workers import opening


@opening.turn("followups")
def turn(_key: str, until: float) -> bool:
    """Write down every due reminder, each once."""
    while time.monotonic() < until and not jobs.should_stop():
        with db.transaction() as session:
            address, now = opening.settings().address, clock.now()
            written = scheduling.write_due(session, address=address, now=now)
            if not written + texting.write_due(session, address=address, now=now):
                return False
    return True
