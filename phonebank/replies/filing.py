"""What an organizer decides about a row of a queue: a hold that was, or was no, opt-out; a late reply needing no word.

Each takes the conversation first, so that of two people acting at once the second is told: False, or RefusedError
with the name of who has it.
"""

from datetime import datetime

from sqlmodel import Session

from phonebank.errors import NotFoundError, RefusedError
from phonebank.handoffs import lifecycle, queries
from phonebank.handoffs.models import Handoff, HandoffStatus
from phonebank.intents import Intent
from phonebank.messages import tidying
from phonebank.optouts import signing
from phonebank.optouts.models import Ban, OptOut
from phonebank.people import queries as people
from phonebank.people.admitting import Staff
from phonebank.recipients import lifecycle as recipients
from phonebank.recipients import queries as recipient_queries
from phonebank.replies import handling


def they_did(session: Session, hold_id: int, staff: Staff, *, address: str, now: datetime) -> bool:
    """They asked us to stop: opted out for good, and the conversation is closed."""
    hold = _standing_hold(session, hold_id)
    if hold is None:
        return False
    handoff = queries.standing_of(session, hold.phone)
    if handoff is not None and handoff.id is not None and staff.id is not None:
        _take(session, handoff, staff.id, now)
        intent = Intent.OPT_OUT
        handling.verdict(session, handoff.id, person_id=staff.id, intent=intent, address=address, now=now)
        return True
    if not signing.lift(session, hold, because="opted out", by=staff.signature, now=now):
        return False
    signing.opt_out(session, hold.phone, because=hold.because, by=staff.signature, now=now)
    tidying.leave_alone(session, hold.phone, now)
    return True


def they_did_not(session: Session, hold_id: int, staff: Staff, now: datetime) -> bool:
    """They did not ask us to stop: texts may go again, and what they wrote waits in the inbox for an answer."""
    hold = _standing_hold(session, hold_id)
    if hold is None:
        return False
    handoff = queries.standing_of(session, hold.phone)
    if handoff is not None and handoff.id is not None and staff.id is not None:
        was_theirs = handoff.claimed_by == staff.id
        _take(session, handoff, staff.id, now)
        if not was_theirs:
            lifecycle.release(session, handoff.id, staff.id)
    because = "An organizer read it: they did not ask us to stop."
    return signing.lift(session, hold, because=because, by=staff.signature, now=now)


def file_late(session: Session, handoff_id: int, person_id: int, now: datetime) -> bool:
    """A reply to a closed campaign that needs no answer. False when it is closed already."""
    handoff = queries.by_id(session, handoff_id)
    if handoff.status is HandoffStatus.CLOSED:
        return False
    _take(session, handoff, person_id, now)
    lifecycle.close(session, handoff_id, person_id=person_id, verdict=None, now=now)
    recipient = recipient_queries.by_id(session, handoff.recipient_id) if handoff.recipient_id is not None else None
    if recipient is not None and recipient.id is not None:
        recipients.settle(session, recipient.id, recipient.outcome, now)
    return True


def _standing_hold(session: Session, hold_id: int) -> OptOut | None:
    hold = session.get(OptOut, hold_id, populate_existing=True)
    if hold is None or hold.kind is not Ban.HOLD:
        raise NotFoundError("There is no such entry.")
    return hold if hold.lifted_at is None else None


def _take(session: Session, handoff: Handoff, person_id: int, now: datetime) -> None:
    assert handoff.id is not None
    if lifecycle.claim(session, handoff.id, person_id, now):
        return
    holder = people.by_id(session, handoff.claimed_by) if handoff.claimed_by is not None else None
    who = holder.name if holder is not None else "Somebody else"
    raise RefusedError(f"{who} has this conversation in hand: leave it to them, or ask them to give it back.")
