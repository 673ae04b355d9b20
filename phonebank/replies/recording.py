"""Keeps how each reply was read and decided, and what a person thought of it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Table
from sqlmodel import Session

from phonebank.db import insert_for
from phonebank.intents import Decision, Intent
from phonebank.replies import queries
from phonebank.replies.matching import Talk
from phonebank.replies.models import ReplyReading, ReplyThreshold
from phonebank.replies.reading import Reading

_readings: Table = ReplyReading.__table__  # type: ignore[attr-defined]  # SQLModel hides the table from mypy


def rows_of(
    message_ids: Sequence[int], talk: Talk | None, reading: Reading, decision: Decision, now: datetime
) -> list[dict[str, object]]:
    """What to keep: one row for each text that was read; texts read together share a reading."""
    row: dict[str, object] = {
        "recipient_id": talk.recipient.id if talk else None,
        "intent": reading.intent,
        "confidence": reading.confidence,
        "acted": reading.acted,
        "hold": reading.hold,
        "why": reading.why,
        "named": reading.named,
        "decision": decision,
        "read_at": now,
    }
    return [row | {"message_id": message_id} for message_id in message_ids]


def keep(session: Session, rows: Sequence[dict[str, object]]) -> None:
    """Store these rows of `rows_of`."""
    if rows:
        session.connection().execute(insert_for(session, _readings), rows)


def keep_verdict(
    session: Session, phone: str, intent: Intent, *, person_id: int, is_after_answer: bool, now: datetime
) -> None:
    """A volunteer's verdict, beside the last reading of this number.

    `is_after_answer`: one of us had written since, so that it is no judgement of their words alone.
    """
    reading = queries.last_reading(session, phone)
    if reading is not None:
        reading.verdict = intent.value
        reading.judged_by, reading.judged_at, reading.judged_after_answer = person_id, now, is_after_answer
        session.add(reading)


def keep_threshold(session: Session, threshold: ReplyThreshold) -> None:
    """From now on the machine answers this campaign's replies from that confidence; earlier ones are kept too."""
    session.add(threshold)
