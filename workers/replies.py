"""Replies: each number's unread texts are read together once it has been quiet for a moment."""

import time

from phonebank import clock, db, jobs
from phonebank.messages import queries
from phonebank.replies import handling
from workers import opening

_AT_ONCE = 100


@opening.turn("replies")
def turn(_key: str, until: float) -> bool:
    """Read and act on every number that has been quiet long enough; wait for those that have not."""
    while time.monotonic() < until and not jobs.should_stop():
        now = clock.now()
        with db.reading() as session:
            waiting = queries.unread(session, _AT_ONCE)
        if not waiting:
            return False
        ripe = [
            row.phone for row in waiting if row.last <= now - handling.TOGETHER or row.first <= now - handling.PATIENCE
        ]
        for phone in ripe:
            with db.transaction() as session:
                handling.handle_phone(session, phone, address=opening.settings().address, now=clock.now())
        if not ripe:
            time.sleep(min(0.5, clock.real_seconds(handling.TOGETHER) / 2))
    return True
