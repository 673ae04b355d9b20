"""Everything the house holds about one number, for an erasure and for a person's own question."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from phonebank.calls.models import Call, CallLine
from phonebank.contacts.models import Consent, Contact, ContactList, ListMember
from phonebank.handoffs.models import Handoff
from phonebank.messages.models import Message
from phonebank.one_on_ones.models import OneOnOne
from phonebank.recipients.models import Recipient
from phonebank.replies.models import ReplyReading


@dataclass(frozen=True)
class Holdings:
    """Rows, in order of their ids. The opt-out ledger is apart: it outlives them."""

    contact: Contact | None
    memberships: list[ListMember]
    consents: list[Consent]
    recipients: list[Recipient]
    messages: list[Message]
    readings: list[ReplyReading]
    handoffs: list[Handoff]
    one_on_ones: list[OneOnOne]
    calls: list[Call]
    call_lines: list[CallLine]

    def __bool__(self) -> bool:
        return any((self.contact, self.consents, self.recipients, self.messages, self.handoffs, self.calls))


def holdings(session: Session, phone: str) -> Holdings:
    """What there is about this number (E.164)."""
    contact = session.exec(select(Contact).where(Contact.phone == phone)).first()
    contact_id = contact.id if contact is not None else None
    messages = _rows(session, Message, Message.phone == phone)
    recipients = _rows(session, Recipient, Recipient.phone == phone)
    calls = _rows(session, Call, Call.phone == phone)
    said = col(CallLine.call_id).in_([call.id for call in calls])
    met = col(OneOnOne.recipient_id).in_([recipient.id for recipient in recipients])
    read = col(ReplyReading.message_id).in_([message.id for message in messages])
    return Holdings(
        contact=contact,
        memberships=_memberships(session, contact_id),
        consents=_rows(session, Consent, Consent.phone == phone),
        recipients=recipients,
        messages=messages,
        readings=_rows(session, ReplyReading, read),
        handoffs=_rows(session, Handoff, Handoff.phone == phone),
        one_on_ones=_rows(session, OneOnOne, met),
        calls=calls,
        call_lines=_rows(session, CallLine, said),
    )


def _memberships(session: Session, contact_id: int | None) -> list[ListMember]:
    """Looked up list by list: their own index begins with the list."""
    every_list = select(ContactList.id)
    theirs = select(ListMember).where(ListMember.contact_id == contact_id, col(ListMember.list_id).in_(every_list))
    return list(session.exec(theirs))


def _rows(session: Session, kind: Any, where: Any) -> list[Any]:
    return list(session.exec(select(kind).where(where).order_by(kind.id)))
