"""The only writer of a handoff's status: who holds a conversation, and for how long.

open → claimed → closed;  a lease that lapses goes back to open, its unsent draft kept
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, Update, and_, case, or_, update
from sqlmodel import Session, col, select

from phonebank.db import insert_ignoring
from phonebank.handoffs.models import Handoff, HandoffStatus
from phonebank.handoffs.queries import waits_for_us

LEASE = timedelta(minutes=10)

_handoffs: Table = Handoff.__table__  # type: ignore[attr-defined]  # SQLModel hides the table from mypy


def open_(  # noqa: PLR0913  # the whole story of one conversation
    session: Session,
    *,
    phone: str,
    campaign_id: int | None,
    recipient_id: int | None,
    reason: str,
    why: str,
    urgency: int,
    now: datetime,
) -> int:
    """The id of the one standing handoff of this phone: a new one, or the one already there, joined.

    Joining keeps the smaller (more urgent) urgency, and takes the new reason, campaign and recipient unless the
    standing one is more urgent: a question must not hide that they may have asked us to stop.
    """
    told = {"campaign_id": campaign_id, "recipient_id": recipient_id, "reason": reason, "why": why}
    new = {**told, "phone": phone, "urgency": urgency, "status": HandoffStatus.OPEN, "draft": "", "opened_at": now}
    while True:  # it may be closed between the two statements: then the next round opens a new one
        made = insert_ignoring(_handoffs, session).values(new).returning(_handoffs.c.id)
        handoff_id = session.connection().scalar(made) or _join(session, phone, urgency, told)
        if handoff_id is not None:
            return int(handoff_id)


def claim(session: Session, handoff_id: int, person_id: int, now: datetime) -> bool:
    """Take it for ten minutes, or longer if it is already theirs. False: another holds it, or it is closed."""
    free_or_theirs = or_(_is_free(now), and_(_is_claimed(), col(Handoff.claimed_by) == person_id))
    return _moved(session, _one(handoff_id).where(free_or_theirs).values(_lease(person_id, now)))


def claim_next(session: Session, person_id: int, now: datetime) -> int | None:
    """Take the most urgent, then oldest, conversation that waits for our word. None when none waits."""
    first = (
        select(Handoff.id)
        .where(_is_free(now), waits_for_us())
        .order_by(col(Handoff.urgency), col(Handoff.opened_at), col(Handoff.id))
        .limit(1)
        .with_for_update(skip_locked=True, of=Handoff)  # SQLite has neither need nor word for it
        .scalar_subquery()
    )
    taken = update(Handoff).where(col(Handoff.id) == first).values(_lease(person_id, now)).returning(col(Handoff.id))
    return session.connection().scalar(taken)


def renew(session: Session, handoff_id: int, person_id: int, now: datetime) -> bool:
    """Ten more minutes for who holds it. False when the lease has lapsed, is another's, or it is closed."""
    return _moved(session, _held(handoff_id, person_id, now).values(claimed_until=now + LEASE))


def release(session: Session, handoff_id: int, person_id: int) -> bool:
    """Give it back to the others, the draft with it. False when it was not theirs."""
    theirs = _one(handoff_id).where(_is_claimed(), col(Handoff.claimed_by) == person_id)
    return _moved(session, theirs.values(_FREE))


def release_all_of(session: Session, person_id: int) -> int:
    """Everything this person holds goes back to the others, the drafts with it; how many that were."""
    theirs = update(Handoff).where(_is_claimed(), col(Handoff.claimed_by) == person_id)
    return int(session.connection().execute(theirs.values(_FREE)).rowcount)


def lapse(session: Session, now: datetime) -> int:
    """Every lease that is over goes back to open; how many did."""
    over = update(Handoff).where(_is_claimed(), col(Handoff.claimed_until) <= now).values(_FREE)
    return int(session.connection().execute(over).rowcount)


def close(session: Session, handoff_id: int, *, person_id: int | None, verdict: str | None, now: datetime) -> bool:
    """Settled, by a person who holds it or (None) by what the supporter wrote. False: closed already or not theirs.

    A person's verdict without a text ends the wait too: somebody has read them.
    """
    standing = _one(handoff_id).where(col(Handoff.status) != HandoffStatus.CLOSED)
    chosen = standing if person_id is None else _held(handoff_id, person_id, now)
    if person_id is not None:
        answered(session, handoff_id, person_id, now)
    return _moved(
        session,
        chosen.values(
            status=HandoffStatus.CLOSED,
            verdict=verdict,
            closed_by=person_id,
            closed_at=now,
            claimed_by=None,
            claimed_until=None,
        ),
    )


def answered(session: Session, handoff_id: int, person_id: int, now: datetime) -> bool:
    """The first answer of who holds it: the wait is over. False when it was answered before, or is not theirs."""
    first = _held(handoff_id, person_id, now).where(col(Handoff.first_answered_at).is_(None))
    return _moved(session, first.values(first_answered_at=now, first_answered_by=person_id))


def save_draft(session: Session, handoff_id: int, person_id: int, text: str) -> bool:
    """Keep their unsent words for whoever holds it next. False when it is not theirs."""
    theirs = _one(handoff_id).where(_is_claimed(), col(Handoff.claimed_by) == person_id)
    return _moved(session, theirs.values(draft=text))


_FREE: dict[str, Any] = {"status": HandoffStatus.OPEN, "claimed_by": None, "claimed_until": None}


def _lease(person_id: int, now: datetime) -> dict[str, Any]:
    return {"status": HandoffStatus.CLAIMED, "claimed_by": person_id, "claimed_until": now + LEASE}


def _one(handoff_id: int) -> Update:
    return update(Handoff).where(col(Handoff.id) == handoff_id)


def _held(handoff_id: int, person_id: int, now: datetime) -> Update:
    lasts = col(Handoff.claimed_until) > now
    return _one(handoff_id).where(_is_claimed(), col(Handoff.claimed_by) == person_id, lasts)


def _is_claimed() -> ColumnElement[bool]:
    return col(Handoff.status) == HandoffStatus.CLAIMED


def _is_free(now: datetime) -> ColumnElement[bool]:
    return or_(
        col(Handoff.status) == HandoffStatus.OPEN,
        and_(_is_claimed(), col(Handoff.claimed_until) <= now),
    )


def _join(session: Session, phone: str, urgency: int, told: dict[str, Any]) -> int | None:
    standing = update(Handoff).where(col(Handoff.phone) == phone, col(Handoff.status) != HandoffStatus.CLOSED)
    at_least_as_urgent = col(Handoff.urgency) >= urgency
    kept = {name: case((at_least_as_urgent, value), else_=_handoffs.c[name]) for name, value in told.items()}
    kept["urgency"] = case((at_least_as_urgent, urgency), else_=_handoffs.c.urgency)
    return session.connection().scalar(standing.values(kept).returning(col(Handoff.id)))


def _moved(session: Session, statement: Update) -> bool:
    return bool(session.connection().execute(statement).rowcount)
