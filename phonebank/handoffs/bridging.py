"""Brings somebody on the line together with a volunteer on shift, one after the other, and never leaves them alone."""

from datetime import datetime

from sqlmodel import Session

from phonebank import jobs
from phonebank.bridges import lifecycle, queries
from phonebank.calls import lifecycle as calls
from phonebank.calls import storing
from phonebank.calls.models import Call, CallKind, CallStatus, OfferStatus
from phonebank.errors import RefusedError
from phonebank.handoffs import lifecycle as handoffs

CALL_BACK = "call_back"
_ASKED, _LOST = "asked to talk to someone", "we lost the line while they spoke with one of us"


def want_person(session: Session, call: Call, now: datetime, *, reason: str = "maybe", why: str = _ASKED) -> bool:
    """They wait for one of us from now on, and the first volunteer is rung. False: nobody is free to come.

    Their conversation stands in the inbox all the while, so that whatever happens on the line nobody forgets them.
    Whoever is told False asks when to call back (`call_back`).
    """
    call_id = _id(call)
    storing.wants_person(session, call_id, now)
    _open(session, call, reason, why, now)
    standing = queries.standing(session, call_id)
    return standing is not None or offer(session, call, now) is not None


def offer(session: Session, call: Call, now: datetime) -> int | None:
    """Ring the next volunteer for this caller: their id; None when nobody (else) is free."""
    call_id = _id(call)
    while True:
        person_id = queries.next_free(session, call_id, now)
        if person_id is None:
            return None
        if lifecycle.ring(session, call_id, person_id, now):
            ring_their_phone(session, call, person_id, now)
            return person_id


def take(session: Session, call: Call, person_id: int, now: datetime) -> None:
    """They come: the conversation is theirs. Raises RefusedError when it went to another meanwhile."""
    call_id = _id(call)
    found = queries.offer_of(session, call_id, person_id)
    if not lifecycle.take(session, call_id, person_id, now) and not (found and found.status is OfferStatus.TAKEN):
        raise RefusedError("That caller went to the next volunteer, or has hung up. Stay ready: another will come.")
    handoff_id = _open(session, call, "maybe", _ASKED, now)
    handoffs.claim(session, handoff_id, person_id, now, organizes=True)


def join(session: Session, call: Call, person_id: int, now: datetime) -> bool:
    """They are on the line. False: they did not take this caller, or the caller is gone."""
    found = queries.offer_of(session, _id(call), person_id)
    return found is not None and found.status is OfferStatus.TAKEN and calls.bridge(session, _id(call), person_id, now)


def decline(session: Session, call: Call, person_id: int, now: datetime) -> bool:
    """Not now: the next is rung. False when it was not theirs to decline any more."""
    if not lifecycle.decline(session, _id(call), person_id, now):
        return False
    lifecycle.let_go(session, person_id, _id(call), now)
    offer(session, call, now)
    return True


def miss(session: Session, call: Call, now: datetime) -> bool:
    """Whoever was rung too long for this caller makes way for the next. False: nobody is rung (any more)."""
    for late in queries.unanswered(session, now, _id(call)):
        if lifecycle.miss(session, late.call_id, late.person_id, now):
            lifecycle.let_go(session, late.person_id, late.call_id, now)
            lifecycle.stand_up(session, late.person_id)  # whoever does not hear it ring is not there
    return queries.standing(session, _id(call)) is not None or offer(session, call, now) is not None


def lost(session: Session, call: Call, now: datetime) -> bool:
    """The volunteer's line broke in the middle of it: the next is rung. False: nobody is free."""
    person_id = call.volunteer_id
    if person_id is not None and calls.unbridge(session, _id(call), now):
        lifecycle.miss(session, _id(call), person_id, now)
        lifecycle.let_go(session, person_id, _id(call), now)
        handoffs.release(session, _open(session, call, "maybe", _LOST, now), person_id)
    return want_person(session, call, now, why=_LOST)


def ended(session: Session, call: Call, now: datetime) -> None:
    """The caller's line is down: whoever was rung is free again; one who waited in vain is counted."""
    call_id = _id(call)
    calls.abandon(session, call_id, now)
    standing = queries.standing(session, call_id)
    if standing is None:
        return
    if call.bridged_at is None:
        lifecycle.miss(session, call_id, standing.person_id, now)
        lifecycle.let_go(session, standing.person_id, call_id, now)


def line_is_down(session: Session, call_id: int, now: datetime) -> None:
    """The carrier says that this call is over: if somebody is still rung for it, they hung up while they waited."""
    call = queries.waiting(session, call_id)
    if call is not None and queries.standing(session, call_id) is not None:
        ended(session, call, now)


def call_back(session: Session, call: Call, when: str, now: datetime) -> int:
    """Somebody of us calls them back, at the time they named (their words, or ""): the conversation's id."""
    why = f"asked to be called back: “{when.strip()[:200]}”" if when.strip() else "asked to be called back"
    return _open(session, call, CALL_BACK, why, now)


def done(session: Session, call: Call, person_id: int, now: datetime) -> None:
    """The volunteer has finished with this caller: the next may come."""
    lifecycle.let_go(session, person_id, _id(call), now)


def conversation(session: Session, call: Call, person_id: int, now: datetime) -> int:
    """The conversation of this call, in this volunteer's hands for their verdict."""
    handoff_id = _open(session, call, "maybe", _ASKED, now)
    handoffs.claim(session, handoff_id, person_id, now, organizes=True)
    return handoff_id


def ring_their_phone(session: Session, call: Call, person_id: int, now: datetime) -> None:
    """Who takes callers at their own phone is called there, and only the carrier is told the number."""
    seat = queries.seat_of(session, person_id)
    if seat is None or seat.phone is None:
        return
    leg = Call(
        kind=CallKind.LEG,
        status=CallStatus.QUEUED,
        phone=seat.phone,
        sender=call.sender,
        script={"for": call.id},
        volunteer_id=person_id,
        due_at=now,
        created_at=now,
    )
    session.add(leg)
    session.flush()
    jobs.ring_after_commit(session, "calls", call.sender)


def _open(session: Session, call: Call, reason: str, why: str, now: datetime) -> int:
    return handoffs.open_(
        session,
        phone=call.phone,
        campaign_id=call.campaign_id,
        recipient_id=call.recipient_id,
        reason=reason,
        why=why,
        urgency=1,
        now=now,
    )


def _id(call: Call) -> int:
    assert call.id is not None
    return call.id
