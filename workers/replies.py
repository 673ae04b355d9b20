"""Replies: each number's unread texts are read together once it has been quiet for a moment."""

import time
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.exc import OperationalError

from phonebank import clock, db, jobs, logs
from phonebank.messages import queries
from phonebank.replies import handling
from workers import opening

_AT_ONCE = 100

log = logs.get("replies")


@opening.turn("replies")
def turn(_key: str, until: float) -> bool:
    """Read and act on every number that has been quiet long enough; wait for those that have not."""
    stumbled_over: set[str] = set()
    while time.monotonic() < until and not jobs.should_stop():
        now = clock.now()
        with db.reading() as session:
            waiting = queries.unread(session, _AT_ONCE)
        if not waiting:
            return False
        ripe = [row.phone for row in waiting if row.phone not in stumbled_over and _is_ripe(row, now)]
        stumbled_over.update(phone for phone in ripe if not _is_handled(phone))
        if not ripe:
            time.sleep(min(0.5, clock.real_seconds(handling.TOGETHER) / 2))
    return True


def _is_ripe(row: Row[Any], now: datetime) -> bool:
    """They have been quiet for a moment, or have waited long enough all the same."""
    return bool(row.last <= now - handling.TOGETHER or row.first <= now - handling.PATIENCE)


def _is_handled(phone: str) -> bool:
    """False when this one reply cannot be handled: it stays unread for a later turn, and stops nobody else's."""
    try:
        with db.transaction() as session:
            handling.handle_phone(session, phone, address=opening.settings().address, now=clock.now())
    except OperationalError:
        raise  # the database is away: nobody can be handled
    except Exception:  # whatever is wrong with one conversation, the others wait behind it
        log.exception("a reply cannot be handled; it is tried again")
        return False
    return True
