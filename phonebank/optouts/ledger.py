"""The one ledger of numbers we must not reach, and its only writer. Nothing is ever deleted from it."""

from datetime import datetime

from sqlalchemy import Table, update
from sqlmodel import Session, col

from phonebank.db import insert_ignoring
from phonebank.optouts.models import Ban, OptOut

_ledger: Table = OptOut.__table__  # type: ignore[attr-defined]  # SQLModel hides the table from mypy


def record(session: Session, phone: str, *, because: str, by: str, now: datetime, kind: Ban = Ban.OPT_OUT) -> bool:
    """Write a ban on this number (E.164). False when the same ban already stands."""
    row = {"phone": phone, "kind": kind, "because": because, "recorded_by": by, "recorded_at": now}
    return bool(_inserted(session, [row]))


def record_many(session: Session, phones: list[str], *, because: str, by: str, now: datetime) -> int:
    """Opt out many numbers at once (an import from elsewhere). Returns how many were new."""
    rows = [
        {"phone": phone, "kind": Ban.OPT_OUT, "because": because, "recorded_by": by, "recorded_at": now}
        for phone in dict.fromkeys(phones)
    ]
    return _inserted(session, rows)


def lift(session: Session, phone: str, *, because: str, by: str, now: datetime, kind: Ban = Ban.OPT_OUT) -> bool:
    """Lift a standing ban, with who and why beside it. False when none stands.

    An opt-out is lifted only by the person: START or UNSTOP from that number, or their own words to a named member
    of staff. A hold is lifted by whoever has read what it was for.
    """
    standing = update(OptOut).where(
        col(OptOut.phone) == phone,
        col(OptOut.kind) == kind,
        col(OptOut.lifted_at).is_(None),
    )
    lifted = standing.values(lifted_at=now, lifted_by=by, lifted_because=because)
    return bool(session.connection().execute(lifted).rowcount)


def _inserted(session: Session, rows: list[dict[str, object]]) -> int:
    """How many of these were new."""
    added = insert_ignoring(_ledger, session).returning(_ledger.c.id)
    return len(session.connection().execute(added, rows).all()) if rows else 0
