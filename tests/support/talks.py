"""What the database says of one conversation: what we said, where it stands, who waits."""

from sqlmodel import col, select

from phonebank import db
from phonebank.followups.models import Commitment
from phonebank.handoffs.models import Handoff, HandoffStatus
from phonebank.messages.models import Direction, Message, MessageStatus
from phonebank.recipients.models import Recipient
from tests.support.factories import fresh, update


def rows(table, **where):
    with db.reading() as session:
        found = session.exec(select(table).order_by(col(table.id)))
        return [row for row in found if all(getattr(row, name) == value for name, value in where.items())]


def said(phone, *, canceled=False):
    """The kinds of what we have said, or will say, since the ask."""
    ours = rows(Message, phone=phone, direction=Direction.OUT)[1:]
    return [one.kind for one in ours if canceled or one.status is not MessageStatus.CANCELED]


def stands(rosa):
    row = fresh(Recipient, rosa.id)
    return row.status, row.outcome


def waiting(phone, *, closed=False):
    return [one for one in rows(Handoff, phone=phone) if closed or one.status is not HandoffStatus.CLOSED]


def commitments(rosa):
    return [(one.status, one.ask_id) for one in rows(Commitment, recipient_id=rosa.id)]


def deliver(phone, now):
    """Whatever waits for this number goes out now."""
    for one in rows(Message, phone=phone, status=MessageStatus.QUEUED):
        update(Message, one.id, status=MessageStatus.DELIVERED, claimed_at=now, sent_at=now, attempts=1)
