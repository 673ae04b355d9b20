"""One contact in one campaign.

pending → asked → replied → with_volunteer → settled;  excluded, unreachable
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from phonebank.db import Moment, choice
from phonebank.intents import Outcome


class RecipientStatus(StrEnum):
    """What we do next for this person."""

    PENDING = "pending"
    ASKED = "asked"
    REPLIED = "replied"
    WITH_VOLUNTEER = "with_volunteer"
    SETTLED = "settled"
    EXCLUDED = "excluded"
    UNREACHABLE = "unreachable"


class Recipient(SQLModel, table=True):
    """`due_at` is when this person's contact hours next open; `composed_at` says that their ask is a Message."""

    __table_args__ = (
        UniqueConstraint("campaign_id", "contact_id"),
        UniqueConstraint("campaign_id", "phone"),
        Index(
            "recipient_unwilling",
            "campaign_id",
            "outcome",
            "asked_at",
            sqlite_where=text("outcome IN ('opted_out', 'wrong_number')"),
            postgresql_where=text("outcome IN ('opted_out', 'wrong_number')"),
        ),
        Index(
            "recipient_decided",
            *("campaign_id", "outcome", "id"),
            sqlite_where=text("outcome <> 'none'"),
            postgresql_where=text("outcome <> 'none'"),
        ),
        Index(
            "recipient_due",
            *("campaign_id", "due_at", "id"),
            sqlite_where=text("status = 'pending' AND composed_at IS NULL"),
            postgresql_where=text("status = 'pending' AND composed_at IS NULL"),
        ),
        Index(
            "recipient_held",
            *("held_by", "campaign_id"),
            sqlite_where=text("status = 'pending' AND composed_at IS NULL"),
            postgresql_where=text("status = 'pending' AND composed_at IS NULL"),
        ),
        Index(
            "recipient_group",
            *("campaign_id", "zones", "state", "due_at"),
            sqlite_where=text("status = 'pending' AND composed_at IS NULL"),
            postgresql_where=text("status = 'pending' AND composed_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id")
    contact_id: int = Field(foreign_key="contact.id", index=True)
    phone: str = Field(index=True)
    zones: str
    state: str = ""
    language: str = "en"
    variant: int = 0
    status: RecipientStatus = Field(default=RecipientStatus.PENDING, sa_type=choice(RecipientStatus))
    outcome: Outcome = Field(default=Outcome.NONE, sa_type=choice(Outcome))
    excluded_because: str | None = None
    due_at: datetime = Field(sa_type=Moment)
    held_by: int | None = None  # the volunteer who has their first text in hand, until
    held_until: datetime | None = Field(default=None, sa_type=Moment)
    passed_by: int | None = None  # a volunteer who left them to another
    composed_at: datetime | None = Field(default=None, sa_type=Moment)
    asked_at: datetime | None = Field(default=None, sa_type=Moment)
    replied_at: datetime | None = Field(default=None, sa_type=Moment)
    settled_at: datetime | None = Field(default=None, sa_type=Moment)
