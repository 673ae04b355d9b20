"""How each reply was read, what was decided and what people thought of it: the trail from their words to our deed."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from phonebank.db import Moment, choice
from phonebank.intents import Decision, Intent

BY_THE_CARRIER = "the carrier took it for a stop"
"""Why, of a reply that was not read at all: the carrier had acted on it."""


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
    named: str = ""  # the other time a not now names, or what a not that offers
    decision: Decision = Field(sa_type=choice(Decision))
    verdict: str | None = None
    judged_by: int | None = None  # a person's id; the handoff holds the reference
    judged_at: datetime | None = Field(default=None, sa_type=Moment)
    judged_after_answer: bool = False  # we had answered since: the verdict is of the whole talk, not of these words
    read_at: datetime = Field(sa_type=Moment)


class ReplyThreshold(SQLModel, table=True):
    """From which confidence the machine answers, of one campaign or (None) of all; the newest one is in force.

    It holds for the reader it was refitted with, known by the threshold that reader came with: another reader's
    confidences mean something else, so that it goes by its own until somebody calibrates again.
    """

    __tablename__ = "reply_threshold"

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int | None = Field(default=None, foreign_key="campaign.id", index=True)
    acts_from: float
    was: float
    readers_own: float
    because: str  # what the refit said it would change
    set_by: str
    set_at: datetime = Field(sa_type=Moment)
