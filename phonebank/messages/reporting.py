"""Takes the carrier's delivery reports; one about a text we do not know is kept and counted."""

import re
from datetime import datetime

from sqlalchemy import Table
from sqlmodel import Session

from phonebank.db import insert_for
from phonebank.gateway.inbound import DeliveryReport
from phonebank.messages import queries, settling
from phonebank.messages.models import StrayReport

_AN_ID = re.compile(r"[0-9]{1,18}")  # what a 64-bit key can hold

_strays: Table = StrayReport.__table__  # type: ignore[attr-defined]  # SQLModel hides the table from mypy


def report(session: Session, about: str, told: DeliveryReport, now: datetime) -> None:
    """Act on a report whose address ends in `about`, our id of the text."""
    message_id = int(about) if _AN_ID.fullmatch(about) else None
    text = queries.by_id(session, message_id) if message_id is not None else None
    if text is not None and message_id is not None and text.carrier_sid in {None, told.sid}:
        settling.reported(session, message_id, told, now)
        return
    row = {
        "about": about.replace("\x00", "")[:64],
        "carrier_sid": told.sid,
        "status": told.status[:20],
        "received_at": now,
    }
    session.connection().execute(insert_for(session, _strays).values(row))
