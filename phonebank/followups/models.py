"""What follows a yes.

Commitment: pledged → confirmed → kept / missed / withdrawn
FollowUp:   scheduled → sent / lapsed / canceled
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from phonebank.db import Moment, choice


class CommitmentStatus(StrEnum):
    PLEDGED = "pledged"
    CONFIRMED = "confirmed"
    KEPT = "kept"
    MISSED = "missed"
    WITHDRAWN = "withdrawn"


class FollowUpStatus(StrEnum):
    SCHEDULED = "scheduled"
    SENT = "sent"
    LAPSED = "lapsed"
    CANCELED = "canceled"


class Commitment(SQLModel, table=True):
    """A yes to one ask. `token` is the unguessable end of the supporter's own page."""

    __table_args__ = (UniqueConstraint("recipient_id", "ask_id"),)

    id: int | None = Field(default=None, primary_key=True)
    recipient_id: int = Field(foreign_key="recipient.id", index=True)
    campaign_id: int = Field(foreign_key="campaign.id", index=True)
    ask_id: int = Field(foreign_key="ask.id")
    status: CommitmentStatus = Field(default=CommitmentStatus.PLEDGED, sa_type=choice(CommitmentStatus))
    token: str = Field(unique=True)
    pledged_at: datetime = Field(sa_type=Moment)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Moment)


class FollowUp(SQLModel, table=True):
    """One reminder of one commitment."""

    __tablename__ = "follow_up"
    __table_args__ = (
        UniqueConstraint("commitment_id", "plan_id"),
        Index("follow_up_due", "status", "due_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    commitment_id: int = Field(foreign_key="commitment.id")
    plan_id: int = Field(foreign_key="follow_up_plan.id")
    status: FollowUpStatus = Field(default=FollowUpStatus.SCHEDULED, sa_type=choice(FollowUpStatus))
    due_at: datetime = Field(sa_type=Moment)
