"""The only writer of a handoff's status: who holds a conversation, and for how long.

open → claimed → closed;  a lease that lapses goes back to open, its unsent draft kept

An open one may be snoozed (it comes back by itself, at once when they write) or handed to the organizers with a note.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, Update, and_, case, func, literal, or_, true, update
from sqlmodel import Session, col, select

from phonebank.db import Moment, insert_ignoring
from phonebank.handoffs.models import Handoff, HandoffStatus
from phonebank.handoffs.queries import is_snoozed, last_heard_id, waits_for_us

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
    begun = {"status": HandoffStatus.OPEN, "draft": "", "opened_at": now, "waits_since": now}
    new = told | begun | {"phone": phone, "urgency": urgency}
    while True:  # it may be closed between the two statements: then the next round opens a new one
        made = insert_ignoring(_handoffs, session).values(new).returning(_handoffs.c.id)
        handoff_id = session.connection().scalar(made) or _join(session, phone, urgency, told, now)
        if handoff_id is not None:
            return int(handoff_id)


def claim(session: Session, handoff_id: int, person_id: int, now: datetime, *, organizes: bool = False) -> bool:
    """Take it for ten minutes, or longer if it is already theirs; what was handed over, only who `organizes`.

    False: another holds it, it is closed, or it is not theirs to take.
    """
    free_or_theirs = or_(_is_free(now), _is_claimed_by(person_id))
    return _moved(session, _one(handoff_id).where(free_or_theirs, _may_take(organizes)).values(_lease(person_id, now)))


def claim_next(
    session: Session, person_id: int, now: datetime, *, organizes: bool = False, but: int | None = None
) -> int | None:
    """Take the most urgent conversation that waits for our word, of these the one that waits longest. None: none does.

    One of their own comes again once the supporter has answered. `but`: the one they have just put aside.
    """
    has_answered_them = and_(_is_claimed_by(person_id), col(Handoff.waits_since) > col(Handoff.opened_at))
    first = (
        select(Handoff.id)
        .where(col(Handoff.waits_since).is_not(None), or_(_is_free(now), has_answered_them), _may_take(organizes))
        .where(col(Handoff.id) != (but or 0), ~is_snoozed(now), waits_for_us())
        .order_by(col(Handoff.urgency), col(Handoff.waits_since), col(Handoff.id))
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
    theirs = _one(handoff_id).where(_is_claimed_by(person_id))
    return _moved(session, theirs.values(_FREE))


def release_all_of(session: Session, person_id: int) -> int:
    """Everything this person holds goes back to the others, the drafts with it; how many that were."""
    theirs = update(Handoff).where(_is_claimed(), col(Handoff.claimed_by) == person_id)
    return int(session.connection().execute(theirs.values(_FREE)).rowcount)


def snooze(session: Session, handoff_id: int, person_id: int, until: datetime, now: datetime) -> bool:
    """Put it aside until then, or until they write again. False when it was not theirs."""
    asleep = {**_FREE, "snoozed_until": until, "heard_before": last_heard_id()}
    return _moved(session, _held(handoff_id, person_id, now).values(asleep))


def hand_over(
    session: Session, handoff_id: int, person_id: int, note: str, now: datetime, *, is_abusive: bool = False
) -> bool:
    """Leave it to the organizers, who read the note. False when it was not theirs."""
    told = {"for_organizer": True, "note": note, "noted_by": person_id, "is_abusive": is_abusive}
    return _moved(session, _held(handoff_id, person_id, now).values({**_FREE, **told}))


def hand_back(session: Session, handoff_id: int) -> bool:
    """An organizer's: volunteers may go on with it. False when it was not with the organizers."""
    handed_over = _one(handoff_id).where(col(Handoff.for_organizer), col(Handoff.status) != HandoffStatus.CLOSED)
    return _moved(session, handed_over.values({**_FREE, "for_organizer": False, "is_abusive": False}))


