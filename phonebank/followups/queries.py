"""Reads of commitments and follow-ups."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from phonebank.followups.lifecycle import STANDING
from phonebank.followups.models import Commitment, FollowUp, FollowUpStatus


def by_token(session: Session, token: str) -> Commitment | None:
    """The commitment behind a supporter's own page."""
    return session.exec(select(Commitment).where(Commitment.token == token)).first()


def standing_of(session: Session, recipient_id: int) -> Commitment | None:
    """Their yes that stands, the newest one."""
    theirs = select(Commitment).where(Commitment.recipient_id == recipient_id, col(Commitment.status).in_(STANDING))
    return session.exec(theirs.order_by(col(Commitment.pledged_at).desc())).first()


def to_ask(session: Session, recipient_id: int, ask_id: int) -> Commitment | None:
    """Their commitment to one ask, standing or not."""
    theirs = select(Commitment).where(Commitment.recipient_id == recipient_id, Commitment.ask_id == ask_id)
    return session.exec(theirs).first()


def of_campaign(session: Session, campaign_id: int) -> list[Commitment]:
    theirs = select(Commitment).where(Commitment.campaign_id == campaign_id)
    return list(session.exec(theirs.order_by(col(Commitment.id))))


def due(session: Session, now: datetime, most: int) -> Sequence[tuple[FollowUp, Commitment]]:
    """Reminders whose moment has come, with the commitment each belongs to, the oldest first."""
    ready = (
        select(FollowUp, Commitment)
        .join(Commitment, col(FollowUp.commitment_id) == col(Commitment.id))
        .where(FollowUp.status == FollowUpStatus.SCHEDULED, col(FollowUp.due_at) <= now)
        .order_by(col(FollowUp.due_at))
        .limit(most)
    )
    return session.exec(ready).all()


def is_due(session: Session, now: datetime) -> bool:
    return bool(due(session, now, 1))
