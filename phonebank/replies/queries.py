"""Reads of how replies were read."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from phonebank.replies.models import ReplyReading


def readings_of(session: Session, message_ids: Sequence[int]) -> dict[int, ReplyReading]:
    """The last reading of each of these messages, by message id; messages nobody read are left out."""
    rows = select(ReplyReading).where(col(ReplyReading.message_id).in_(message_ids)).order_by(col(ReplyReading.id))
    return {reading.message_id: reading for reading in session.exec(rows)}
