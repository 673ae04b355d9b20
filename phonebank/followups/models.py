"""What follows a yes, and who greets those who come.

Commitment: pledged → confirmed → kept / missed / withdrawn
FollowUp:   scheduled → sent / lapsed / canceled
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, text
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
    ask_id: int = Field(foreign_key="ask.id", index=True)
    status: CommitmentStatus = Field(default=CommitmentStatus.PLEDGED, sa_type=choice(CommitmentStatus))
    token: str = Field(unique=True)
    pledged_at: datetime = Field(sa_type=Moment)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Moment)
    stood_as: str | None = None  # a CommitmentStatus: what it was before the day made it kept or missed
    settled_at: datetime | None = Field(default=None, sa_type=Moment)  # when it was marked kept or missed
    settled_by: int | None = None  # the id of whoever did
    # no foreign key: SQLite would have to make the table anew for one


class FollowUp(SQLModel, table=True):
    """One reminder of one commitment. Without a plan it is one that they asked for themselves: one at a time."""

    __tablename__ = "follow_up"
    __table_args__ = (
        UniqueConstraint("commitment_id", "plan_id"),
        Index("follow_up_due", "status", "due_at"),
        Index(
            "follow_up_wished",
            "commitment_id",
            unique=True,
            sqlite_where=text("plan_id IS NULL AND status = 'scheduled'"),
            postgresql_where=text("plan_id IS NULL AND status = 'scheduled'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    commitment_id: int = Field(foreign_key="commitment.id")
    plan_id: int | None = Field(default=None, foreign_key="follow_up_plan.id")
    status: FollowUpStatus = Field(default=FollowUpStatus.SCHEDULED, sa_type=choice(FollowUpStatus))
    due_at: datetime = Field(sa_type=Moment)


class Greeter(SQLModel, table=True):
    """A volunteer to whom an organizer has handed the door of one event."""

    ask_id: int = Field(foreign_key="ask.id", primary_key=True)
    person_id: int = Field(foreign_key="person.id", primary_key=True, index=True)
    handed_at: datetime = Field(sa_type=Moment)


class Door(SQLModel, table=True):
    """What greeters of one event tell people who are not on the list."""

    ask_id: int = Field(foreign_key="ask.id", primary_key=True)
    walk_ins: str


class CalendarFeed(SQLModel, table=True):
    """One person's own address for all events, for their calendar program. `token` is its unguessable end."""

    __tablename__ = "calendar_feed"

    token: str = Field(primary_key=True)
    person_id: int = Field(foreign_key="person.id", unique=True)
    made_at: datetime = Field(sa_type=Moment)
