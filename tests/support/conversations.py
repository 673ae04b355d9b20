"""Rows for tests of the inbox: a campaign and its ask, people who sign in, a supporter who wrote to us."""

import itertools
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from phonebank.asks.models import Ask
from phonebank.campaigns.models import Campaign, CampaignStatus
from phonebank.contacts.models import Contact
from phonebank.handoffs import lifecycle
from phonebank.intents import Decision, Intent
from phonebank.messages.models import Direction, Message, MessageKind, MessageStatus, Priority
from phonebank.people.models import Person, Role
from phonebank.recipients.models import Recipient, RecipientStatus
from phonebank.replies.models import ReplyReading

SENDER = "+15005550006"
_numbers = itertools.count(100)


def kept(session: Session, row: Any) -> Any:
    """The row, stored, with its id."""
    session.add(row)
    session.flush()
    return row


def person(session: Session, now: datetime, name: str = "Ana", role: Role = Role.VOLUNTEER) -> int:
    """The id of somebody who signs in."""
    email = f"{name.lower()}.{next(_numbers)}@example.org"
    return kept(session, Person(email=email, name=name, role=role, created_at=now)).id


def campaign(session: Session, now: datetime, **fields: Any) -> Campaign:
    """A running campaign for a phone bank a week from now, with its ask."""
    starts = (now + timedelta(days=7)).replace(hour=23, minute=0, second=0, microsecond=0)
    ask = Ask(
        action="make calls with us online",
        starts_at=starts,
        ends_at=starts + timedelta(hours=2),
        timezone="America/New_York",
        place="on Zoom",
        why="The bill is heard six days later, and calls from neighbors move votes.",
        texts={"en": ["Hi {{ first_name }}, can I count on you?"]},
    )
    words = {
        "name": f"Ranked choice {next(_numbers)}",
        "status": CampaignStatus.RUNNING,
        "organization": "RepresentUs",
        "sender_name": "Amanda",
        "sender": SENDER,
        **fields,
    }
    return kept(session, Campaign(ask_id=kept(session, ask).id, created_at=now, **words))


def supporter(session: Session, drive: Campaign, now: datetime, first_name: str = "Rosa", **fields: Any) -> Recipient:
    """Somebody who was asked."""
    phone = f"+1202555{next(_numbers) + 1000:04d}"
    contact = kept(
        session,
        Contact(
            phone=phone,
            first_name=first_name,
            last_name="Secretname",
            zones="America/New_York",
            created_at=now,
            updated_at=now,
            **fields,
        ),
    )
    return kept(
        session,
        Recipient(
            campaign_id=drive.id,
            contact_id=contact.id,
            phone=phone,
            zones="America/New_York",
            language=contact.language,
            status=RecipientStatus.WITH_VOLUNTEER,
            due_at=now,
        ),
    )


def text(session: Session, to: Recipient, body: str, now: datetime, **fields: Any) -> int:
    """The id of one text: theirs, unless `kind` says that it is ours."""
    ours = fields.get("kind", MessageKind.REPLY) is not MessageKind.REPLY
    words = {
        "direction": Direction.OUT if ours else Direction.IN,
        "kind": MessageKind.REPLY,
        "status": MessageStatus.SENT if ours else MessageStatus.HANDLED,
        "sender": SENDER,
        "priority": Priority.ASK,
        **fields,
    }
    message = Message(
        campaign_id=to.campaign_id, recipient_id=to.id, phone=to.phone, body=body, created_at=now, **words
    )
    return kept(session, message).id


def handed_off(session: Session, to: Recipient, now: datetime, body: str = "maybe?", **fields: Any) -> int:
    """The id of the handoff that their words opened: asked a minute before, read, unsure."""
    text(session, to, "Hi, can I count on you?", now - timedelta(minutes=1), kind=MessageKind.ASK, step="ask")
    heard = text(session, to, body, now)
    words = {"reason": "maybe", "why": "“maybe” is neither yes nor no", "urgency": 2, **fields}
    kept(
        session,
        ReplyReading(
            message_id=heard,
            recipient_id=to.id,
            intent=Intent.MAYBE,
            confidence=0.62,
            acted=False,
            hold=False,
            why=words["why"],
            decision=Decision.HAND_OFF,
            read_at=now,
        ),
    )
    return lifecycle.open_(session, phone=to.phone, campaign_id=to.campaign_id, recipient_id=to.id, now=now, **words)
