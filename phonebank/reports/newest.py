"""The newest replies of a campaign, and how each was read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from phonebank.contacts.models import Contact
from phonebank.db import among
from phonebank.messages.models import Message, MessageStatus
from phonebank.messages.queries import IS_HEARD
from phonebank.optouts.models import Ban, OptOut
from phonebank.replies.models import ReplyReading

_A_FEW = 8


@dataclass(frozen=True)
class Reply:
    """What somebody wrote. `intent` is None until it was read, and where the carrier took it for a stop."""

    message_id: int
    first_name: str
    at: datetime
    says: str
    pictures: int
    is_read: bool
    intent: str | None
    confidence: float
    acted: bool
    verdict: str | None
    is_held: bool


def newest(session: Session, campaign_id: int, most: int = _A_FEW) -> list[Reply]:
    """The newest first."""
    heard = select(Message).where(Message.campaign_id == campaign_id, IS_HEARD)
    texts = list(session.exec(heard.order_by(col(Message.created_at).desc(), col(Message.id).desc()).limit(most)))
    phones = {text.phone for text in texts}
    named = select(Contact.phone, Contact.first_name).where(among(session, col(Contact.phone), phones))
    standing = (col(OptOut.kind) == Ban.HOLD) & col(OptOut.lifted_at).is_(None)
    held = set(session.exec(select(OptOut.phone).where(among(session, col(OptOut.phone), phones), standing)))
    names = dict(session.exec(named).all())
    readings = _readings(session, [text.id for text in texts if text.id is not None])
    return [_shown(text, names.get(text.phone, ""), readings.get(text.id), text.phone in held) for text in texts]


def _readings(session: Session, message_ids: list[int]) -> dict[int | None, ReplyReading]:
    """The last reading of each."""
    read = select(ReplyReading).where(col(ReplyReading.message_id).in_(message_ids))
    return {reading.message_id: reading for reading in session.exec(read.order_by(col(ReplyReading.id)))}


def _shown(text: Message, first_name: str, reading: ReplyReading | None, is_held: bool) -> Reply:
    known: dict[str, Any] = {"intent": None, "confidence": 0.0, "acted": False, "verdict": None}
    if reading is not None:
        known = {name: getattr(reading, name) for name in known}
    return Reply(
        message_id=text.id or 0,
        first_name=first_name,
        at=text.created_at,
        says=text.body,
        pictures=len(text.media),
        is_read=text.status is not MessageStatus.RECEIVED,
        is_held=is_held,
        **known,
    )
