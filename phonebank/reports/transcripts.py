"""The calls of a campaign as staff leaf through them, and whose each is."""

from typing import Any

from sqlmodel import Session, col, select

from phonebank.calls.models import Call, CallKind
from phonebank.contacts.models import Contact
from phonebank.phone import mask
from phonebank.recipients.models import Recipient

_SCREENFUL = 50


def screenful(session: Session, campaign_id: int, before: int | None) -> tuple[list[dict[str, Any]], int | None]:
    """({"call", "who", "masked", "outcome"}, the newest first; before which id there are older ones)."""
    theirs = (
        select(Call, Contact.first_name, Recipient.outcome)
        .outerjoin(Recipient, col(Recipient.id) == col(Call.recipient_id))
        .outerjoin(Contact, col(Contact.id) == col(Recipient.contact_id))
        .where(Call.campaign_id == campaign_id, col(Call.claimed_at).is_not(None) | (Call.kind == CallKind.INBOUND))
        .order_by(col(Call.id).desc())
        .limit(_SCREENFUL + 1)
    )
    rows = session.exec(theirs.where(col(Call.id) < before) if before else theirs).all()
    shown = [
        {"call": call, "who": name or "", "masked": mask(call.phone), "outcome": outcome}
        for call, name, outcome in rows[:_SCREENFUL]
    ]
    return shown, rows[_SCREENFUL - 1][0].id if len(rows) > _SCREENFUL else None


def who(session: Session, call: Call) -> str:
    """The first name of whom the call reached, "" for none."""
    theirs = select(Contact.first_name).join(Recipient, col(Recipient.contact_id) == col(Contact.id))
    return session.exec(theirs.where(Recipient.id == call.recipient_id)).first() or ""
