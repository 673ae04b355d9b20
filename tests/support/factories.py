"""A small cast for tests of the engine: people of a campaign wherever they stand, texts to and from them, a carrier by hand.

Campaigns, volunteers and handoffs come from `conversations`; whole campaign files from `campaigns`.
"""

import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

from sqlmodel import Session, SQLModel

from phonebank import db
from phonebank.campaigns.models import Campaign, CampaignStatus
from phonebank.contacts.models import Contact
from phonebank.gateway.contract import Accepted, GatewayError, LoggedText, OutgoingText
from phonebank.gateway.inbound import InboundText
from phonebank.messages import receiving
from phonebank.messages.models import Direction, Message, MessageKind, MessageStatus, Priority
from phonebank.recipients.models import Recipient, RecipientStatus
from phonebank.replies import handling
from tests.support.conversations import kept

ADDRESS = "https://phonebank.example.org"
SENT_ASK = "Hi, can I count on you to join us?"
_numbers = itertools.count(1)


def sid() -> str:
    """A carrier's id for a text, new each time."""
    return f"SM{next(_numbers):032x}"


def member(session: Session, drive: Campaign, now: datetime, *, first_name: str = "Rosa", **fields: Any) -> Recipient:
    """Somebody of this campaign who was not asked yet; `fields` are the recipient's."""
    number = next(_numbers)
    phone = fields.pop("phone", f"+1202{555 + number // 10_000}{number % 10_000:04d}")
    zones, language = fields.get("zones", "America/New_York"), fields.get("language", "en")
    person = {"first_name": first_name, "zones": zones, "language": language, "created_at": now, "updated_at": now}
    contact = kept(session, Contact(phone=phone, **person))
    words = {"status": RecipientStatus.PENDING, "due_at": now, "zones": zones, **fields}
    return kept(session, Recipient(campaign_id=drive.id, contact_id=contact.id, phone=phone, **words))


def in_campaign(session: Session, drive: Campaign, somebody: Recipient, now: datetime, **fields: Any) -> Recipient:
    """The same person in another campaign."""
    own = {"contact_id": somebody.contact_id, "phone": somebody.phone, "zones": somebody.zones, "due_at": now}
    return kept(session, Recipient(campaign_id=drive.id, **own, **fields))


def queued(session: Session, to: Recipient, drive: Campaign, now: datetime, **fields: Any) -> int:
    """The id of a text to them that may go now: their ask, unless `kind` says otherwise."""
    words = {
        "direction": Direction.OUT,
        "kind": MessageKind.ASK,
        "status": MessageStatus.QUEUED,
        "step": "ask",
        "sender": drive.sender,
        "body": SENT_ASK,
        "priority": Priority.ASK,
        "segments": 1,
        "cost_micros": 8_000,
        "due_at": now,
        "lapses_at": now + timedelta(hours=2),
        **fields,
    }
    row = Message(campaign_id=drive.id, recipient_id=to.id, phone=to.phone, created_at=now, **words)
    return kept(session, row).id


def asked(session: Session, drive: Campaign, now: datetime, **fields: Any) -> Recipient:
    """Somebody whose ask went out a minute ago, and was delivered."""
    then = now - timedelta(minutes=1)
    words = {"status": RecipientStatus.ASKED, "asked_at": then, "composed_at": then, **fields}
    somebody = member(session, drive, now, **words)
    gone = {"status": MessageStatus.DELIVERED, "claimed_at": then, "sent_at": then, "attempts": 1, "carrier_rank": 4}
    queued(session, somebody, drive, then, carrier_sid=sid(), **gone)
    return somebody


def inbound(phone: str, body: str, **fields: Any) -> InboundText:
    """What the carrier tells us when somebody texts."""
    words = {"sid": sid(), "to": "+15005550006", "service": "", "pictures": (), "opt_out_type": "", **fields}
    return InboundText(phone=phone, body=body, **words)


def says(phone: str, *bodies: str, now: datetime) -> bool:
    """They text this, in a row, and it is read and acted on; each in a transaction of its own, as in the product."""
    for body in bodies:
        with db.transaction() as session:
            receiving.store(session, inbound(phone, body), now)
    with db.transaction() as session:
        return handling.handle_phone(session, phone, address=ADDRESS, now=now)


def do(verb: Callable[..., Any], *args: Any, **more: Any) -> Any:
    """One verb in a transaction of its own."""
    with db.transaction() as session:
        return verb(session, *args, **more)


def fresh(kind: type[SQLModel], row_id: int | None) -> Any:
    """The row as the database has it now."""
    with db.reading() as session:
        row = session.get(kind, row_id)
        session.expunge_all()
        return row


def update(kind: type[SQLModel], row_id: int | None, **values: Any) -> None:
    """Set a row up by hand."""
    with db.transaction() as session:
        row = session.get(kind, row_id)
        for name, value in values.items():
            setattr(row, name, value)


def at_once(number: int, verb: Callable[[int], Any]) -> list[Any]:
    """What `verb(0)` … `verb(number - 1)` give when that many threads begin at the same moment."""
    start = Barrier(number)

    def run(mine: int) -> Any:
        start.wait(10)
        return verb(mine)

    with ThreadPoolExecutor(number) as threads:
        return list(threads.map(run, range(number)))


CLOSED, PAUSED, DRAFT, ENROLLING = (
    CampaignStatus.CLOSED,
    CampaignStatus.PAUSED,
    CampaignStatus.DRAFT,
    CampaignStatus.ENROLLING,
)


class CarrierByHand:
    """A Gateway whose log and answers the test writes: `log` is what it lists, `wrong` what it raises."""

    def __init__(self, log: Sequence[LoggedText] = (), wrong: GatewayError | None = None) -> None:
        self.log, self.wrong = list(log), wrong
        self.sent: list[OutgoingText] = []
        self.asked: list[str] = []
        self.while_asked: Callable[[], None] = lambda: None

    async def send(self, text: OutgoingText) -> Accepted:
        self.sent.append(text)
        if self.wrong is not None:
            raise self.wrong
        return Accepted(sid(), 1)

    async def texts_to(self, phone: str, since: datetime) -> list[LoggedText]:
        self.asked.append(phone)
        self.while_asked()
        if self.wrong is not None:
            raise self.wrong
        return [one for one in self.log if one.to == phone and one.created_at >= since]

    async def fetch(self, sid: str) -> LoggedText | None:
        self.asked.append(sid)
        if self.wrong is not None:
            raise self.wrong
        return next((one for one in self.log if one.sid == sid), None)
