"""What a member of staff does to the ledger: the entry, and who did it in the audit trail, in one transaction.

The trail never holds the number: it names the entry of the ledger, where the number and the reason stand.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from phonebank.optouts import ledger, queries
from phonebank.optouts.models import Ban, OptOut, OptOutFile
from phonebank.people import audit
from phonebank.people.models import Deed

_AT_ONCE = 1000


def opt_out(session: Session, phone: str, *, because: str, by: str, now: datetime) -> bool:
    """As `ledger.record`, in this person's name. False when the number was opted out already."""
    is_new = ledger.record(session, phone, because=because, by=by, now=now)
    if is_new:
        entry = queries.standing(session, phone)[Ban.OPT_OUT]
        audit.record(session, Deed.OPT_OUT_RECORDED, by=by, about=named(entry), now=now)
    return is_new


def lift(session: Session, entry: OptOut, *, because: str, by: str, now: datetime) -> bool:
    """As `ledger.lift`, in this person's name. False when it was lifted already."""
    lifted = ledger.lift(session, entry.phone, because=because, by=by, now=now, kind=entry.kind)
    if lifted:
        audit.record(session, Deed.OPT_OUT_LIFTED, by=by, about=named(entry), now=now)
    return lifted


def take_in(session: Session, file: OptOutFile, phones: Sequence[str]) -> None:
    """Opt out every number of a file from elsewhere, and keep what became of it. `file` gets its id and its counts."""
    by, now = file.recorded_by, file.recorded_at
    for start in range(0, len(phones), _AT_ONCE):
        some = list(phones[start : start + _AT_ONCE])
        file.new += ledger.record_many(session, some, because=file.because, by=by, now=now)
    file.known = len(phones) - file.new
    session.add(file)
    session.flush()
    detail = f"{file.new:,} new, {file.known:,} known, {file.unreadable:,} unreadable"
    audit.record(session, Deed.OPT_OUTS_IMPORTED, by=by, about=file.name, now=now, detail=detail)


def named(entry: OptOut) -> str:
    """How the trail calls an entry of the ledger."""
    return f"{'hold' if entry.kind is Ban.HOLD else 'opt-out'} {entry.id}"
