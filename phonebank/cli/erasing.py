"""Forgets a person: their name, their fields, everything said. Counts stay, and the opt-out ledger keeps the number."""

import secrets
from datetime import datetime, timedelta

from sqlmodel import Session

from phonebank.calls import lifecycle as calls
from phonebank.calls.models import Call, CallStatus
from phonebank.contacts.models import Contact
from phonebank.errors import NotFoundError, RefusedError
from phonebank.followups import lifecycle as followups
from phonebank.handoffs import lifecycle as handoffs
from phonebank.handoffs.models import HandoffStatus
from phonebank.messages import lifecycle as messages
from phonebank.messages.models import MessageStatus
from phonebank.recipients import lifecycle as recipients
from phonebank.reports.holdings import Holdings, holdings

ERASED = "[erased]"
_ON_THE_LINE = (CallStatus.DIALING, CallStatus.RINGING, CallStatus.IN_PROGRESS, CallStatus.UNKNOWN)
_RECORDING_COMES_WITHIN = timedelta(minutes=2)
_IN_DOUBT = (MessageStatus.SENDING, MessageStatus.UNKNOWN)


def erase(session: Session, phone: str, now: datetime) -> None:
    """Forget whoever has this number (E.164). What is promised to them is taken back first, what is queued canceled.

    Raises NotFoundError when nothing is held, RefusedError while a text or call to them may be on its way.
    """
    _end(session, _may_be_forgotten(session, phone, now), phone, now)
    session.expire_all()
    _forget(session, holdings(session, phone), f"erased-{secrets.token_hex(6)}")
    session.flush()


def recordings_of(session: Session, phone: str, now: datetime) -> list[str]:
    """The carrier's names of what was recorded with this number: it is to delete them first. Raises as `erase`."""
    calls = _may_be_forgotten(session, phone, now).calls
    return [call.recording_sid for call in calls if call.recording_sid is not None]


def _may_be_forgotten(session: Session, phone: str, now: datetime) -> Holdings:
    held = holdings(session, phone)
    if not held:
        raise NotFoundError("Nothing is held about that number.")
    if any(message.status in _IN_DOUBT for message in held.messages):
        raise RefusedError("A text to that number is on its way or in doubt: settle it first, then erase.")
    if any(call.status in _ON_THE_LINE for call in held.calls):
        raise RefusedError("A call with that number is under way or in doubt: wait until it is over, then erase.")
    if any(_may_be_recorded_yet(call, now) for call in held.calls):
        raise RefusedError("A call with that number has just ended: its recording may still come in. Try in 2 minutes.")
    return held


def _may_be_recorded_yet(call: Call, now: datetime) -> bool:
    is_new = call.ended_at is not None and call.ended_at > now - _RECORDING_COMES_WITHIN
    return is_new and call.answered_at is not None and call.recording_sid is None


def _end(session: Session, held: Holdings, phone: str, now: datetime) -> None:
    messages.cancel_for(session, phone, now)
    calls.cancel_for(session, phone, now)
    followups.withdraw_all_of(session, phone, now)
    recipients.exclude(session, [one.id for one in held.recipients if one.id is not None], because="erased")
    for handoff in held.handoffs:
        if handoff.status is not HandoffStatus.CLOSED and handoff.id is not None:
            handoffs.close(session, handoff.id, person_id=None, verdict=None, now=now)
    unread = [one.id for one in held.messages if one.status is MessageStatus.RECEIVED and one.id is not None]
    messages.mark_handled(session, unread, now)


def _forget(session: Session, held: Holdings, nobody: str) -> None:
    """`nobody` stands in for the number, so that the rows of one person still belong together."""
    for gone in (*held.memberships, *held.consents, *held.one_on_ones, *held.call_lines):
        session.delete(gone)
    for message in held.messages:
        message.phone, message.body, message.media = nobody, ERASED, []
    for call in held.calls:
        call.phone, call.script, call.recording_sid = nobody, {}, None
    for reading in held.readings:
        reading.why = ERASED
    for handoff in held.handoffs:
        handoff.phone, handoff.why, handoff.draft = nobody, ERASED, ""
    for recipient in held.recipients:
        recipient.phone, recipient.state = nobody, ""
    if held.contact is not None:
        _forget_contact(held.contact, nobody)
    session.add_all([*held.messages, *held.readings, *held.handoffs, *held.recipients, *held.calls])


def _forget_contact(contact: Contact, nobody: str) -> None:
    contact.phone, contact.fields = nobody, {}
    contact.first_name = contact.last_name = contact.email = contact.zip = contact.state = contact.connection = ""
