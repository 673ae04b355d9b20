"""Takes the carrier's delivery reports; one about a text we do not know is kept and counted."""

import re
from datetime import datetime

from sqlalchemy import Table
from sqlmodel import Session

from phonebank.db import insert_for
from phonebank.gateway.inbound import DeliveryReport
from phonebank.messages import lifecycle, queries, settling
from phonebank.messages.models import StrayReport

_AN_ID = re.compile(r"[0-9]{1,18}")  # what a 64-bit key can hold

_strays: Table = StrayReport.__table__  # type: ignore[attr-defined]  # SQLModel hides the table from mypy


def says_nothing_new(session: Session, about: str, told: DeliveryReport) -> bool:
    """Whether this report, about a text of ours, changes nothing: most do not, and then nothing need be written."""
    message_id = _id(about)
    stands = queries.standing(session, message_id) if message_id is not None else None
    return stands is not None and stands.carrier_sid == told.sid and not lifecycle.is_news(stands, told)


def report(session: Session, about: str, told: DeliveryReport, now: datetime) -> None:
    """Act on a report whose address ends in `about`, our id of the text."""
    message_id = _id(about)
    stands = queries.standing(session, message_id) if message_id is not None else None
    if message_id is not None and stands is not None and stands.carrier_sid in {None, told.sid}:
        settling.reported(session, message_id, told, now)
        return
    row = {
        "about": about.replace("\x00", "")[:64],
        "carrier_sid": told.sid,
        "status": told.status[:20],
        "received_at": now,
    }
    session.connection().execute(insert_for(session, _strays).values(row))


def _id(about: str) -> int | None:
    return int(about) if _AN_ID.fullmatch(about) else None
