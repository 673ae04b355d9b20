"""The audit trail's entries for what the command line does outside a transaction of its own: exports and imports."""

from phonebank import clock, db
from phonebank.cli import opening
from phonebank.people import audit
from phonebank.people.models import Deed


def record(deed: Deed, *, about: str, detail: str = "") -> None:
    """Write one entry now, in the name of whoever types."""
    with db.transaction() as session:
        audit.record(session, deed, by=opening.operator(), about=about, now=clock.now(), detail=detail)
