"""Numbers we must not reach: opt-outs for good, and holds until a person has read something."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from phonebank.db import Moment, choice


class Ban(StrEnum):
    """What stands against a number. A hold is lifted by a volunteer's reading, an opt-out by the person alone."""

    OPT_OUT = "opt_out"
    HOLD = "hold"


class OptOut(SQLModel, table=True):
    """One entry of the ledger. It is never deleted: lifting it is written beside it, with who and why."""

    __tablename__ = "opt_out"
    __table_args__ = (
        Index(
            "opt_out_standing",
            "phone",
            "kind",
            unique=True,
            sqlite_where=text("lifted_at IS NULL"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
        Index(
            "opt_out_held",
            "kind",
            "id",
            sqlite_where=text("kind = 'hold' AND lifted_at IS NULL"),
            postgresql_where=text("kind = 'hold' AND lifted_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    phone: str
    kind: Ban = Field(sa_type=choice(Ban))
    because: str
    recorded_by: str  # "their text", "their page", or a member of staff
    recorded_at: datetime = Field(sa_type=Moment)
    lifted_because: str | None = None
    lifted_by: str | None = None
    lifted_at: datetime | None = Field(default=None, sa_type=Moment)


class OptOutFile(SQLModel, table=True):
    """A file of numbers from elsewhere, taken in whole. `rejects` is the CSV of its lines without a number."""

    __tablename__ = "opt_out_file"

    id: int | None = Field(default=None, primary_key=True)
    name: str
    because: str
    new: int = 0
    known: int = 0
    unreadable: int = 0
    rejects: bytes = b""
    recorded_by: str
    recorded_at: datetime = Field(sa_type=Moment)
