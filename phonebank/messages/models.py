"""One text, in or out.

out:  queued → sending → sent → delivered / undelivered / failed
        │         ├→ queued      the carrier certainly did not take it
        │         └→ unknown     it may have; the carrier's log could not be read; staff decide
        └→ canceled
in:   received → handled
"""

from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import Index, Integer, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from phonebank.db import JSONField, Moment, choice


class Direction(StrEnum):
    OUT = "out"
    IN = "in"


class MessageStatus(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"  # claimed: the carrier is being, or may have been, told
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    CANCELED = "canceled"
    UNKNOWN = "unknown"
    RECEIVED = "received"
    HANDLED = "handled"


class MessageKind(StrEnum):
    ASK = "ask"
    ALTERNATIVE = "alternative"
    CONFIRMATION = "confirmation"
    REMINDER = "reminder"
    THANKS = "thanks"
    HELP = "help"
    APOLOGY = "apology"
    ANSWER = "answer"  # written by a volunteer
    TEST = "test"  # to oneself, before a launch
    REPLY = "reply"  # theirs


BY_A_PERSON = (MessageKind.ANSWER, MessageKind.TEST)
"""Somebody of ours wrote it by hand, now: it goes whether or not its campaign runs."""


class Priority(IntEnum):
    """Lower goes first: a person waits for an answer, nobody waits for an ask."""

    ANSWER = 0
    REPLY = 1
    REMINDER = 2
    ASK = 3


class Message(SQLModel, table=True):
    """Costs are in millionths of a US dollar. `step` is unique for a recipient: no step is ever said twice."""

    __table_args__ = (
        UniqueConstraint("campaign_id", "recipient_id", "step"),
        Index(
            "message_due",
            "sender",
            "priority",
            "due_at",
            "id",
            sqlite_where=text("status = 'queued'"),
            postgresql_where=text("status = 'queued'"),
        ),
        Index(
            "message_unread",
            "phone",
            "created_at",
            sqlite_where=text("status = 'received'"),
            postgresql_where=text("status = 'received'"),
        ),
        Index(
            "message_waiting",
            "campaign_id",
            "due_at",
            sqlite_where=text("status = 'queued'"),
            postgresql_where=text("status = 'queued'"),
        ),
        Index(
            "message_doubtful",
            "claimed_at",
            sqlite_where=text("status IN ('sending', 'unknown')"),
            postgresql_where=text("status IN ('sending', 'unknown')"),
        ),
        Index(
            "message_unreported",
            "claimed_at",
            sqlite_where=text("status = 'sent' AND settled_at IS NULL"),
            postgresql_where=text("status = 'sent' AND settled_at IS NULL"),
        ),
        Index(
            "message_by_hand",
            *("campaign_id", "written_by", "status"),
            sqlite_where=text("step = 'ask' AND written_by IS NOT NULL"),
            postgresql_where=text("step = 'ask' AND written_by IS NOT NULL"),
        ),
        Index(
            "message_heard",
            *("campaign_id", "created_at", "id"),
            sqlite_where=text("direction = 'in'"),
            postgresql_where=text("direction = 'in'"),
        ),
        Index("message_conversation", "phone", "created_at"),
        Index(
            "message_stray",
            "id",
            sqlite_where=text("direction = 'in' AND recipient_id IS NULL AND filed_at IS NULL"),
            postgresql_where=text("direction = 'in' AND recipient_id IS NULL AND filed_at IS NULL"),
        ),
        Index(
            "message_written",
            "written_by",
            "created_at",
            sqlite_where=text("written_by IS NOT NULL"),
            postgresql_where=text("written_by IS NOT NULL"),
        ),
        Index(
            "message_not_arrived",
            "campaign_id",
            "claimed_at",
            sqlite_where=text("status IN ('undelivered', 'failed')"),
            postgresql_where=text("status IN ('undelivered', 'failed')"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    direction: Direction = Field(sa_type=choice(Direction))
    kind: MessageKind = Field(sa_type=choice(MessageKind))
    status: MessageStatus = Field(sa_type=choice(MessageStatus))
    campaign_id: int | None = Field(default=None, foreign_key="campaign.id")
    recipient_id: int | None = Field(default=None, foreign_key="recipient.id", index=True)
    step: str | None = None
    phone: str  # theirs
    sender: str  # ours
    body: str
    media: list[Any] = Field(default_factory=list, sa_type=JSONField)
    priority: Priority = Field(default=Priority.ASK, sa_type=Integer)
    segments: int = 0
    cost_micros: int = 0
    written_by: int | None = Field(default=None, foreign_key="person.id")
    due_at: datetime | None = Field(default=None, sa_type=Moment)
    lapses_at: datetime | None = Field(default=None, sa_type=Moment)  # the contact hours' end: not later than this
    useless_at: datetime | None = Field(default=None, sa_type=Moment)  # the event has begun: never after this
    claimed_at: datetime | None = Field(default=None, sa_type=Moment)
    sent_at: datetime | None = Field(default=None, sa_type=Moment)
    settled_at: datetime | None = Field(default=None, sa_type=Moment)
    carrier_sid: str | None = Field(default=None, unique=True)
    carrier_rank: int = -1  # how far the carrier's own word has come; never goes back
    error_code: int | None = None
    attempts: int = 0
    looks: int = 0  # empty looks into the carrier's log while in doubt
    looked_at: datetime | None = Field(default=None, sa_type=Moment)
    created_at: datetime = Field(sa_type=Moment)
    filed_at: datetime | None = Field(default=None, sa_type=Moment)  # a stranger's text that somebody dealt with
    filed_by: int | None = None


class StrayReport(SQLModel, table=True):
    """A signed delivery report for a text we do not know: kept and counted."""

    __tablename__ = "stray_report"

    id: int | None = Field(default=None, primary_key=True)
    about: str  # the id in its address
    carrier_sid: str
    status: str
    received_at: datetime = Field(sa_type=Moment)
