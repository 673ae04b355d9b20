"""The only writer of Call.status (its states: models.py). Verbs are guarded by the old one, and say who won."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, case, func, select, update
from sqlmodel import Session, col

from phonebank.calls.models import Call, CallKind, CallStatus
from phonebank.calls.queries import IS_QUEUED, may_go_now
from phonebank.campaigns.models import Campaign, Channel
from phonebank.db import Moment
from phonebank.gateway.inbound import CallReport

(
    QUEUED,
    DIALING,
    RINGING,
    IN_PROGRESS,
    COMPLETED,
    BUSY,
    NO_ANSWER,
    FAILED,
    CANCELED,
    UNKNOWN,
) = CallStatus

IN_DOUBT = (DIALING, UNKNOWN)
UNDER_WAY = (DIALING, RINGING, IN_PROGRESS, UNKNOWN)
_ENDS = {
    "completed": COMPLETED,
    "busy": BUSY,
    "no-answer": NO_ANSWER,
    "failed": FAILED,
    "canceled": CANCELED,
}


@dataclass(frozen=True, slots=True)
class Claimed:
    """One call in hand: what dialing it and settling it need."""

    id: int
    kind: CallKind
    phone: str
    sender: str
    cost_micros: int
    campaign_id: int | None
    recipient_id: int | None
    due_at: datetime
    lapses_at: datetime | None
    attempts: int
    step: str | None
    claimed_at: datetime | None

    @classmethod
    def of(cls, call: Any) -> "Claimed":
        """The same of a Call or a row of its columns."""
        return cls(*(getattr(call, field.name) for field in fields(cls)))


_CLAIMED_COLUMNS = [Call.__table__.c[field.name] for field in fields(Claimed)]  # type: ignore[attr-defined]


def claim(session: Session, sender: str, most: int, *, by_machine: bool, now: datetime) -> list[Claimed]:
    """Take up to so many due calls of a sender in hand; every last check is in the statement.

    `by_machine`: those that an artificial voice makes; else those that somebody of ours waits for.
    Whoever commits this owns them: the carrier is told only after that commit.
    """
    due = may_go_now(sender, by_machine=by_machine, now=now).limit(most)
    chosen = due.with_for_update(skip_locked=True, of=Call).cte("due")
    taken = (
        update(Call)
        .where(col(Call.id).in_(select(chosen.c.id)))
        .values(status=DIALING, claimed_at=now, attempts=col(Call.attempts) + 1, looks=0, looked_at=None)
        .values(error_code=None)  # what the carrier said the last time
        .returning(*_CLAIMED_COLUMNS)
        .execution_options(synchronize_session=False)
    )
    rows = [Claimed(*row) for row in session.connection().execute(taken)]
    return sorted(rows, key=lambda call: (call.due_at, call.id))


def take_turns(session: Session, sender: str) -> None:
    """Whoever claims for this sender waits for the others who do, so that free lines are counted once."""
    one = select(col(Campaign.id)).where(col(Campaign.sender) == sender, col(Campaign.channel) == Channel.CALL)
    session.execute(one.order_by(col(Campaign.id)).with_for_update())


def unclaim(session: Session, calls: Sequence[Claimed]) -> list[Claimed]:
    """Back to the queue what these very claims have certainly not dialed. Returns which were still in hand."""
    return [call for call in calls if _unclaim_one(session, call)]


def _unclaim_one(session: Session, call: Claimed) -> bool:
    mine = (col(Call.id) == call.id) & (col(Call.status) == DIALING) & (col(Call.claimed_at) == call.claimed_at)
    return _move(session, mine, status=QUEUED, claimed_at=None, attempts=col(Call.attempts) - 1) > 0


def record_accepted(session: Session, call_id: int, sid: str) -> bool:
    """The carrier took it. A report that came before this has already moved the row, and stays."""
    unnamed = (col(Call.id) == call_id) & col(Call.carrier_sid).is_(None)
    if _move(session, unnamed & col(Call.status).in_(IN_DOUBT), status=DIALING, carrier_sid=sid):
        return True
    _move(session, unnamed, carrier_sid=sid)
    return False


def put_back(session: Session, call_id: int, *, due_at: datetime, code: int | None = None) -> bool:
    """The carrier certainly did not take it: back to the queue, with the carrier's code until it is claimed again."""
    mine = _unheard(call_id) & col(Call.status).in_(IN_DOUBT)
    back = {"status": QUEUED, "due_at": due_at, "claimed_at": None, "looks": 0, "looked_at": None, "error_code": code}
    return bool(_move(session, mine, **back))


