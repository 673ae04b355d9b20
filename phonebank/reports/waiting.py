"""Who is not asked yet and why: people who wait for their contact hours, and people left out."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func
from sqlmodel import Session, col, select

from phonebank.campaigns.models import Campaign
from phonebank.messages.models import Direction, Message, MessageKind
from phonebank.messages.queries import IS_QUEUED
from phonebank.optouts.models import OptOut
from phonebank.recipients.models import Recipient, RecipientStatus
from phonebank.recipients.queries import IS_WAITING

_SOON = timedelta(minutes=2)  # a text that the carrier put off is back before this
_LEFT = (RecipientStatus.EXCLUDED, RecipientStatus.UNREACHABLE)


def waiting(session: Session, campaign: Campaign, now: datetime) -> dict[str, Any]:
    """{"people": n, "until": [{"at": "2027-02-11T09:00", "people": n}], "says": [sentences]}, on their own clocks.

    Whoever is held until a person has read what they wrote is not among them.
    """
    by_time: Counter[datetime] = Counter()
    for due_at, zones, people in (*_parked(session, campaign, now), *_moved(session, campaign, now)):
        by_time[_on_their_clock(due_at, zones)] += people
    until = sorted(by_time.items())
    return {
        "people": by_time.total(),
        "until": [{"at": f"{at:%Y-%m-%dT%H:%M}", "people": people} for at, people in until],
        "says": [
            f"{_people(people, 'waits', 'wait')} until {at:%H:%M} their time ({_day(at)})." for at, people in until
        ],
    }


def left_out(session: Session, campaign: Campaign) -> dict[str, int]:
    """Reason → how many people are not asked, or not reached, for it; the commonest first."""
    number = func.count().label("number")
    because = select(Recipient.excluded_because, number).where(
        Recipient.campaign_id == campaign.id, col(Recipient.status).in_(_LEFT)
    )
    rows = session.exec(because.group_by(col(Recipient.excluded_because)).order_by(number.desc()))
    return {str(reason or "no reason was kept"): people for reason, people in rows}


def _parked(session: Session, campaign: Campaign, now: datetime) -> Any:
    """People whose hours are closed: their ask is not written down."""
    parked = select(Recipient.due_at, Recipient.zones, func.count()).where(
        Recipient.campaign_id == campaign.id,
        IS_WAITING,
        col(Recipient.due_at) > now + _SOON,
        ~_is_banned(),
    )
    return session.exec(parked.group_by(col(Recipient.due_at), col(Recipient.zones)))


def _moved(session: Session, campaign: Campaign, now: datetime) -> Any:
    """People whose ask was written down when their hours ended."""
    moved = (
        select(Message.due_at, Recipient.zones, func.count())
        .join(Recipient, col(Message.recipient_id) == col(Recipient.id))
        .where(
            Message.campaign_id == campaign.id,
            Message.direction == Direction.OUT,
            IS_QUEUED,
            Message.kind == MessageKind.ASK,
            col(Message.due_at) > now + _SOON,
            ~_is_banned(),
        )
    )
    return session.exec(moved.group_by(col(Message.due_at), col(Recipient.zones)))


def _is_banned() -> Any:
    return exists().where(col(OptOut.phone) == col(Recipient.phone), col(OptOut.lifted_at).is_(None))


def _on_their_clock(at: datetime, zones: str) -> datetime:
    """The local time, without its zone; of several zones they may be in, the one where it is earliest."""
    return min(at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for zone in zones.split("|"))


def _day(at: datetime) -> str:
    return f"{at:%A, %B} {at.day}"


def _people(number: int, one: str, many: str) -> str:
    return f"1 person {one}" if number == 1 else f"{number:,} people {many}"
