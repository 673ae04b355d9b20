"""What a member of staff does to the ledger: the entry, and who did it in the audit trail, in one transaction.

The trail never holds the number: it names the entry of the ledger, where the number and the reason stand.
"""

from datetime import datetime

from sqlmodel import Session

from phonebank.optouts import ledger, queries
from phonebank.optouts.models import Ban, OptOut
from phonebank.people import audit
from phonebank.people.models import Deed


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


def named(entry: OptOut) -> str:
    """How the trail calls an entry of the ledger."""
    return f"{'hold' if entry.kind is Ban.HOLD else 'opt-out'} {entry.id}"
