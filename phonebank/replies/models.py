"""How each reply was read and what was decided: the trail from their words to our deed."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from phonebank.db import Moment, choice
from phonebank.intents import Decision, Intent


class ReplyReading(SQLModel, table=True):
    """One reading of one inbound message. A person's verdict that differs is kept beside it."""

    __tablename__ = "reply_reading"

    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="message.id", index=True)
    recipient_id: int | None = Field(default=None, foreign_key="recipient.id", index=True)
    intent: Intent = Field(sa_type=choice(Intent))
    confidence: float
    acted: bool
    hold: bool
    why: str
    decision: Decision = Field(sa_type=choice(Decision))
    verdict: str | None = None
    read_at: datetime = Field(sa_type=Moment)
