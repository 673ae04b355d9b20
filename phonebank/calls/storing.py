"""Where the conversation of a call stands, and what is said: read and written. Its status is calls.lifecycle's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, exists, func, select, update
from sqlmodel import Session, col

from phonebank.calls.models import AnsweredBy, Call, CallKind, CallLine, CallStatus, Speaker
from phonebank.calls.script import State, to_json
from phonebank.campaigns.models import Campaign, CampaignStatus
from phonebank.contacts.models import Contact
from phonebank.db import insert_ignoring
from phonebank.optouts.models import Ban, OptOut
from phonebank.recipients.models import Recipient

_calls: Table = Call.__table__  # type: ignore[attr-defined]  # SQLModel hides the table from mypy
_lines: Table = CallLine.__table__  # type: ignore[attr-defined]  # SQLModel hides the table from mypy


@dataclass(frozen=True)
class WithWhom:
    """A call, whom it is with, and what its next word depends on."""

    call: Call
    contact: Contact | None
    campaign_status: CampaignStatus | None
    is_opted_out: bool


def with_whom(session: Session, call_id: int) -> WithWhom | None:
    """One call, locked as by `queries.by_id`, and all that of it in one look."""
    found = session.execute(_WITH_WHOM, {"b_id": call_id}).first()
    return WithWhom(found[0], found[2], found[3], bool(found[4])) if found else None


_IS_OPTED_OUT = exists().where(
    col(OptOut.phone) == col(Call.phone), col(OptOut.kind) == Ban.OPT_OUT, col(OptOut.lifted_at).is_(None)
)
_WITH_WHOM: Any = (  # the recipient is read along, for those who look for them later in the transaction
    select(Call, Recipient, Contact, col(Campaign.status), _IS_OPTED_OUT)
    .select_from(Call)
    .outerjoin(Recipient, col(Recipient.id) == col(Call.recipient_id))
    .outerjoin(Contact, col(Contact.id) == col(Recipient.contact_id))
    .outerjoin(Campaign, col(Campaign.id) == col(Call.campaign_id))
    .where(col(Call.id) == bindparam("b_id"))
    .with_for_update(of=Call)
    .execution_options(populate_existing=True)
)


@dataclass(frozen=True)
class Line:
    """What one side said at this turn: ours in words alone; theirs also in keys, with what we understood."""

    turn: int
    speaker: Speaker
    words: str = ""
    digits: str = ""
    confidence: float | None = None
    intent: str | None = None


def stands(session: Session, call_id: int, state: State) -> None:
    """Where the call stands from now on."""
    told = {"b_id": call_id, "b_script": to_json(state), "b_language": state.language}
    session.connection().execute(_STANDS, told)


_STANDS = (  # written once: it is said at every step of every call
    update(_calls)
    .where(_calls.c.id == bindparam("b_id"))
    .values(script=bindparam("b_script"), language=bindparam("b_language"))
)


def said(session: Session, call_id: int, said: Sequence[Line], now: datetime) -> None:
    """What was said, in this order. What one side has said to a question counts once."""
    rows = [{"call_id": call_id, "at": now, **vars(line)} for line in said]
    session.connection().execute(insert_ignoring(_lines, session), rows)


def wants_person(session: Session, call_id: int, now: datetime) -> None:
    """From when on they wait for one of us."""
    _set(session, call_id, wants_person_at=func.coalesce(col(Call.wants_person_at), now))


def answered_by(session: Session, call_id: int, who: AnsweredBy) -> None:
    """Who took the call, as the carrier heard."""
    _set(session, call_id, answered_by=who.value)


def voicemail_left(session: Session, call_id: int, now: datetime) -> bool:
    """A message is being left. False: it was left before."""
    first = update(Call).where(col(Call.id) == call_id, col(Call.voicemail_at).is_(None)).values(voicemail_at=now)
    return bool(session.connection().execute(first).rowcount)


def recorded(session: Session, call_id: int, sid: str, recording_sid: str, seconds: int | None) -> bool:
    """What was recorded of this call is there. False: of no call of ours, or it is known already."""
    this = update(Call).where(col(Call.id) == call_id, col(Call.carrier_sid) == sid, col(Call.recording_sid).is_(None))
    kept = this.values(recording_sid=recording_sid, recording_s=seconds)
    return bool(session.connection().execute(kept).rowcount)


def answer_inbound(  # noqa: PLR0913  # who called whom, and whose they are
    session: Session,
    sid: str,
    *,
    phone: str,
    sender: str,
    campaign_id: int | None,
    recipient_id: int | None,
    language: str,
    now: datetime,
) -> int | None:
    """Somebody called us: their call, under way. None when it is written down already."""
    row: dict[str, Any] = {
        "kind": CallKind.INBOUND,
        "status": CallStatus.IN_PROGRESS,
        "campaign_id": campaign_id,
        "recipient_id": recipient_id,
        "phone": phone,
        "sender": sender,
        "language": language,
        "script": {},
        "answered_at": now,
        "carrier_sid": sid,
        "created_at": now,
    } | _UNDIALED
    made: int | None = session.connection().scalar(insert_ignoring(_calls, session).returning(_calls.c.id), row)
    return made


_UNDIALED = {"attempts": 0, "looks": 0, "carrier_sequence": -1, "cost_micros": 0}


def _set(session: Session, call_id: int, **values: Any) -> None:
    session.connection().execute(update(Call).where(col(Call.id) == call_id).values(**values))