def fail(session: Session, call_id: int, *, code: int | None, now: datetime) -> bool:
    """The carrier refused it for good."""
    mine = _unheard(call_id) & col(Call.status).in_((QUEUED, *IN_DOUBT))
    return bool(_move(session, mine, status=FAILED, error_code=code, ended_at=now))


def looked_in_vain(session: Session, call_id: int, now: datetime) -> bool:
    """One more look into the carrier's log found nothing of this call."""
    mine = _unheard(call_id) & col(Call.status).in_(IN_DOUBT)
    return bool(_move(session, mine, looks=col(Call.looks) + 1, looked_at=now))


def looked_late(session: Session, call_id: int, now: datetime) -> bool:
    """The carrier's log could not be read this time, or had nothing new; it is asked again later."""
    return bool(_move(session, (col(Call.id) == call_id) & col(Call.status).in_(UNDER_WAY), looked_at=now))


def cannot_tell(session: Session, call_id: int, now: datetime) -> bool:
    """The carrier's log cannot be read: staff see it and decide."""
    mine = _unheard(call_id) & (col(Call.status) == DIALING)
    return bool(_move(session, mine, status=UNKNOWN, looked_at=now))


def staff_says_dialed(session: Session, call_id: int, now: datetime) -> bool:
    """A member of staff has seen that it was dialed."""
    mine = (col(Call.id) == call_id) & (col(Call.status) == UNKNOWN)
    return bool(_move(session, mine, status=COMPLETED, ended_at=now))


def staff_says_again(session: Session, call_id: int, now: datetime) -> bool:
    """A member of staff is sure that it was not dialed, or would rather call twice: back to the queue."""
    mine = (col(Call.id) == call_id) & (col(Call.status) == UNKNOWN)
    return bool(_move(session, mine, status=QUEUED, due_at=now, claimed_at=None, looks=0, looked_at=None))


def report(session: Session, call_id: int, told: CallReport, now: datetime) -> bool:
    """The carrier's own word on one call: late, doubled or reordered reports never move it backwards.

    A report about a row in doubt settles it. False when the row was already as far, or the sid is another call's.
    """
    ours = (
        (col(Call.id) == call_id)
        & ((col(Call.attempts) > 0) | (col(Call.kind) == CallKind.INBOUND))
        & (col(Call.carrier_sid).is_(None) | (col(Call.carrier_sid) == told.sid))
        & (col(Call.carrier_sequence) < told.sequence)
        & col(Call.status).in_((QUEUED, *UNDER_WAY))
    )
    values: dict[str, Any] = {"carrier_sid": told.sid, "carrier_sequence": told.sequence}
    if told.answered_by is not None:
        values["answered_by"] = func.coalesce(col(Call.answered_by), told.answered_by.value)
    return bool(_move(session, ours, **values, **_step_of(told, now)))


def _step_of(told: CallReport, now: datetime) -> dict[str, Any]:
    """What a report's status word writes."""
    if told.status in _ENDS:
        answered = {}
        if told.status == "completed":  # whoever was spoken with had answered, though that report may never have come
            spoke = now - timedelta(seconds=told.duration_s or 0)
            answered = {"answered_at": func.coalesce(col(Call.answered_at), spoke)}
        code = {"error_code": told.error_code} if told.error_code is not None else {}
        return {"status": _ENDS[told.status], "ended_at": now, "duration_s": told.duration_s, **answered, **code}
    if told.status in {"in-progress", "answered"}:
        return {"status": IN_PROGRESS, "answered_at": func.coalesce(col(Call.answered_at), now)}
    before = col(Call.status).in_((QUEUED, *IN_DOUBT))
    reached = RINGING if told.status == "ringing" else DIALING
    return {"status": case((before, reached.value), else_=col(Call.status))}


def answer(session: Session, call_id: int, *, sid: str, now: datetime) -> bool:
    """Somebody, or something, took the call: the carrier fetches what it says. False: it is over, or another's."""
    mine = (
        (col(Call.id) == call_id)
        & (col(Call.carrier_sid).is_(None) | (col(Call.carrier_sid) == sid))
        & col(Call.status).in_((QUEUED, *UNDER_WAY))
        & (col(Call.attempts) > 0)
    )
    answered = {"carrier_sid": sid, "answered_at": func.coalesce(col(Call.answered_at), now)}
    return bool(_move(session, mine, status=IN_PROGRESS, **answered))


