"""What a campaign's people were understood to say."""

from sqlalchemy import func
from sqlmodel import Session, col, select

from phonebank.messages.models import Message
from phonebank.replies.models import ReplyReading


def by_intent(session: Session, campaign_id: int) -> dict[str, int]:
    """How many of their replies were read as each intent, the most frequent first."""
    theirs = (
        select(ReplyReading.intent, func.count())
        .join(Message, col(Message.id) == col(ReplyReading.message_id))
        .where(Message.campaign_id == campaign_id)
        .group_by(col(ReplyReading.intent))
    )
    return {str(intent): number for intent, number in session.exec(theirs.order_by(func.count().desc()))}
