"""A volunteer's verdict on a call goes through the same door as one on texts."""

from datetime import datetime

from sqlmodel import Session

from phonebank.calls.models import Call
from phonebank.handoffs import bridging
from phonebank.intents import Decision, Intent
from phonebank.recipients import lifecycle as recipients
from phonebank.replies import handling


def of_call(session: Session, call: Call, *, person_id: int, intent: Intent, address: str, now: datetime) -> Decision:
    """What they decided in this call; the volunteer is free for the next.

    Raises RefusedError when somebody else has their conversation in hand.
    """
    if call.recipient_id is not None:
        recipients.mark_asked(session, [call.recipient_id], now)
    handoff_id = bridging.conversation(session, call, person_id, now)
    decision = handling.verdict(session, handoff_id, person_id=person_id, intent=intent, address=address, now=now)
    bridging.done(session, call, person_id, now)
    return decision
