"""Calls for tests of pages, as the engine leaves them."""

from datetime import timedelta

from phonebank.calls.models import Call, CallKind, CallLine, CallStatus, Speaker
from phonebank.recipients.models import Recipient
from tests.support.campaigns import NOW


def a_call(session, campaign, contact=None, **changes):
    """A scripted call that a person answered and talked in, to this contact."""
    recipient = None
    if contact is not None:
        recipient = Recipient(
            campaign_id=campaign.id,
            contact_id=contact.id,
            phone=contact.phone,
            zones=contact.zones,
            asked_at=NOW,
            due_at=NOW,
        )
        session.add(recipient)
        session.flush()
    values = {
        "kind": CallKind.SCRIPTED,
        "status": CallStatus.COMPLETED,
        "step": "call",
        "phone": contact.phone if contact is not None else "+12025550143",
        "sender": "+12025550100",
        "claimed_at": NOW,
        "answered_at": NOW + timedelta(seconds=5),
        "duration_s": 40,
        "created_at": NOW,
    } | changes
    call = Call(campaign_id=campaign.id, recipient_id=recipient.id if recipient else None, **values)
    session.add(call)
    session.flush()
    return call


def said(session, call, turn, words="", speaker=Speaker.THEM, **more):
    """One line of the call."""
    session.add(CallLine(call_id=call.id, turn=turn, speaker=speaker, words=words, at=NOW, **more))
    session.flush()
