"""What is watched, since when it is too long, and who wishes to be told how."""

from datetime import datetime, time

from sqlmodel import Field, SQLModel

from phonebank.db import Moment

THE_ONE = 1
USUAL_MINUTES = 10


class WaitWatch(SQLModel, table=True):
    """One row for the house: the bound on a wait, and the episode in which it is passed; none: `over_since` is null."""

    __tablename__ = "wait_watch"

    id: int = Field(default=THE_ONE, primary_key=True)
    bound_minutes: int = USUAL_MINUTES
    over_since: datetime | None = Field(default=None, sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)  # of the last episode
    trouble: str = ""  # why somebody could not be told


class AlertWish(SQLModel, table=True):
    """How one of the staff wishes to be told; a text only inside these hours of theirs."""

    __tablename__ = "alert_wish"

    person_id: int = Field(foreign_key="person.id", primary_key=True)
    phone: str = ""  # E.164
    by_text: bool = False
    by_email: bool = False
    hours_start: time = time(8)
    hours_end: time = time(21)
    texted_at: datetime | None = Field(default=None, sa_type=Moment)
    mailed_at: datetime | None = Field(default=None, sa_type=Moment)
