"""A form as it was typed last, and who typed it."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from phonebank.db import JSONField, Moment


class Draft(SQLModel, table=True):
    """One unfinished form: of a campaign to be, or of changes to a draft campaign that cannot be taken in as they are.

    `form` is name → values, empty once a campaign says all of it. A row outlives its words and its campaign, so that
    whoever still has the page open is told who finished or deleted it.
    """

    __tablename__ = "campaign_draft"

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int | None = Field(default=None, index=True)  # no foreign key: the campaign may be deleted
    version: int = 1  # grows with each save: a page that has seen less is told, and saves nothing
    form: dict[str, Any] = Field(default_factory=dict, sa_type=JSONField)
    is_deleted: bool = False
    saved_by: str
    saved_at: datetime = Field(sa_type=Moment)