def sent(session: Session, handoff_id: int, person_id: int) -> bool:
    """Their answer is queued: nothing unsent is left, and nobody waits for us. False when it is not theirs."""
    theirs = _one(handoff_id).where(_is_claimed_by(person_id))
    return _moved(session, theirs.values(draft="", waits_since=None))


def lapse(session: Session, now: datetime) -> int:
    """Every lease that is over goes back to open; how many did. Whose answer never arrived waits again."""
    over = update(Handoff).where(_is_claimed(), col(Handoff.claimed_until) <= now).values(_FREE)
    unheard = update(Handoff).where(col(Handoff.status) != HandoffStatus.CLOSED, col(Handoff.waits_since).is_(None))
    session.connection().execute(unheard.where(waits_for_us()).values(waits_since=now))
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
            waits_since=None,
            claimed_by=None,
            claimed_until=None,
        ),
    )


def answered(session: Session, handoff_id: int, person_id: int, now: datetime) -> bool:
    """The first answer of who holds it: the wait is over. False when it was answered before, or is not theirs."""
    first = _held(handoff_id, person_id, now).where(col(Handoff.first_answered_at).is_(None))
    return _moved(session, first.values(first_answered_at=now, first_answered_by=person_id))


def save_draft(
    session: Session, handoff_id: int, person_id: int, text: str, *, renewed: datetime | None = None
) -> bool:
    """Keep their unsent words for whoever holds it next. False when it is not theirs.

    `renewed`: they are still there, so a lease that stands at this moment lasts ten minutes more.
    """
    kept: dict[str, Any] = {"draft": text}
    if renewed is not None:
        stands = col(Handoff.claimed_until) > renewed
        kept["claimed_until"] = case((stands, literal(renewed + LEASE, Moment)), else_=col(Handoff.claimed_until))
    return _moved(session, _one(handoff_id).where(_is_claimed_by(person_id)).values(kept))


_FREE: dict[str, Any] = {"status": HandoffStatus.OPEN, "claimed_by": None, "claimed_until": None}


def _lease(person_id: int, now: datetime) -> dict[str, Any]:
    return {
        "status": HandoffStatus.CLAIMED,
        "claimed_by": person_id,
        "claimed_until": now + LEASE,
        "snoozed_until": None,
    }


def _may_take(organizes: bool) -> ColumnElement[bool]:  # its one question
    return true() if organizes else ~col(Handoff.for_organizer)


def _one(handoff_id: int) -> Update:
    return update(Handoff).where(col(Handoff.id) == handoff_id)


def _held(handoff_id: int, person_id: int, now: datetime) -> Update:
    lasts = col(Handoff.claimed_until) > now
    return _one(handoff_id).where(_is_claimed(), col(Handoff.claimed_by) == person_id, lasts)


def _is_claimed() -> ColumnElement[bool]:
    return col(Handoff.status) == HandoffStatus.CLAIMED


def _is_claimed_by(person_id: int) -> ColumnElement[bool]:
    return and_(_is_claimed(), col(Handoff.claimed_by) == person_id)


def _is_free(now: datetime) -> ColumnElement[bool]:
    return or_(
        col(Handoff.status) == HandoffStatus.OPEN,
        and_(_is_claimed(), col(Handoff.claimed_until) <= now),
    )


def _join(session: Session, phone: str, urgency: int, told: dict[str, Any], now: datetime) -> int | None:
    standing = update(Handoff).where(col(Handoff.phone) == phone, col(Handoff.status) != HandoffStatus.CLOSED)
    at_least_as_urgent = col(Handoff.urgency) >= urgency
    kept: dict[str, Any] = {
        name: case((at_least_as_urgent, value), else_=_handoffs.c[name]) for name, value in told.items()
    }
    kept["urgency"] = case((at_least_as_urgent, urgency), else_=_handoffs.c.urgency)
    kept["waits_since"] = func.coalesce(_handoffs.c.waits_since, now)
    kept["snoozed_until"] = None
    return session.connection().scalar(standing.values(kept).returning(col(Handoff.id)))


def _moved(session: Session, statement: Update) -> bool:
    return bool(session.connection().execute(statement).rowcount)