def answer_with(  # who took which call when, and what we say
    session: Session, call_id: int, *, sid: str, script: dict[str, Any], language: str, now: datetime
) -> bool:
    """As `answer`, with where its conversation begins. False: then nothing of it is written."""
    told = {"b_id": call_id, "b_sid": sid, "b_script": script, "b_language": language, "b_now": now}
    return session.connection().execute(_ANSWERED_WITH, told).rowcount > 0


_ANSWERED_WITH = (  # written once: it is said for every call that is taken
    update(Call)
    .where(
        col(Call.id) == bindparam("b_id"),
        col(Call.carrier_sid).is_(None) | (col(Call.carrier_sid) == bindparam("b_sid")),
        col(Call.status).in_((QUEUED, *UNDER_WAY)),
        col(Call.attempts) > 0,
    )
    .values(
        status=IN_PROGRESS,
        carrier_sid=bindparam("b_sid"),
        answered_at=func.coalesce(col(Call.answered_at), bindparam("b_now", type_=Moment)),
        script=bindparam("b_script"),
        language=bindparam("b_language"),
    )
)


def bridge(session: Session, call_id: int, person_id: int, now: datetime) -> bool:
    """A volunteer speaks with them. False: another is, or they are gone."""
    mine = (col(Call.id) == call_id) & (col(Call.status) == IN_PROGRESS) & col(Call.bridged_at).is_(None)
    return bool(_move(session, mine, bridged_at=now, volunteer_id=person_id))


def unbridge(session: Session, call_id: int, now: datetime) -> bool:
    """The volunteer is gone in the middle of it: they wait for the next. Who spoke with them last stays known."""
    mine = (col(Call.id) == call_id) & (col(Call.status) == IN_PROGRESS) & col(Call.bridged_at).is_not(None)
    return bool(_move(session, mine, bridged_at=None, wants_person_at=now))


def abandon(session: Session, call_id: int, now: datetime) -> bool:
    """They hung up while they waited, or nobody came: counted against the ceiling, once.

    Who has spoken with one of us was connected, whatever broke later (47 CFR 64.1200(a)(7): abandoned is who was not).
    """
    waited = col(Call.wants_person_at).is_not(None) & col(Call.bridged_at).is_(None)
    mine = (col(Call.id) == call_id) & waited & col(Call.volunteer_id).is_(None) & col(Call.abandoned_at).is_(None)
    return bool(_move(session, mine, abandoned_at=now))


def cancel(session: Session, where: Any, now: datetime) -> int:
    """Calls still queued that nobody should get any more."""
    return _move(session, IS_QUEUED & where, status=CANCELED, ended_at=now)


def cancel_telling(session: Session, where: Any, now: datetime) -> list[int]:
    """As `cancel`; returns the recipients who will not get theirs."""
    unwanted = update(Call).where(IS_QUEUED, where).values(status=CANCELED, ended_at=now)
    told = unwanted.returning(col(Call.recipient_id)).execution_options(synchronize_session=False)
    return [one for one in session.connection().scalars(told) if one is not None]


def cancel_for(session: Session, phone: str, now: datetime) -> int:
    """Everything still queued for this number."""
    return cancel(session, col(Call.phone) == phone, now)


def move_hours(session: Session, call_id: int, *, due_at: datetime, lapses_at: datetime) -> bool:
    """Its contact hours ended while it waited: due again when they next open."""
    mine = (col(Call.id) == call_id) & (col(Call.status) == QUEUED)
    return bool(_move(session, mine, due_at=due_at, lapses_at=lapses_at))


def set_cost(session: Session, call_id: int, *, seen: int, cost_micros: int) -> bool:
    """What it cost in the end. False when somebody has written that since it was seen."""
    mine = (col(Call.id) == call_id) & (col(Call.cost_micros) == seen)
    return bool(_move(session, mine, cost_micros=cost_micros))


def _unheard(call_id: int) -> Any:
    """Of this call the carrier has never told us."""
    return (col(Call.id) == call_id) & col(Call.carrier_sid).is_(None)


def _move(session: Session, where: Any, **values: Any) -> int:
    moved = update(Call).where(where).values(**values).execution_options(synchronize_session=False)
    return int(session.connection().execute(moved).rowcount)
