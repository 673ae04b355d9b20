"""Of whom we ask, when and from which sender; its alternatives and follow-up plan.

draft → enrolling → running ⇄ paused → closed
"""

from datetime import datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from phonebank.db import JSONField, Moment, choice


class CampaignStatus(StrEnum):
    DRAFT = "draft"
    ENROLLING = "enrolling"
    RUNNING = "running"
    PAUSED = "paused"
    CLOSED = "closed"


class Channel(StrEnum):
    TEXT = "text"
    CALL = "call"


class Campaign(SQLModel, table=True):
    """One drive: one ask to the people of its lists. Money is in millionths of a US dollar."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    channel: Channel = Field(default=Channel.TEXT, sa_type=choice(Channel))
    status: CampaignStatus = Field(default=CampaignStatus.DRAFT, sa_type=choice(CampaignStatus), index=True)
    paused_reason: str | None = None
    ask_id: int = Field(foreign_key="ask.id")
    organization: str
    sender_name: str = ""
    sender: str = Field(index=True)  # Messaging Service sid, number or short code
    timezone: str = "America/New_York"
    disclaimer: str = ""
    hours_start: time = time(9)
    hours_end: time = time(20)
    segments_per_second: int = 75
    budget_micros: int | None = Field(default=None, sa_type=BigInteger)  # an Integer ends at 2,147 dollars
    spent_micros: int = Field(default=0, sa_type=BigInteger)
    pace_by_inbox: int = 0
    excluded: dict[str, Any] = Field(default_factory=dict, sa_type=JSONField)  # asked_within_days, lists
    call_script: dict[str, Any] = Field(default_factory=dict, sa_type=JSONField)
    launch_at: datetime | None = Field(default=None, sa_type=Moment)
    launched_at: datetime | None = Field(default=None, sa_type=Moment)
    launched_by: str | None = None
    launched_because: str | None = None
    created_at: datetime = Field(sa_type=Moment)


class CampaignList(SQLModel, table=True):
    __tablename__ = "campaign_list"

    campaign_id: int = Field(foreign_key="campaign.id", primary_key=True)
    list_id: int = Field(foreign_key="contact_list.id", primary_key=True)


class Alternative(SQLModel, table=True):
    """The ask prepared for a *not now* or a *not that*, offered once."""

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id", index=True)
    answers_to: str  # "not_now" or "not_that"
    ask_id: int = Field(foreign_key="ask.id")


class FollowUpPlan(SQLModel, table=True):
    """A reminder to everyone who said yes, so long before the event."""

    __tablename__ = "follow_up_plan"

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id", index=True)
    before_seconds: int
    texts: dict[str, Any] = Field(default_factory=dict, sa_type=JSONField)  # language → text
