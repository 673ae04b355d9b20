"""Reminders whose moment has come."""

import time

from phonebank import clock, db, jobs
from phonebank.followups import scheduling
from workers import opening


@opening.turn("followups")
def turn(_key: str, until: float) -> bool:
    """Write down every due reminder, each once."""
    while time.monotonic() < until and not jobs.should_stop():
        with db.transaction() as session:
            if not scheduling.write_due(session, address=opening.settings().address, now=clock.now()):
                return False
    return True
