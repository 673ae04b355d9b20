"""One call, what was said in it, and the volunteers who are ready to take one over.

queued → dialing → ringing → in_progress → completed
  │        │         └──────────────────→ busy / no_answer / failed / canceled
  │        ├→ queued      the carrier certainly did not take it
  │        └→ unknown     it may have; the carrier's log could not be read; staff decide
  └→ canceled
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from phonebank.db import JSONField, Moment, choice
from phonebank.gateway.inbound import AnsweredBy

__all__ = ["AnsweredBy"]  # the carrier's word, and ours


class CallStatus(StrEnum):
    QUEUED = "queued"
    DIALING = "dialing"  # claimed: the carrier is being, or may have been, told
    RINGING = "ringing"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    FAILED = "failed"
    CANCELED = "canceled"
    UNKNOWN = "unknown"


class CallKind(StrEnum):
    SCRIPTED = "scripted"  # an artificial voice asks
    LIVE = "live"  # a volunteer dialed, and speaks from the first word
    TEST = "test"  # to oneself, before a launch
    INBOUND = "inbound"  # they called us
    LEG = "leg"  # to a volunteer's own phone, who takes a caller over


class Speaker(StrEnum):
    US = "us"
    THEM = "them"
    VOLUNTEER = "volunteer"


class OfferStatus(StrEnum):
    """One volunteer, asked to take one waiting caller."""

    RINGING = "ringing"
    TAKEN = "taken"
    DECLINED = "declined"
    MISSED = "missed"


class Call(SQLModel, table=True):
    """Costs are in millionths of a US dollar. `step` is unique for a recipient: no try is ever made twice.

    `script` is where the conversation stands (calls.script.State as JSON); `carrier_sequence` the newest
    SequenceNumber of the carrier's reports, which come doubled and in any order.
    """

    __table_args__ = (
        UniqueConstraint("campaign_id", "recipient_id", "step"),
        Index(
            "call_due",
            *("sender", "due_at", "id"),
            sqlite_where=text("status = 'queued'"),
            postgresql_where=text("status = 'queued'"),
        ),
        Index(
            "call_under_way",
            "claimed_at",
            sqlite_where=text("status IN ('dialing', 'ringing', 'in_progress', 'unknown')"),
            postgresql_where=text("status IN ('dialing', 'ringing', 'in_progress', 'unknown')"),
        ),
        Index(
            "call_waiting_for_somebody",
            "wants_person_at",
            sqlite_where=text("status = 'in_progress' AND wants_person_at IS NOT NULL AND bridged_at IS NULL"),
            postgresql_where=text("status = 'in_progress' AND wants_person_at IS NOT NULL AND bridged_at IS NULL"),
        ),
        Index("call_of_number", "phone", "created_at"),
        Index("call_of_campaign", "campaign_id", "claimed_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: CallKind = Field(sa_type=choice(CallKind))
    status: CallStatus = Field(default=CallStatus.QUEUED, sa_type=choice(CallStatus))
    campaign_id: int | None = Field(default=None, foreign_key="campaign.id")
    recipient_id: int | None = Field(default=None, foreign_key="recipient.id", index=True)
    step: str | None = None  # "call", then "call#2", "call#3" for the next tries
    phone: str  # theirs
    sender: str  # ours
    language: str = "en"
    script: dict[str, Any] = Field(default_factory=dict, sa_type=JSONField)
    due_at: datetime | None = Field(default=None, sa_type=Moment)
    lapses_at: datetime | None = Field(
        default=None, sa_type=Moment
    )  # the contact hours' end: not dialed later than this
    claimed_at: datetime | None = Field(default=None, sa_type=Moment)
    answered_at: datetime | None = Field(default=None, sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    answered_by: str | None = None  # an AnsweredBy
    duration_s: int | None = None
    voicemail_at: datetime | None = Field(default=None, sa_type=Moment)  # a message was left after the beep
    wants_person_at: datetime | None = Field(default=None, sa_type=Moment)  # they asked for, or need, one of us
    bridged_at: datetime | None = Field(default=None, sa_type=Moment)
    abandoned_at: datetime | None = Field(
        default=None, sa_type=Moment
    )  # they hung up, or nobody came, while they waited
    volunteer_id: int | None = Field(default=None, foreign_key="person.id")  # who dials, or took the caller over
    recording_sid: str | None = None
    recording_s: int | None = None
    carrier_sid: str | None = Field(default=None, unique=True)
    carrier_sequence: int = -1
    error_code: int | None = None
    attempts: int = 0
    looks: int = 0  # empty looks into the carrier's log while in doubt
    looked_at: datetime | None = Field(default=None, sa_type=Moment)
    cost_micros: int = 0
    created_at: datetime = Field(sa_type=Moment)


class CallLine(SQLModel, table=True):
    """One thing said in a call. `turn` numbers our questions: what is heard twice for one of them counts once."""

    __tablename__ = "call_line"
    __table_args__ = (UniqueConstraint("call_id", "turn", "speaker"),)

    id: int | None = Field(default=None, primary_key=True)
    call_id: int = Field(foreign_key="call.id")
    turn: int
    speaker: Speaker = Field(sa_type=choice(Speaker))
    words: str = ""
    digits: str = ""
    confidence: float | None = None
    intent: str | None = None  # what we understood
    at: datetime = Field(sa_type=Moment)


class CallAudio(SQLModel, table=True):
    """A recorded line of a campaign's script. `token` is its unguessable public address: the carrier fetches it."""

    __tablename__ = "call_audio"

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id", index=True, ondelete="CASCADE")
    line: str  # which line of the script it speaks
    language: str = "en"
    token: str = Field(unique=True)
    content_type: str
    content: bytes = Field(sa_type=LargeBinary)
    seconds: float
    uploaded_by: str
    uploaded_at: datetime = Field(sa_type=Moment)


class CallSeat(SQLModel, table=True):
    """A volunteer who is ready for calls: in the browser, or (`phone`, never shown to anybody) at their own phone."""

    __tablename__ = "call_seat"

    person_id: int = Field(foreign_key="person.id", primary_key=True)
    phone: str | None = None  # None: the browser
    ready_since: datetime | None = Field(default=None, sa_type=Moment)  # None: not now
    seen_at: datetime = Field(sa_type=Moment)  # a page that is gone takes no calls
    call_id: int | None = Field(default=None, foreign_key="call.id")  # whom they speak with, or are being rung for
    campaign_id: int | None = Field(
        default=None, foreign_key="campaign.id"
    )  # they take the next who answers in it (power), and no other callers
    line_sid: str | None = None  # the carrier's id of their line, which stands open for that


class CallOffer(SQLModel, table=True):
    """One volunteer rung for one caller who waits."""

    __tablename__ = "call_offer"
    __table_args__ = (UniqueConstraint("call_id", "person_id"),)

    id: int | None = Field(default=None, primary_key=True)
    call_id: int = Field(foreign_key="call.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    status: OfferStatus = Field(default=OfferStatus.RINGING, sa_type=choice(OfferStatus))
    leg_sid: str | None = None  # the carrier's id of the call to the volunteer's own phone
    offered_at: datetime = Field(sa_type=Moment)
    answered_at: datetime | None = Field(default=None, sa_type=Moment)
    rung: int = 1  # times


class StrayCallReport(SQLModel, table=True):
    """A signed report of a call we do not know: kept and counted."""

    __tablename__ = "stray_call_report"

    id: int | None = Field(default=None, primary_key=True)
    about: str  # the id in its address
    carrier_sid: str
    status: str
    received_at: datetime = Field(sa_type=Moment)
