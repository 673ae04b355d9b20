"""Rows for tests of bridges: a caller on the line, and volunteers who are ready for one."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from phonebank.bridges import lifecycle
from phonebank.calls.models import Call, CallKind, CallStatus
from phonebank.calls.script import Place, State, Step, Then, to_json
from phonebank.people import shifting
from tests.support import conversations as make
from tests.support.factories import sid


def caller(session: Session, now: datetime, **fields: Any) -> Call:
    """A supporter in a scripted call, who has just said that they would like to talk with somebody."""
    drive = make.campaign(session, now)
    somebody = make.supporter(session, drive, now)
    step = Step(("fetching",), Then.FETCH_PERSON)
    words = {
        "kind": CallKind.SCRIPTED,
        "status": CallStatus.IN_PROGRESS,
        "campaign_id": drive.id,
        "recipient_id": somebody.id,
        "step": "call",
        "phone": somebody.phone,
        "sender": make.SENDER,
        "script": to_json(State(Place.WAITING, "en", ("en",), turn=2, last=step)),
        "answered_at": now,
        "attempts": 1,
        "carrier_sid": "CA" + sid()[2:],
        "created_at": now,
        **fields,
    }
    call = Call(**words)
    make.kept(session, call)
    session.commit()
    session.refresh(call)
    session.expunge(call)
    return call


def ready(session: Session, now: datetime, name: str = "Ana", phone: str | None = None) -> int:
    """The id of a volunteer on shift who takes calls, in the browser or at their own phone."""
    person_id = make.person(session, now, name)
    shifting.start(session, person_id, now)
    lifecycle.sit_down(session, person_id, phone, now)
    return person_id
