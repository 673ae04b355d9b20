"""Replies: each number's unread texts are read together once it has been quiet for a moment."""

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.exc import OperationalError

from phonebank import clock, db, jobs, logs
from phonebank.errors import RefusedError
from phonebank.messages import queries
from phonebank.replies import handling
from workers import opening

_AT_ONCE = 100
_TOGETHER = 10
"""So many numbers share a transaction: it saves most of the work, and holds up a volunteer for a moment only."""

_STAYS_S = 5.0
"""A turn that had something to do stays a while for what comes next: the next turn would cost a fork."""

_NAP_S = (0.05, 0.5)

log = logs.get("replies")


@opening.turn("replies")
def turn(_key: str, until: float) -> bool:
    """Read and act on every number that has been quiet long enough; wait for those that have not."""
    stumbled_over: set[str] = set()
    leaves_at = 0.0
    while time.monotonic() < until and not jobs.should_stop():
        now = clock.now()
        with db.reading() as session:
            waiting = queries.unread(session, _AT_ONCE)
        if not waiting and time.monotonic() >= leaves_at:
            return False
        ripe = [row.phone for row in waiting if row.phone not in stumbled_over and _is_ripe(row, now)]
        for start in range(0, len(ripe), _TOGETHER):
            stumbled_over.update(_handle(ripe[start : start + _TOGETHER]))
        if ripe:
            leaves_at = time.monotonic() + _STAYS_S
        else:
            shortest, longest = _NAP_S
            time.sleep(max(shortest, min(longest, clock.real_seconds(handling.TOGETHER) / 2)))
    return True


def _is_ripe(row: Row[Any], now: datetime) -> bool:
    """They have been quiet for a moment, or have waited long enough all the same."""
    return bool(row.last <= now - handling.TOGETHER or row.first <= now - handling.PATIENCE)


def _handle(phones: Sequence[str]) -> list[str]:
    """Those of these numbers that were not read: all are read in one transaction, or else each in its own."""
    if len(phones) > 1:
        try:
            read = _read(phones)
        except RefusedError:
            pass  # somebody has one of them in hand
        except Exception:  # one conversation spoils it for all; which one is seen below
            log.exception("replies that cannot be handled together are handled one by one")
        else:
            return [phone for phone in phones if phone not in read]
    return [phone for phone in phones if not _is_handled(phone)]


def _is_handled(phone: str) -> bool:
    """False when this one reply cannot be handled: it stays unread for a later turn, and stops nobody else's."""
    try:
        return bool(_read([phone]))
    except OperationalError:
        raise  # the database is away: nobody can be handled
    except Exception:  # whatever is wrong with one conversation, the others wait behind it
        log.exception("a reply cannot be handled; it is tried again")
        return False


def _read(phones: Sequence[str]) -> list[str]:
    with db.transaction() as session:
        return handling.handle_phones(session, phones, address=opening.settings().address, now=clock.now())
