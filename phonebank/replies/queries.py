"""Reads of how replies were read."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from phonebank.messages.models import Message
from phonebank.replies.models import ReplyReading


def readings_of(session: Session, message_ids: Sequence[int]) -> dict[int, ReplyReading]:
    """The last reading of each of these messages, by message id; messages nobody read are left out."""
    rows = select(ReplyReading).where(col(ReplyReading.message_id).in_(message_ids)).order_by(col(ReplyReading.id))
    return {reading.message_id: reading for reading in session.exec(rows)}


def last_reading(session: Session, phone: str) -> ReplyReading | None:
    """How the newest reply of this number was read."""
    theirs = select(ReplyReading).join(Message, col(Message.id) == col(ReplyReading.message_id))
    return session.exec(theirs.where(Message.phone == phone).order_by(col(ReplyReading.id).desc()).limit(1)).first()
