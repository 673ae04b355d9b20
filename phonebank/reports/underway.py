"""What a campaign has in hand this moment and what falls due next: read from the small indexes of what waits."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal_column
from sqlmodel import Session, col, select

from phonebank.campaigns import queries as campaigns
from phonebank.campaigns.models import Campaign, CampaignStatus
from phonebank.followups import queries as followups
from phonebank.messages import queries as messages
from phonebank.messages.models import Message, MessageKind
from phonebank.messages.queries import IS_IN_DOUBT, IS_QUEUED
from phonebank.recipients.models import Recipient
from phonebank.recipients.queries import IS_WAITING
from phonebank.replies import handling

_UNDER_WAY = (CampaignStatus.ENROLLING, CampaignStatus.RUNNING)


@dataclass(frozen=True)
class Underway:
    """`pending` people are not asked yet. `is_asking`: asks are due now; `is_still`: nothing at all is.

    `late_s` is how long a reply waits beyond the house's own patience, or our answer to one. `asks_at` and `texts_at`
    say when the next asks, and the next texts already written down, fall due.
    """

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


def underway(session: Session, campaign_id: int, now: datetime) -> Underway:
    """How it stands now; cheap enough to be asked several times a second."""
    campaign = campaigns.by_id(session, campaign_id)
    waiting, first_due = session.exec(_first(Recipient.due_at, Recipient.campaign_id == campaign_id, IS_WAITING)).one()
    asks, _ = session.exec(_first(Message.due_at, IS_QUEUED, Message.kind == MessageKind.ASK)).one()
    _, texts_at = session.exec(_first(Message.due_at, IS_QUEUED, col(Message.due_at) > now)).one()
    may_go = messages.may_any_go(session, campaign.sender, urgent_only=False, now=now)
    asks_at = _when_asks_go_on(session, campaign, first_due, now)
    unread = messages.unread(session, 1)
    is_asking = (may_go and asks > 0) or (asks_at is not None and asks_at <= now)
    is_enrolling = campaign.status is CampaignStatus.ENROLLING
    is_busy = is_asking or is_enrolling or may_go or bool(unread) or _is_speaking(session)
    return Underway(
        at=now,
        status=campaign.status,
        pending=waiting + asks,
        is_asking=is_asking,
        is_still=not (is_busy or followups.is_due(session, now)),
        late_s=_late_s(
            [*(one.first + handling.PATIENCE for one in unread), *_answers_due(session, campaign.sender, now)], now
        ),
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


def _answers_due(session: Session, sender: str, now: datetime) -> list[datetime]:
    """When the next text that somebody waits for fell due, if it may go: one on hold makes nobody late."""
    may_go = messages.may_go_now(sender, urgent_only=True, now=now).limit(1)
    first = session.connection().scalar(may_go)
    due_at = session.exec(select(Message.due_at).where(Message.id == first)).first() if first is not None else None
    return [due_at] if due_at is not None else []


def _late_s(due: list[datetime], now: datetime) -> float:
    return max(0.0, (now - min(due)).total_seconds()) if due else 0.0


def _is_speaking(session: Session) -> bool:
    sending = select(Message.id).where(literal_column("message.status = 'sending'"), IS_IN_DOUBT)
    return session.exec(sending.limit(1)).first() is not None
