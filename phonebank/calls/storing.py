"""Writes down what is said in a call and where its conversation stands. Its status is calls.lifecycle's alone."""

from datetime import datetime
from typing import Any

from sqlalchemy import Table, func, update
from sqlmodel import Session, col

from phonebank.calls.models import AnsweredBy, Call, CallKind, CallLine, CallStatus, Speaker
from phonebank.calls.script import State, to_json
from phonebank.db import insert_ignoring

_calls: Table = Call.__table__  # type: ignore[attr-defined]  # SQLModel hides the table from mypy
_lines: Table = CallLine.__table__  # type: ignore[attr-defined]  # SQLModel hides the table from mypy


def said(session: Session, call_id: int, state: State, words: str, now: datetime) -> None:
    """Where the call stands from now on, and what we say there."""
    _set(session, call_id, script=to_json(state), language=state.language)
    _line(session, call_id, state.turn, Speaker.US, words=words, at=now)


def heard(session: Session, call_id: int, turn: int, now: datetime, **of: Any) -> bool:
    """What they said to this question: `words`, `digits`, `confidence`, `intent`. False: it was heard before."""
    return _line(session, call_id, turn, Speaker.THEM, at=now, **of)


def wants_person(session: Session, call_id: int, now: datetime) -> None:
    """From when on they wait for one of us."""
    _set(session, call_id, wants_person_at=func.coalesce(col(Call.wants_person_at), now))


def answered_by(session: Session, call_id: int, who: AnsweredBy) -> None:
    """Who took the call, as the carrier heard."""
    _set(session, call_id, answered_by=who.value)


def voicemail_left(session: Session, call_id: int, now: datetime) -> bool:
    """A message is being left. False: it was left before."""
    first = update(Call).where(col(Call.id) == call_id, col(Call.voicemail_at).is_(None)).values(voicemail_at=now)
    return bool(session.connection().execute(first).rowcount)


def answer_inbound(  # noqa: PLR0913  # who called whom, and whose they are
    session: Session,
    sid: str,
    *,
    phone: str,
    sender: str,
    campaign_id: int | None,
    recipient_id: int | None,
    language: str,
    now: datetime,
) -> int | None:
    """Somebody called us: their call, under way. None when it is written down already."""
    row: dict[str, Any] = {
        "kind": CallKind.INBOUND,
        "status": CallStatus.IN_PROGRESS,
        "campaign_id": campaign_id,
        "recipient_id": recipient_id,
        "phone": phone,
        "sender": sender,
        "language": language,
        "script": {},
        "answered_at": now,
        "carrier_sid": sid,
        "created_at": now,
    } | _UNDIALED
    made: int | None = session.connection().scalar(insert_ignoring(_calls, session).returning(_calls.c.id), row)
    return made


_UNDIALED = {"attempts": 0, "looks": 0, "carrier_sequence": -1, "cost_micros": 0}


def _line(session: Session, call_id: int, turn: int, speaker: Speaker, **of: Any) -> bool:
    row: dict[str, Any] = {"call_id": call_id, "turn": turn, "speaker": speaker, "words": "", "digits": "", **of}
    made = insert_ignoring(_lines, session).values(row).returning(_lines.c.id)
    return session.connection().scalar(made) is not None


def _set(session: Session, call_id: int, **values: Any) -> None:
    session.connection().execute(update(Call).where(col(Call.id) == call_id).values(**values))
