"""Who may sign in, the links they come by, their shifts, and the audit trail of what they did."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from phonebank.db import Moment, choice


class Role(StrEnum):
    ADMIN = "admin"
    ORGANIZER = "organizer"
    VOLUNTEER = "volunteer"


class PersonStatus(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"


class Person(SQLModel, table=True):
    """Somebody of the campaign: never a supporter."""

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(unique=True)  # or, of somebody who gave none, a short name like "ana-3f9a"
    name: str
    role: Role = Field(sa_type=choice(Role))
    status: PersonStatus = Field(default=PersonStatus.ACTIVE, sa_type=choice(PersonStatus))
    password_hash: str | None = None
    sessions_begun: int = 0  # bumped to end every open session at once
    at_inbox_at: datetime | None = Field(default=None, sa_type=Moment)  # last seen there, to the minute
    created_at: datetime = Field(sa_type=Moment)


class SignInLink(SQLModel, table=True):
    """A link that signs one person in, once. Only its hash is kept."""

    __tablename__ = "sign_in_link"

    token_hash: str = Field(primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    expires_at: datetime = Field(sa_type=Moment)
    used_at: datetime | None = Field(default=None, sa_type=Moment)


class JoinLink(SQLModel, table=True):
    """A link that lets many in as volunteers, each by giving a name, until it is full, over or revoked."""

    __tablename__ = "join_link"

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True)
    made_by: str
    made_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)
    most: int
    joined: int = 0
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)
    revoked_by: str | None = None


class Joining(SQLModel, table=True):
    """Whom one form of such a link let in: the same form posted twice is the same person."""

    form_hash: str = Field(primary_key=True)
    link_id: int = Field(foreign_key="join_link.id")
    person_id: int = Field(foreign_key="person.id")


class Shift(SQLModel, table=True):
    """A time somebody is to answer, or answers: planned, begun by themselves, or both. One runs at a time."""

    __table_args__ = (
        Index(
            "shift_running",
            "person_id",
            unique=True,
            sqlite_where=text("started_at IS NOT NULL AND ended_at IS NULL"),
            postgresql_where=text("started_at IS NOT NULL AND ended_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    planned_from: datetime | None = Field(default=None, sa_type=Moment)
    planned_to: datetime | None = Field(default=None, sa_type=Moment, index=True)
    planned_by: str | None = None
    started_at: datetime | None = Field(default=None, sa_type=Moment, index=True)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    canceled_at: datetime | None = Field(default=None, sa_type=Moment)


class Deed(StrEnum):
    """What the audit trail keeps."""

    LAUNCHED = "launched"
    PAUSED = "paused"
    RESUMED = "resumed"
    CLOSED = "closed"
    DELETED = "deleted"
    IMPORTED = "imported"
    EXPORTED = "exported"
    BACKED_UP = "backed_up"
    RESTORED = "restored"  # a backup in place of the database
    CALL_OPENED = "call_opened"  # read, or listened to
    ERASED = "erased"
    OPT_OUT_RECORDED = "opt_out_recorded"
    OPT_OUT_LIFTED = "opt_out_lifted"
    OPT_OUTS_IMPORTED = "opt_outs_imported"
    INVITED = "invited"
    JOINED = "joined"
    ROLE_CHANGED = "role_changed"
    SUSPENDED = "suspended"
    REINSTATED = "reinstated"


class AuditEntry(SQLModel, table=True):
    """One deed in the audit trail. Triggers refuse to change or delete it."""

    __tablename__ = "audit_entry"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=Moment, index=True)
    deed: str  # a Deed; unchecked, so that a new one needs no new table
    by: str
    about: str
    detail: str = ""


class FirstShift(SQLModel, table=True):
    """How far somebody has come before their first real conversation."""

    __tablename__ = "first_shift"

    person_id: int = Field(primary_key=True, foreign_key="person.id")
    practised_at: datetime | None = Field(default=None, sa_type=Moment)
    done_at: datetime | None = Field(default=None, sa_type=Moment)  # begun in earnest, or passed over
