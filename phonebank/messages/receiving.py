"""Stores what people text, once, in the same breath as an exact opt-out: nothing is read or answered here."""

from datetime import datetime

from sqlmodel import Session

from phonebank.contacts import ledger as numbers
from phonebank.db import insert_ignoring
from phonebank.gateway.inbound import InboundText
from phonebank.jobs import ring_after_commit
from phonebank.messages.composing import messages
from phonebank.messages.models import Direction, MessageKind, MessageStatus, Priority
from phonebank.optouts import keywords, ledger

BY_THEIR_TEXT = "their text"


def store(session: Session, text: InboundText, now: datetime) -> bool:
    """Store this text and ring for its reading. False when the carrier's id is known: heard twice, kept once."""
    row = {
        "direction": Direction.IN,
        "kind": MessageKind.REPLY,
        "status": MessageStatus.RECEIVED,
        "phone": text.phone,
        "sender": text.service or text.to,
        "body": text.body,
        "media": [picture.model_dump() for picture in text.pictures],
        "priority": Priority.REPLY.value,
        "segments": 0,
        "cost_micros": 0,
        "carrier_sid": text.sid,
        "carrier_rank": -1,
        "attempts": 0,
        "looks": 0,
        "created_at": now,
    }
    stored = insert_ignoring(messages, session).returning(messages.c.id)
    is_new = session.connection().scalar(stored, row) is not None  # PostgreSQL counts no rows of an INSERT here
    if is_new:
        numbers.texts_again(session, text.phone)  # whoever texts us can be texted, whatever the carrier said
        if text.opt_out_type == "STOP" or keywords.is_exact_opt_out(text.body):
            because = f"texted “{text.body.strip()[:40]}”"
            ledger.record(session, text.phone, because=because, by=BY_THEIR_TEXT, now=now)
        ring_after_commit(session, "replies")
    return is_new
