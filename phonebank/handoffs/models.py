"""A maybe in human hands.

open → claimed → closed;  a lease that lapses goes back to open
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from phonebank.db import Moment, choice


class HandoffStatus(StrEnum):
    OPEN = "open"
    CLAIMED = "claimed"
    CLOSED = "closed"


class Handoff(SQLModel, table=True):
    """One conversation that waits for a person. One stands open for a number at a time."""

    __table_args__ = (
        Index(
            "handoff_standing",
            "phone",
            unique=True,
            sqlite_where=text("status <> 'closed'"),
            postgresql_where=text("status <> 'closed'"),
        ),
        Index("handoff_waiting", "status", "urgency", "opened_at"),
        Index(
            "handoff_next",
            "urgency",
            "waits_since",
            "id",
            sqlite_where=text("waits_since IS NOT NULL"),
            postgresql_where=text("waits_since IS NOT NULL"),
        ),
        Index("handoff_answered", "first_answered_at", "campaign_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    phone: str
    campaign_id: int | None = Field(default=None, foreign_key="campaign.id", index=True)
    recipient_id: int | None = Field(default=None, foreign_key="recipient.id", index=True)
    status: HandoffStatus = Field(default=HandoffStatus.OPEN, sa_type=choice(HandoffStatus))
    reason: str  # an Intent's word, "unsure", "opt_in_request", "one_on_one" or "late"
    why: str = ""  # what the reader understood, and from which words
    urgency: int = 2  # 0 held opt-outs, 1 commitments at risk, 2 the rest
    claimed_by: int | None = Field(default=None, foreign_key="person.id")
    claimed_until: datetime | None = Field(default=None, sa_type=Moment)
    draft: str = ""  # the unsent answer; it outlives the claim
    verdict: str | None = None
    closed_by: int | None = Field(default=None, foreign_key="person.id")
    opened_at: datetime = Field(sa_type=Moment)
    first_answered_at: datetime | None = Field(default=None, sa_type=Moment)  # by a person: a text, or their verdict
    first_answered_by: int | None = None
    closed_at: datetime | None = Field(default=None, sa_type=Moment)
    waits_since: datetime | None = Field(
        default=None, sa_type=Moment
    )  # their first words nobody has answered; None: our word is the last
    snoozed_until: datetime | None = Field(default=None, sa_type=Moment)  # nobody's before that, unless they write
    heard_before: int | None = None  # their newest text when it was snoozed
    for_organizer: bool = False  # handed over: no volunteer goes on with it
    is_abusive: bool = False
    note: str = ""  # what the volunteer told the organizers
    noted_by: int | None = None  # a person's id


class SavedAnswer(SQLModel, table=True):
    """Words an organizer has prepared for volunteers, of one campaign or (None) of all. May hold merge fields."""

    __tablename__ = "saved_answer"

    id: int | None = Field(default=None, primary_key=True)
    shortcut: str  # typed after a slash
    body: str
    campaign_id: int | None = Field(default=None, foreign_key="campaign.id", index=True, ondelete="CASCADE")
    saved_by: str
    saved_at: datetime = Field(sa_type=Moment)
