"""The few numbers a monitor watches, from indexes alone: cheap enough to be read every few seconds."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import func
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, select

from phonebank.campaigns import queries as campaign_queries
from phonebank.campaigns.models import Campaign, CampaignStatus, StopCause
from phonebank.contacts.models import ContactImport, ImportStatus
from phonebank.handoffs.models import Handoff, HandoffStatus
from phonebank.messages.models import Message, StrayReport
from phonebank.messages.queries import IS_IN_DOUBT, IS_QUEUED, IS_UNREAD

_UNSETTLED = ("queued", "sending", "unknown", "received")


class Gauge(NamedTuple):
    name: str
    meaning: str
    by: str  # the label's name; "" for a single number
    values: dict[str, float]


def gauges(session: Session, now: datetime) -> Iterator[Gauge]:
    """What waits and for how long."""
    unsettled = dict.fromkeys(_UNSETTLED, 0.0) | _unsettled(session)
    yield Gauge("phonebank_messages_unsettled", "Texts that are not yet where they should be", "status", unsettled)
    standing = _counted(session, col(Handoff.status), (HandoffStatus.OPEN, HandoffStatus.CLAIMED))
    yield Gauge("phonebank_handoffs", "Conversations that wait for a person", "status", standing)
    wait = {"": _oldest_wait(session, now)}
    yield Gauge("phonebank_handoff_oldest_wait_seconds", "How long the longest-waiting person waits", "", wait)
    campaigns = _counted(session, col(Campaign.status), tuple(CampaignStatus))
    yield Gauge("phonebank_campaigns", "Campaigns", "status", campaigns)
    stopped = _counted(session, col(Campaign.paused_over), tuple(StopCause))
    yield Gauge("phonebank_campaigns_stopped", "Campaigns that stopped by themselves", "over", stopped)
    said = {"": float(campaign_queries.today(session, now).said)}
    yield Gauge("phonebank_segments_today", "Segments said since midnight in Los Angeles", "", said)
    strays = {"": float(session.exec(select(func.count()).select_from(StrayReport)).one())}
    yield Gauge("phonebank_stray_reports", "Delivery reports about texts that are not ours", "", strays)
    uploads = _counted(session, col(ContactImport.status), (ImportStatus.WAITING, ImportStatus.READING))
    yield Gauge("phonebank_imports", "Uploaded lists not read to the end yet", "status", uploads)


def _counted(session: Session, status: Mapped[Any], among: Iterable[StrEnum]) -> dict[str, float]:
    rows = session.exec(select(status, func.count()).where(status.in_(list(among))).group_by(status))
    return {str(word): 0.0 for word in among} | {str(word): float(many) for word, many in rows}


def _unsettled(session: Session) -> dict[str, float]:
    found: dict[str, float] = {}
    for condition in (IS_QUEUED, IS_IN_DOUBT, IS_UNREAD):  # each has a small index of its own
        counted = select(Message.status, func.count()).where(condition).group_by(col(Message.status))
        found |= {str(word): float(many) for word, many in session.exec(counted)}
    return found


def _oldest_wait(session: Session, now: datetime) -> float:
    oldest = select(Handoff.opened_at).where(Handoff.status == HandoffStatus.OPEN).order_by(col(Handoff.opened_at))
    opened_at = session.exec(oldest.limit(1)).first()
    return (now - opened_at).total_seconds() if opened_at is not None else 0.0
