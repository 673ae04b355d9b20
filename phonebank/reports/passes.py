"""One look through a campaign's people and one through its texts: every count of its page comes from these two.

Sums of conditions, not groups: SQLite would sort five million rows to group them, which takes thrice as long.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_
from sqlalchemy import select as columns
from sqlmodel import Session, col

from phonebank.intents import Outcome
from phonebank.messages.models import Direction, Message, MessageKind, MessageStatus
from phonebank.recipients.models import Recipient, RecipientStatus

LATELY = timedelta(minutes=5)
"""What the pace is taken from."""

_NEVER_OURS = (MessageStatus.RECEIVED, MessageStatus.HANDLED)
_NOT_SPOKEN = (MessageStatus.QUEUED, MessageStatus.CANCELED)


@dataclass(frozen=True)
class Passes:
    """People by status and outcome, how many were asked, ever and lately, and replied; our texts by status, and theirs.

    `segments` and `micros` are of all texts spoken so far.
    """

    statuses: dict[str, int]
    outcomes: dict[str, int]
    asked: int
    lately: int
    replied: int
    texts: dict[str, int]
    delivered_asks: int
    heard: int
    segments: int
    micros: int


def passes(session: Session, campaign_id: int, now: datetime) -> Passes:
    """Reads every row of the campaign: a million people and five million texts take seconds."""
    people = _sums(session, _of_people(now - LATELY), col(Recipient.campaign_id) == campaign_id)
    texts = _sums(session, _of_texts(), col(Message.campaign_id) == campaign_id)
    return Passes(
        statuses={word: people[f"status {word}"] for word in RecipientStatus},
        outcomes={word: people[f"outcome {word}"] for word in Outcome},
        texts={word: texts[f"status {word}"] for word in MessageStatus if word not in _NEVER_OURS},
        **{name: people[name] for name in ("asked", "lately", "replied")},
        **{name: texts[name] for name in ("delivered_asks", "heard", "segments", "micros")},
    )


def _of_people(since: datetime) -> dict[str, ColumnElement[Any]]:
    return {
        **{f"status {word}": _number(col(Recipient.status) == word) for word in RecipientStatus},
        **{f"outcome {word}": _number(col(Recipient.outcome) == word) for word in Outcome},
        "asked": _number(col(Recipient.asked_at).is_not(None)),
        "lately": _number(col(Recipient.asked_at) > since),
        "replied": _number(col(Recipient.replied_at).is_not(None)),
    }


def _of_texts() -> dict[str, ColumnElement[Any]]:
    is_ours, status = col(Message.direction) == Direction.OUT, col(Message.status)
    # What failed without the carrier's own id was refused before it was said.
    was_said = or_(status != MessageStatus.FAILED, col(Message.carrier_sid).is_not(None))
    is_spoken = and_(is_ours, status.not_in(_NOT_SPOKEN), was_said)
    is_ask = col(Message.kind) == MessageKind.ASK
    return {
        **{f"status {word}": _number(is_ours & (status == word)) for word in MessageStatus if word not in _NEVER_OURS},
        "delivered_asks": _number(is_ask & (status == MessageStatus.DELIVERED)),
        "heard": _number(~is_ours),
        "segments": func.sum(case((is_spoken, col(Message.segments)), else_=0)),
        "micros": func.sum(case((is_spoken, col(Message.cost_micros)), else_=0)),
    }


def _sums(session: Session, told: Mapping[str, ColumnElement[Any]], where: ColumnElement[bool]) -> dict[str, int]:
    row = session.connection().execute(columns(*told.values()).where(where)).one()
    return {name: int(number or 0) for name, number in zip(told, row, strict=True)}


def _number(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.sum(case((condition, 1), else_=0))
