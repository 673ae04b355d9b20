"""Reads of unfinished forms."""

from datetime import datetime

from sqlmodel import Session, col, select

from phonebank.drafts.models import Draft


def by_id(session: Session, draft_id: int, *, lock: bool = False) -> Draft | None:
    found = select(Draft).where(Draft.id == draft_id)
    return session.exec(found.with_for_update() if lock else found).first()


def of_campaign(session: Session, campaign_id: int, since: datetime) -> Draft | None:
    """The last form of a campaign made at `since`: an older one is of another, whose number was free again."""
    found = select(Draft).where(Draft.campaign_id == campaign_id, col(Draft.saved_at) >= since)
    return session.exec(found.order_by(col(Draft.id).desc()).limit(1)).first()


def last_of_number(session: Session, campaign_id: int) -> Draft | None:
    """The last form of whatever campaign had this number."""
    found = select(Draft).where(Draft.campaign_id == campaign_id)
    return session.exec(found.order_by(col(Draft.id).desc()).limit(1)).first()


def unfinished(session: Session, most: int = 50) -> list[Draft]:
    """Forms that are no campaign yet, the last typed first."""
    found = select(Draft).where(col(Draft.campaign_id).is_(None), col(Draft.is_deleted).is_(False))
    return list(session.exec(found.order_by(col(Draft.saved_at).desc()).limit(most)))
