"""The list of conversations that wait, as many browsers ask for it: read and rendered once for all of them."""

import time
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from flask import current_app, render_template
from markupsafe import Markup

from phonebank import db
from phonebank.handoffs import queries, standing
from phonebank.handoffs.queries import Waiting
from phonebank.web import live

MOST_SHOWN, MOST_ASIDE = 30, 10
SHARED_FOR_S = 0.3
_KEPT = "waiting_list"


@dataclass(frozen=True)
class Shared:
    """What everybody of one role sees, and who holds what."""

    html: Markup
    stamp: str
    free: int
    held: list[Waiting]


@dataclass
class _Kept:
    lock: Lock = field(default_factory=Lock)
    read_at: dict[bool, float] = field(default_factory=dict)
    shared: dict[bool, Shared] = field(default_factory=dict)


def rows(person_id: int, now: datetime, *, organizes: bool) -> tuple[str, dict[str, object]]:
    """The stamp and the values of the list for this person; it may be a third of a second old."""
    shared = _shared(now, organizes=organizes)
    mine = [row for row in shared.held if row.claimed_by == person_id and row.is_held(now)]
    seen = live.stamp_of(shared.stamp, [(row.id, row.is_our_turn, row.last_text) for row in mine])
    return seen, {"mine": mine, "shared": shared, "now": now}


def _shared(now: datetime, *, organizes: bool) -> Shared:
    kept: _Kept = current_app.extensions.setdefault(_KEPT, _Kept())
    with kept.lock:  # whoever comes while it is read waits for it, and reads nothing
        is_old = time.monotonic() - kept.read_at.get(organizes, 0.0) > SHARED_FOR_S
        if is_old or organizes not in kept.shared:
            kept.shared[organizes] = _read(now, organizes=organizes)
            kept.read_at[organizes] = time.monotonic()
        return kept.shared[organizes]


def _read(now: datetime, *, organizes: bool) -> Shared:
    with db.reading() as session:
        held, free = standing.held(session, now), queries.count_free(session, now)
        shown = {
            "ours": standing.free(session, now, MOST_SHOWN),
            "theirs": standing.answered(session, now, MOST_ASIDE),
            "snoozed": standing.snoozed(session, now, MOST_ASIDE),
            "handed_over": standing.handed_over(session, now, MOST_SHOWN) if organizes else [],
        }
    told = {"held": held, "most_held": MOST_ASIDE, "free": free, "now": now, **shown}
    html = Markup(render_template("inbox/_shared_rows.html", **told))  # noqa: S704  # rendered with autoescape on
    return Shared(html, live.stamp_of(html), free, held)
