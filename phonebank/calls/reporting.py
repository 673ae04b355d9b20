"""Takes the carrier's reports of calls; one about a call we do not know is kept and counted."""

import re
from datetime import datetime

from sqlalchemy import Table
from sqlmodel import Session

from phonebank.calls import queries, settling
from phonebank.calls.models import StrayCallReport
from phonebank.db import insert_for
from phonebank.gateway.inbound import CallReport

_AN_ID = re.compile(r"[0-9]{1,18}")  # what a 64-bit key can hold

_strays: Table = StrayCallReport.__table__  # type: ignore[attr-defined]  # SQLModel hides the table from mypy


def report(session: Session, about: str, told: CallReport, now: datetime) -> None:
    """Act on a report whose address names `about`, our id of the call."""
    call = queries.by_id(session, int(about), lock=True) if _AN_ID.fullmatch(about) else None
    if call is not None and call.id is not None and call.carrier_sid in {None, told.sid}:
        settling.reported(session, call.id, told, now)
        return
    row = {
        "about": about.replace("\x00", "")[:64],
        "carrier_sid": told.sid,
        "status": told.status[:20],
        "received_at": now,
    }
    session.connection().execute(insert_for(session, _strays).values(row))
