"""The books: what each campaign has spent and said, and what the account has said today. Their only writer.

All of it is written in the transaction that claims the texts, by UPDATEs that look and add at once: two machines that
charge at the same moment cannot both take the last cent, or the day's last segment.

The day is the Pacific one: carriers count a brand's daily limit from midnight to midnight in Los Angeles (Twilio's
errors 30023 and 30027). One phone bank speaks for one account, and so for one brand.
"""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Table, or_, true, update
from sqlmodel import Session, col

from phonebank.campaigns.models import Campaign, SendingDay
from phonebank.db import insert_ignoring

_PACIFIC = ZoneInfo("America/Los_Angeles")
_days: Table = SendingDay.__table__  # type: ignore[attr-defined]  # SQLModel hides the table from mypy


def charge(session: Session, campaign_id: int, *, micros: int, texts: int, asks: int) -> bool:
    """Spend so many millionths of a dollar on so many texts; False, and nothing spent, when the budget would be passed.

    `asks` is how many of the texts are asks.
    """
    after = col(Campaign.spent_micros) + micros
    enough = or_(col(Campaign.budget_micros).is_(None), after <= col(Campaign.budget_micros))
    return _book(session, campaign_id, enough, micros, texts, asks)


def refund(session: Session, campaign_id: int, *, micros: int, texts: int, asks: int) -> bool:
    """Give back what was charged for texts that certainly did not go."""
    return _book(session, campaign_id, true(), -micros, -texts, -asks)


def day_of(now: datetime) -> date:
    """The carrier's day at this moment."""
    return now.astimezone(_PACIFIC).date()


def day_ends(now: datetime) -> datetime:
    """The next midnight in Los Angeles."""
    return datetime.combine(day_of(now) + timedelta(days=1), time(), _PACIFIC)


def count_today(session: Session, segments: int, *, limit: int | None, asks: bool, now: datetime) -> bool:
    """Say so many segments today; False, and nothing counted, when the day's limit would be passed.

    No `limit` counts without looking. With `asks` among them, False also when the carrier itself calls the day full.
    """
    after = col(SendingDay.segments) + segments
    room = true() if limit is None else after <= limit
    if asks:
        room &= ~col(SendingDay.is_full_at_carrier)
    said = _today(now).where(room).values(segments=after)
    if session.connection().execute(said).rowcount:
        return True
    session.connection().execute(insert_ignoring(_days, session).values(_blank(now)))  # the day's first text
    return bool(session.connection().execute(said).rowcount)


def uncount_today(session: Session, segments: int, now: datetime) -> None:
    """These were counted today and certainly did not go."""
    session.connection().execute(_today(now).values(segments=col(SendingDay.segments) - segments))


def note_no_room(session: Session, segments: int, now: datetime) -> None:
    """A text of so many segments found no room today: nothing as long need be tried."""
    least = or_(col(SendingDay.least_refused) == 1, col(SendingDay.least_refused) > segments)
    session.connection().execute(_today(now).where(least).values(least_refused=segments))


def full_at_carrier(session: Session, now: datetime) -> None:
    """The carrier says that the day is full: no more asks before its midnight."""
    session.connection().execute(insert_ignoring(_days, session).values(_blank(now)))
    session.connection().execute(_today(now).values(is_full_at_carrier=True))


def _book(session: Session, campaign_id: int, guard: Any, micros: int, texts: int, asks: int) -> bool:
    booked = update(Campaign).where(col(Campaign.id) == campaign_id, guard)
    values = {
        "spent_micros": col(Campaign.spent_micros) + micros,
        "texts_said": col(Campaign.texts_said) + texts,
        "asks_said": col(Campaign.asks_said) + asks,
    }
    plain = booked.values(values).execution_options(synchronize_session=False)
    return bool(session.connection().execute(plain).rowcount)


def _today(now: datetime) -> Any:
    return update(SendingDay).where(col(SendingDay.day) == day_of(now)).execution_options(synchronize_session=False)


def _blank(now: datetime) -> dict[str, Any]:
    return {"day": day_of(now), "segments": 0, "least_refused": 1, "is_full_at_carrier": False}
