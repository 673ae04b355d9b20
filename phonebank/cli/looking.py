"""One look at a rehearsed campaign and its carrier: what is in hand, what is late, what comes next."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal_column
from sqlmodel import Session, col, select

from phonebank import clock, db
from phonebank.campaigns import queries as campaigns
from phonebank.campaigns.models import Campaign, CampaignStatus
from phonebank.followups import queries as followups
from phonebank.messages import queries as messages
from phonebank.messages import spool
from phonebank.messages.models import Message, MessageKind
from phonebank.messages.queries import IS_QUEUED
from phonebank.recipients.models import Recipient
from phonebank.recipients.queries import IS_WAITING
from phonebank.rehearsal.tempo import Look
from phonebank.replies import handling
from phonebank.settings import Settings

_UNDER_WAY = (CampaignStatus.ENROLLING, CampaignStatus.RUNNING)


@dataclass(frozen=True)
class Stand:
    """How it stands: `pending` are not asked yet; `asks_at` and `texts_at` say what falls due next."""

    at: datetime
    status: CampaignStatus
    pending: int
    is_asking: bool
    is_still: bool
    late_s: float
    asks_at: datetime | None
    texts_at: datetime | None

    @property
    def is_under_way(self) -> bool:
        return self.status in _UNDER_WAY

    def seen_with(self, carrier: dict[str, Any]) -> Look:
        """The same look together with what the carrier counted (its `stats`)."""
        said_next = datetime.fromisoformat(carrier["next_at"]) if carrier["next_at"] else None
        coming = [moment for moment in (self.asks_at, self.texts_at, said_next) if moment is not None]
        return Look(
            at=self.at.timestamp(),
            said=carrier["segments"],
            moved=carrier["accepted"] + sum(carrier["webhooks"].values()),
            is_asking=self.is_asking,
            is_still=self.is_still and not carrier["posting"],
            late_s=self.late_s,
            next_at=min(coming).timestamp() if coming else None,
            asks_at=self.asks_at.timestamp() if self.asks_at else None,
        )


def look(settings: Settings, rehearsed: Campaign) -> Stand:
    """How it stands now, from the small indexes of what waits: it is asked several times a second."""
    assert rehearsed.id is not None
    with db.reading() as session:
        now = clock.now()
        campaign = campaigns.by_id(session, rehearsed.id)
        mine = Recipient.campaign_id == rehearsed.id
        waiting, first_due = session.exec(_first(Recipient.due_at, mine, IS_WAITING)).one()
        asks, _ = session.exec(_first(Message.due_at, IS_QUEUED, Message.kind == MessageKind.ASK)).one()
        _, texts_at = session.exec(_first(Message.due_at, IS_QUEUED, col(Message.due_at) > now)).one()
        may_go = messages.may_any_go(session, rehearsed.sender, urgent_only=False, now=now)
        asks_at = _when_asks_go_on(session, campaign, first_due, now)
        unread = messages.unread(session, 1)
        is_busy = campaign.status is CampaignStatus.ENROLLING or bool(unread) or may_go
        is_busy = is_busy or _is_speaking(session) or followups.is_due(session, now)
    is_asking = (may_go and asks > 0) or (asks_at is not None and asks_at <= now)
    return Stand(
        at=now,
        status=campaign.status,
        pending=waiting + asks,
        is_asking=is_asking,
        is_still=not (is_busy or is_asking or spool.is_waiting(settings.var / "spool")),
        late_s=max(0.0, (now - unread[0].first - handling.PATIENCE).total_seconds()) if unread else 0.0,
        asks_at=asks_at,
        texts_at=texts_at,
    )


def _first(moment: Any, *where: Any) -> Any:
    return select(func.count(), func.min(moment)).where(*where)


def _when_asks_go_on(session: Session, campaign: Campaign, due: datetime | None, now: datetime) -> datetime | None:
    """When the next people are asked; None when nobody is left, or asks wait for something that no clock brings."""
    if due is None or campaign.status is not CampaignStatus.RUNNING or campaign.asks_wait_since is not None:
        return None
    full_until = campaigns.today(session, now).full_until
    return max(due, full_until) if full_until else due


def _is_speaking(session: Session) -> bool:
    sending = select(Message.id).where(literal_column("message.status = 'sending'"), messages.IS_IN_DOUBT)
    return session.exec(sending.limit(1)).first() is not None
