"""What was last counted of each campaign."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from phonebank.db import JSONField, Moment


class CampaignTally(SQLModel, table=True):
    """A campaign's counts as they stood at `counted_at`. Made anew from the rows each time: it has nothing to lose."""

    __tablename__ = "campaign_tally"

    campaign_id: int = Field(primary_key=True, foreign_key="campaign.id", ondelete="CASCADE")
    counts: dict[str, Any] = Field(default_factory=dict, sa_type=JSONField)
    status: str = ""  # the campaign's, when it was counted
    counted_at: datetime | None = Field(default=None, sa_type=Moment)
    took_ms: int = Field(default=0, sa_type=BigInteger)
    begun_at: datetime | None = Field(default=None, sa_type=Moment)  # somebody counts since then
