"""Reads of recipients: who is due, who answers, how a campaign stands."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, func, select

from phonebank.contacts.models import Contact
from phonebank.recipients.models import Recipient, RecipientStatus


def due_to_compose(
    session: Session, campaign_id: int, *, now: datetime, most: int
) -> Sequence[tuple[Recipient, Contact]]:
    """People whose turn has come and whose ask is not yet written down, in the order they were enrolled."""
    due = (
        select(Recipient, Contact)
        .join(Contact, col(Recipient.contact_id) == col(Contact.id))
        .where(
            Recipient.campaign_id == campaign_id,
            Recipient.status == RecipientStatus.PENDING,
            col(Recipient.composed_at).is_(None),
            col(Recipient.due_at) <= now,
        )
        .order_by(col(Recipient.due_at), col(Recipient.id))
        .limit(most)
    )
    return session.exec(due).all()


def any_due(session: Session, campaign_id: int, now: datetime) -> bool:
    """Whether anybody of a campaign waits to be composed now."""
    due = select(Recipient.id).where(
        Recipient.campaign_id == campaign_id,
        Recipient.status == RecipientStatus.PENDING,
        col(Recipient.composed_at).is_(None),
        col(Recipient.due_at) <= now,
    )
    return session.exec(due.limit(1)).first() is not None


def by_id(session: Session, recipient_id: int, *, lock: bool = False) -> Recipient | None:
    found = select(Recipient).where(Recipient.id == recipient_id)
    return session.exec(found.with_for_update() if lock else found).first()


def of_phone(session: Session, phone: str) -> list[Recipient]:
    """Every campaign this number is in, the newest first."""
    theirs = select(Recipient).where(Recipient.phone == phone).order_by(col(Recipient.id).desc())
    return list(session.exec(theirs))


def contact_of(session: Session, recipient: Recipient) -> Contact:
    return session.exec(select(Contact).where(Contact.id == recipient.contact_id)).one()


def by_status(session: Session, campaign_id: int) -> dict[str, int]:
    rows = session.exec(
        select(Recipient.status, func.count()).where(Recipient.campaign_id == campaign_id).group_by(Recipient.status),
    )
    return {str(status): number for status, number in rows}


def by_outcome(session: Session, campaign_id: int) -> dict[str, int]:
    rows = session.exec(
        select(Recipient.outcome, func.count()).where(Recipient.campaign_id == campaign_id).group_by(Recipient.outcome),
    )
    return {str(outcome): number for outcome, number in rows}


def enrolled(session: Session, campaign_id: int) -> tuple[int, int]:
    """How many are enrolled, and the highest contact id among them (0 when none): where enrolling goes on."""
    counted = select(func.count(), func.max(Recipient.contact_id)).where(Recipient.campaign_id == campaign_id)
    number, highest = session.exec(counted).one()
    return int(number), int(highest or 0)
