"""A reminder that a supporter asks for on their own page: when it may come, and scheduling it once."""

import tomllib
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from sqlalchemy import Table
from sqlmodel import Session

from phonebank.asks.models import Ask
from phonebank.campaigns.models import Campaign
from phonebank.db import insert_ignoring
from phonebank.errors import BadInputError, RefusedError
from phonebank.followups import lifecycle, moments, queries
from phonebank.followups.models import Commitment, FollowUp, FollowUpStatus
from phonebank.recipients.models import Recipient

MOST = 5
"""So many reminders of their own does one yes get: each costs money, and nobody needs more."""

_LONGEST_WAIT = timedelta(days=365)
_TEN = time(10)

_follow_ups: Table = FollowUp.__table__  # type: ignore[attr-defined]  # SQLModel hides the table from mypy


class Wish(StrEnum):
    """When they want to hear from us again."""

    TOMORROW = "tomorrow"
    WEEK_BEFORE = "week_before"
    DAY_BEFORE = "day_before"
    THAT_DAY = "that_day"
    ON_A_DAY = "on_a_day"


def choices(ask: Ask, now: datetime) -> list[Wish]:
    """The wishes that make sense now: each falls between now and the event."""
    return [wish for wish in Wish if wish is not Wish.ON_A_DAY and _is_in_time(_moment(ask, wish, None, now), ask, now)]


def wish_for(
    session: Session,
    commitment: Commitment,
    wish: Wish,
    *,
    on: date | None = None,
    now: datetime,
) -> datetime:
    """Schedule the reminder; a wish that waits already is moved. Returns when it comes, inside their contact hours.

    Raises BadInputError for a moment that is past or after the event, RefusedError for one reminder too many.
    """
    ask, recipient = session.get(Ask, commitment.ask_id), session.get(Recipient, commitment.recipient_id)
    campaign = session.get(Campaign, commitment.campaign_id)
    assert commitment.id is not None
    assert ask is not None
    assert recipient is not None
    assert campaign is not None
    at = _moment(ask, wish, on, now)
    due_at = moments.inside_hours(
        moments.hours_of(campaign, recipient), at, moments.Event(ask.starts_at or at + _LONGEST_WAIT, ask.timezone)
    )
    if not _is_in_time(due_at, ask, now):
        raise BadInputError("Choose a day between now and the event.")
    _schedule(session, commitment.id, due_at)
    return due_at


def _schedule(session: Session, commitment_id: int, due_at: datetime) -> None:
    if lifecycle.move_wished(session, commitment_id, due_at):
        return
    if queries.count_wished(session, commitment_id) >= MOST:
        raise RefusedError("We have reminded you as often as we can.")
    row = {"commitment_id": commitment_id, "plan_id": None, "due_at": due_at, "status": FollowUpStatus.SCHEDULED}
    session.connection().execute(insert_ignoring(_follow_ups, session), row)


def _moment(ask: Ask, wish: Wish, on: date | None, now: datetime) -> datetime:
    zone = ZoneInfo(ask.timezone)
    match wish:
        case Wish.TOMORROW:
            return now + timedelta(days=1)
        case Wish.ON_A_DAY if on is not None:
            return datetime.combine(on, _TEN, zone)
        case Wish.WEEK_BEFORE if ask.starts_at is not None:
            return ask.starts_at - timedelta(days=7)
        case Wish.DAY_BEFORE if ask.starts_at is not None:
            return ask.starts_at - timedelta(days=1)
        case Wish.THAT_DAY if ask.starts_at is not None:
            return min(datetime.combine(ask.starts_at.astimezone(zone), _TEN, zone), ask.starts_at - timedelta(hours=2))
    return now  # no such day: never in time


def _is_in_time(at: datetime, ask: Ask, now: datetime) -> bool:
    return now < at < min(ask.starts_at or now + _LONGEST_WAIT, now + _LONGEST_WAIT)


@cache
def texts() -> dict[str, str]:
    """The reminder's text in each language."""
    return tomllib.loads((files("phonebank.followups") / "reminder.toml").read_text("utf-8"))
