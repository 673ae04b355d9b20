"""How long people wait for our word: now, and until the first answer of today, by hour and by campaign."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from statistics import median, quantiles
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from phonebank.campaigns.models import Campaign
from phonebank.handoffs import queries as handoffs
from phonebank.handoffs.models import Handoff
from phonebank.handoffs.queries import Wait

_NOBODY_KNOWN = "No campaign"


@dataclass(frozen=True)
class Answered:
    """First answers: how many, and the seconds after which half and nine in ten of them had come."""

    number: int = 0
    median_s: float = 0.0
    p90_s: float = 0.0


@dataclass(frozen=True)
class Hour:
    """The first answers given in one hour of today."""

    begins: datetime
    answered: Answered


@dataclass(frozen=True)
class OfCampaign:
    name: str
    waiting: int
    longest_s: float
    answered: Answered


@dataclass(frozen=True)
class Board:
    """`urgent`: how many wait, by urgency. `timezone` is where "today" is."""

    waiting: int
    longest_s: float
    by_urgency: dict[int, int]
    today: Answered
    hours: list[Hour]
    campaigns: list[OfCampaign]
    timezone: str

    @property
    def slowest_s(self) -> float:
        """The longest bar there is to draw."""
        return max((hour.answered.p90_s for hour in self.hours), default=0.0)


def board(session: Session, now: datetime) -> Board:
    """Everything the response-time board shows at this moment."""
    waits, names = handoffs.waits(session, now), _names(session)
    timezone = _where(session)
    zone = ZoneInfo(timezone)
    local = now.astimezone(zone)
    told = _first_answers(session, datetime.combine(local.date(), time(), zone))
    by_hour = _grouped(
        told, lambda row: row.first_answered_at.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    )
    return Board(
        waiting=len(waits),
        longest_s=_longest(waits, now),
        by_urgency={urgency: sum(wait.urgency == urgency for wait in waits) for urgency in range(4)},
        today=_answered(told),
        hours=[Hour(begins, _answered(rows)) for begins, rows in sorted(by_hour.items())],
        campaigns=_campaigns(waits, told, names, now),
        timezone=timezone,
    )


def _campaigns(waits: Sequence[Wait], told: Sequence[Any], names: dict[int, str], now: datetime) -> list[OfCampaign]:
    waiting, answered = _grouped(waits, lambda wait: wait.campaign_id), _grouped(told, lambda row: row.campaign_id)
    rows = [
        OfCampaign(
            name=names.get(campaign_id, _NOBODY_KNOWN) if campaign_id else _NOBODY_KNOWN,
            waiting=len(waiting.get(campaign_id, [])),
            longest_s=_longest(waiting.get(campaign_id, []), now),
            answered=_answered(answered.get(campaign_id, [])),
        )
        for campaign_id in {*waiting, *answered}
    ]
    return sorted(rows, key=lambda row: (-row.longest_s, row.name))


def _first_answers(session: Session, since: datetime) -> Sequence[Any]:
    given = select(Handoff.opened_at, Handoff.first_answered_at, Handoff.campaign_id)
    return session.exec(given.where(col(Handoff.first_answered_at) >= since)).all()


def _names(session: Session) -> dict[int, str]:
    return {int(found or 0): name for found, name in session.exec(select(Campaign.id, Campaign.name))}


def _where(session: Session) -> str:
    """Today is where the campaign made last takes place."""
    last = select(Campaign.timezone).order_by(col(Campaign.id).desc()).limit(1)
    return session.exec(last).first() or "America/New_York"


def _answered(rows: Sequence[Any]) -> Answered:
    seconds = [(row.first_answered_at - row.opened_at).total_seconds() for row in rows]
    if not seconds:
        return Answered()
    tenths = quantiles(seconds, n=10, method="inclusive") if len(seconds) > 1 else seconds
    return Answered(len(seconds), median(seconds), tenths[-1])


def _longest(waits: Sequence[Wait], now: datetime) -> float:
    return max(((now - wait.since).total_seconds() for wait in waits), default=0.0)


def _grouped(rows: Iterable[Any], key: Callable[[Any], Hashable]) -> dict[Any, list[Any]]:
    found = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return dict(found)
