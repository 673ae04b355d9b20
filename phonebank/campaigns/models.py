"""Of whom we ask, when and from which sender; its alternatives and follow-up plan.

draft → enrolling → running ⇄ paused → closed
"""

from datetime import date, datetime, time
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


class SentBy(StrEnum):
    """Who sends each first text. Everything after it goes as ever."""

    MACHINE = "machine"
    PEOPLE = "people"  # volunteers, one by one, by hand


class StopCause(StrEnum):
    """What paused a campaign. The page says by it what to do; a person's own pause has no cause."""

    REFUSED = "refused"  # the carrier refused something of ours that every other text has too
    ACCOUNT = "account"  # the carrier refused the account itself
    BUDGET = "budget"
    EVENT_BEGUN = "event_begun"
    FILTERED = "filtered"  # from here on: more often than chance explains
    FAILED = "failed"
    OPTED_OUT = "opted_out"
    WRONG_NUMBER = "wrong_number"


class Campaign(SQLModel, table=True):
    """One drive: one ask to the people of its lists. Money is in millionths of a US dollar."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    channel: Channel = Field(default=Channel.TEXT, sa_type=choice(Channel))
    status: CampaignStatus = Field(default=CampaignStatus.DRAFT, sa_type=choice(CampaignStatus), index=True)
    paused_reason: str | None = None
    paused_over: str | None = None  # a StopCause
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
    texts_said: int = 0  # as charged, asks among them: the sample of the breaker
    asks_said: int = 0
    watched_from: datetime | None = Field(default=None, sa_type=Moment)  # the breaker counts what was said after this,
    texts_before: int = 0  # and of what was said not these:
    asks_before: int = 0  # a person looked at them and said to go on
    segments_per_day: int = 0  # of the whole account; 0 is off
    pace_by_inbox: int = 0
    asks_wait_since: datetime | None = Field(default=None, sa_type=Moment)  # for the inbox to drain
    excluded: dict[str, Any] = Field(default_factory=dict, sa_type=JSONField)  # asked_within_days, lists
    sent_by: str = SentBy.MACHINE.value  # a SentBy; unchecked, so that SQLite need not make the table anew
    questions: list[Any] = Field(default_factory=list, sa_type=JSONField)  # people ask: {"question", "answer"}
    call_script: dict[str, Any] = Field(default_factory=dict, sa_type=JSONField)
    launch_at: datetime | None = Field(default=None, sa_type=Moment)
    launched_at: datetime | None = Field(default=None, sa_type=Moment)
    launched_by: str | None = None
    launched_because: str | None = None
    created_at: datetime = Field(sa_type=Moment)
    again_of: int | None = None  # the campaign whose ask it puts anew, to those who did not answer it


class SendingDay(SQLModel, table=True):
    """What the account has said on one day of the Pacific time zone, by which carriers count a brand's daily limit."""

    __tablename__ = "sending_day"

    day: date = Field(primary_key=True)
    segments: int = 0
    least_refused: int = 1  # the smallest text that found no room: with less room than this, nothing more is tried
    is_full_at_carrier: bool = False  # the carrier said so itself: asks wait


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
