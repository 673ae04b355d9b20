"""Stores the list of those who were asked and have not answered, in one statement."""

from sqlalchemy import Table, exists, literal, select
from sqlmodel import Session, col

from phonebank import db
from phonebank.contacts.models import ListMember
from phonebank.intents import Outcome
from phonebank.messages.models import Message, MessageKind, MessageStatus
from phonebank.messages.queries import IS_UNREAD
from phonebank.optouts.models import OptOut
from phonebank.recipients.models import Recipient, RecipientStatus

_members: Table = ListMember.__table__  # type: ignore[attr-defined]  # SQLModel hides the table from mypy
_ARRIVED = (MessageStatus.DELIVERED, MessageStatus.SENT, MessageStatus.UNKNOWN)  # or nobody knows that it did not


def store_unanswered(session: Session, campaign_id: int, list_id: int) -> int:
    """Put on this list whom the campaign asked and who said nothing. Returns how many.

    The ask was delivered, or nobody knows; they wrote nothing, not even what is unread yet; nothing stands against
    their number; no outcome does.
    """
    got_it = exists().where(
        col(Message.recipient_id) == Recipient.id,
        col(Message.kind) == MessageKind.ASK,
        col(Message.status).in_(_ARRIVED),
    )
    wrote = exists().where(col(Message.phone) == Recipient.phone, IS_UNREAD)
    is_banned = exists().where(col(OptOut.phone) == Recipient.phone, col(OptOut.lifted_at).is_(None))
    silent = select(literal(list_id), col(Recipient.contact_id)).where(
        col(Recipient.campaign_id) == campaign_id,
        col(Recipient.status) == RecipientStatus.ASKED,
        col(Recipient.outcome) == Outcome.NONE,
        col(Recipient.replied_at).is_(None),
        got_it,
        ~wrote,
        ~is_banned,
    )
    stored = db.insert_for(session, _members).from_select(["list_id", "contact_id"], silent)
    stored = stored.execution_options(preserve_rowcount=True)  # PostgreSQL's driver forgets it else
    return int(session.connection().execute(stored).rowcount)
