"""A one-on-one: who meets whom, when and where, and what was heard.

booked → confirmed they said so again → held / missed / called_off;  moving it makes it booked again
"""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from phonebank.db import Moment, choice


class OneOnOneStatus(StrEnum):
    BOOKED = "booked"
    CONFIRMED = "confirmed"
    HELD = "held"
    MISSED = "missed"
    CALLED_OFF = "called_off"


class OneOnOne(SQLModel, table=True):
    """`token` is the unguessable end of the supporter's own page; `nonce` is the booking form's own: it books once."""

    __tablename__ = "one_on_one"
    __table_args__ = (
        Index(
            "one_on_one_reminders",
            "remind_at",
            sqlite_where=text("remind_at IS NOT NULL"),
            postgresql_where=text("remind_at IS NOT NULL"),
        ),
        Index("one_on_one_of_person", "meets_id", "starts_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    recipient_id: int = Field(foreign_key="recipient.id", index=True)
    campaign_id: int = Field(foreign_key="campaign.id", index=True)
    meets_id: int = Field(foreign_key="person.id")
    booked_by: int = Field(foreign_key="person.id")
    status: OneOnOneStatus = Field(default=OneOnOneStatus.BOOKED, sa_type=choice(OneOnOneStatus))
    starts_at: datetime = Field(sa_type=Moment)
    minutes: int
    timezone: str  # the supporter's, in which the time was given
    place: str = ""  # empty: a call
    token: str = Field(unique=True)
    nonce: str = Field(unique=True)
    moves: int = 0  # how often it was given another time
    remind_at: datetime | None = Field(default=None, sa_type=Moment)  # the next reminder; null: none is left
    story: str = ""  # what was heard, from here on
    interests: str = ""
    resources: str = ""
    next_step: str = ""
    reflection: str = ""  # a line for the team: about us, not about them
    booked_at: datetime = Field(sa_type=Moment)
    changed_at: datetime = Field(sa_type=Moment)

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def is_standing(self) -> bool:
        return self.status in STANDING


STANDING = (OneOnOneStatus.BOOKED, OneOnOneStatus.CONFIRMED)
