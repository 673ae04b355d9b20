"""A campaign over time: texts sent and replies heard, in steps that fit its length."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Integer, cast, extract, func
from sqlmodel import Session, col, select

from phonebank.messages.models import Message
from phonebank.messages.queries import IS_HEARD
from phonebank.recipients.models import Recipient

_STEPS_S = (60, 300, 900, 3600, 6 * 3600, 24 * 3600, 7 * 24 * 3600)
_MOST = 96  # points: what a phone can show, and a table's reader bear


def curve(session: Session, campaign_id: int) -> dict[str, Any]:
    """{"step_s", "points": [{"at", "asks", "replies"}, …]}: each point is what came from `at` until the next."""
    asks = _by_minute(session, col(Recipient.asked_at), Recipient.campaign_id == campaign_id)
    replies = _by_minute(session, col(Message.created_at), (Message.campaign_id == campaign_id) & IS_HEARD)
    return drawn(asks, replies)


def drawn(asks: Mapping[int, int], replies: Mapping[int, int]) -> dict[str, Any]:
    """The curve of what happened in each minute since 1970, without gaps (pure)."""
    moments = [minute * 60 for minute in {*asks, *replies}]
    if not moments:
        return {"step_s": _STEPS_S[0], "points": []}
    first, last = min(moments), max(moments)
    step = next((step for step in _STEPS_S if (last - first) / step < _MOST), _STEPS_S[-1])
    sent, heard = _in_steps(asks, step), _in_steps(replies, step)
    return {
        "step_s": step,
        "points": [
            {"at": datetime.fromtimestamp(at * step, UTC).isoformat(), "asks": sent[at], "replies": heard[at]}
            for at in range(first // step, last // step + 1)
        ],
    }


def _in_steps(minutes: Mapping[int, int], step: int) -> Counter[int]:
    found: Counter[int] = Counter()
    for minute, number in minutes.items():
        found[minute * 60 // step] += number
    return found


def _by_minute(session: Session, moment: Any, where: Any) -> dict[int, int]:
    minute = (cast(extract("epoch", moment), Integer) // _STEPS_S[0]).label("minute")
    rows = session.exec(select(minute, func.count()).where(where, moment.is_not(None)).group_by(minute))
    return {int(at): number for at, number in rows}
