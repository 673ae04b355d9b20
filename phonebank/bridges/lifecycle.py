"""The only writer of an offer's status (its words: calls.models) and of seats.

ringing → taken / declined / missed;  taken → missed when they never came on the line
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Table, Update, update
from sqlmodel import Session, col

from phonebank.calls import lifecycle as calls
from phonebank.calls.models import Call, CallLine, CallOffer, CallSeat, CallStatus, OfferStatus, Speaker
from phonebank.db import insert_ignoring

_seats: Table = CallSeat.__table__  # type: ignore[attr-defined]  # SQLModel hides the table from mypy
_calls: Table = Call.__table__  # type: ignore[attr-defined]  # SQLModel hides the table from mypy
_lines: Table = CallLine.__table__  # type: ignore[attr-defined]  # SQLModel hides the table from mypy
_offers: Table = CallOffer.__table__  # type: ignore[attr-defined]  # SQLModel hides the table from mypy


def sit_down(
    session: Session, person_id: int, phone: str | None, now: datetime, *, campaign_id: int | None = None
) -> None:
    """Ready from now on, in the browser or (`phone`) at their own phone. Whom they speak with stays theirs.

    `campaign_id`: ready for the next who answers in this campaign, and for nobody else.
    """
    is_so = {"phone": phone, "ready_since": now, "seen_at": now, "campaign_id": campaign_id}
    session.connection().execute(insert_ignoring(_seats, session).values({"person_id": person_id, **is_so}))
    _moved(session, _seat(person_id).values(is_so))


def line_opens(session: Session, person_id: int, sid: str) -> bool:
    """Their line stands open: whoever answers is put through to it. False: they are not ready in a campaign."""
    ready = _seat(person_id).where(col(CallSeat.ready_since).is_not(None), col(CallSeat.campaign_id).is_not(None))
    return _moved(session, ready.values(line_sid=sid))


def line_closes(session: Session, person_id: int, sid: str) -> bool:
    """Down is this line of theirs. False: another is open meanwhile, or none was."""
    return _moved(session, _seat(person_id).where(col(CallSeat.line_sid) == sid).values(line_sid=None))


def stand_up(session: Session, person_id: int) -> bool:
    """No further caller for now. False when they were not ready."""
    away = {"ready_since": None, "campaign_id": None, "line_sid": None}
    return _moved(session, _seat(person_id).where(col(CallSeat.ready_since).is_not(None)).values(away))


def seen(session: Session, person_id: int, now: datetime) -> bool:
    """Their page is there."""
    return _moved(session, _seat(person_id).values(seen_at=now))


def hold(session: Session, person_id: int, call_id: int, now: datetime) -> bool:
    """Nobody else is given to them meanwhile. False: they have a caller already."""
    new = {"person_id": person_id, "seen_at": now}
    session.connection().execute(insert_ignoring(_seats, session).values(new))
    free = _seat(person_id).where(col(CallSeat.call_id).is_(None) | (col(CallSeat.call_id) == call_id))
    return _moved(session, free.values(call_id=call_id))


def let_go(session: Session, person_id: int, call_id: int, now: datetime) -> bool:
    """They are free for the next, behind those who wait already."""
    mine = _seat(person_id).where(col(CallSeat.call_id) == call_id)
    _moved(session, mine.where(col(CallSeat.ready_since).is_not(None)).values(ready_since=now))
    return _moved(session, mine.values(call_id=None, line_sid=None))  # a line carries one talk; the page opens the next


def ring(session: Session, call_id: int, person_id: int, now: datetime) -> bool:
    """Ring a volunteer for a caller. False: they were before, or have another caller."""
    if not hold(session, person_id, call_id, now):
        return False
    new = {
        "call_id": call_id,
        "person_id": person_id,
        "status": OfferStatus.RINGING,
        "offered_at": now,
        "rung": 1,
    }
    made = insert_ignoring(_offers, session).values(new).returning(_offers.c.id)
    return session.connection().scalar(made) is not None


def take(session: Session, call_id: int, person_id: int, now: datetime) -> bool:
    """They say that they come. False: it went to the next meanwhile."""
    return _answer(session, call_id, person_id, (OfferStatus.RINGING,), OfferStatus.TAKEN, now)


def decline(session: Session, call_id: int, person_id: int, now: datetime) -> bool:
    """Not now. False: it went to the next meanwhile."""
    return _answer(session, call_id, person_id, (OfferStatus.RINGING,), OfferStatus.DECLINED, now)


def miss(session: Session, call_id: int, person_id: int, now: datetime) -> bool:
    """They did not answer in time, or were lost in the middle of it."""
    open_ = (OfferStatus.RINGING, OfferStatus.TAKEN)
    return _answer(session, call_id, person_id, open_, OfferStatus.MISSED, now)


def dial(session: Session, call_id: int, now: datetime) -> bool:
    """A person a volunteer has before them is to be dialed now. False: they are already."""
    prepared = _call(call_id).where(col(Call.status) == CallStatus.QUEUED, col(Call.due_at).is_(None))
    return _moved(session, prepared.values(due_at=now))


def prepare(session: Session, row: dict[str, Any]) -> int | None:
    """A person is put before a volunteer, who then dials them: the call's id. None: another has them already."""
    made: int | None = session.connection().scalar(insert_ignoring(_calls, session).values(row).returning(_calls.c.id))
    return made


def give_back(session: Session, call_id: int, now: datetime) -> bool:
    """A person who was never dialed is left to the others. False: they were."""
    prepared = (col(Call.id) == call_id) & col(Call.due_at).is_(None)
    return calls.cancel(session, prepared, now) > 0


def note(session: Session, call_id: int, words: str, now: datetime) -> bool:
    """What the volunteer wrote down about this call. False: it was before."""
    row = {"call_id": call_id, "turn": 0, "speaker": Speaker.VOLUNTEER, "words": words, "digits": "", "at": now}
    return session.connection().scalar(insert_ignoring(_lines, session).values(row).returning(_lines.c.id)) is not None


def _answer(  # who answers which offer, and how it moves
    session: Session,
    call_id: int,
    person_id: int,
    from_: tuple[OfferStatus, ...],
    to: OfferStatus,
    now: datetime,
) -> bool:
    mine = update(CallOffer).where(col(CallOffer.call_id) == call_id, col(CallOffer.person_id) == person_id)
    return _moved(session, mine.where(col(CallOffer.status).in_(from_)).values(status=to, answered_at=now))


def _seat(person_id: int) -> Update:
    return update(CallSeat).where(col(CallSeat.person_id) == person_id)


def _call(call_id: int) -> Update:
    return update(Call).where(col(Call.id) == call_id)


def _moved(session: Session, statement: Update) -> bool:
    no_sync: dict[str, Any] = {"synchronize_session": False}
    return bool(session.connection().execute(statement.execution_options(**no_sync)).rowcount)
