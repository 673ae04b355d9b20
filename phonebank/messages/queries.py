"""Reads of texts: what is due, what is in doubt, what was said."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, Row, and_, bindparam, exists, literal_column, or_
from sqlalchemy import select as columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from phonebank.campaigns.models import Campaign, CampaignStatus
from phonebank.contacts.models import Contact
from phonebank.messages.models import BY_A_PERSON, Direction, Message, MessageKind, MessageStatus, Priority
from phonebank.optouts.models import Ban, OptOut
from phonebank.optouts.queries import WRONG_NUMBER
from phonebank.recipients.models import Recipient, RecipientStatus

_TOO_LATE = timedelta(seconds=5)
"""Twilio recommends a validity of more than 5 s: a text with less of its hours left waits for the next ones."""


# A status stands in a statement as a word, so that the database sees that its small index of just these will do.
IS_QUEUED: Any = literal_column("message.status = 'queued'")
IS_UNREAD: Any = literal_column("message.status = 'received'")
IS_IN_DOUBT: Any = literal_column("message.status IN ('sending', 'unknown')")
IS_HEARD: Any = literal_column("message.direction = 'in'")
IS_UNREPORTED: Any = literal_column("message.status = 'sent' AND message.settled_at IS NULL")


def may_go_now(sender: str, *, urgent_only: bool, now: datetime) -> Any:
    """SELECT of the ids of due texts of a sender that pass every last check, the most urgent and oldest first.

    Campaign running (a person's own answer needs none), nothing standing against the number, contact hours open and
    the event ahead, recipient still open.
    """
    due = select(Message.id).where(
        Message.sender == sender,
        IS_QUEUED,
        col(Message.due_at) <= now,
        or_(col(Message.lapses_at).is_(None), col(Message.lapses_at) > now + _TOO_LATE),
        or_(col(Message.useless_at).is_(None), col(Message.useless_at) > now + _TOO_LATE),
        or_(
            and_(col(Message.kind).in_(BY_A_PERSON), _is_paid_for()),
            and_(_campaign_runs(), _recipient_is_open()),
        ),
        ~_is_banned(),
    )
    if urgent_only:
        due = due.where(col(Message.priority) < Priority.ASK)
    return due.order_by(col(Message.priority), col(Message.due_at), col(Message.id))


def _campaign_runs() -> Any:
    """Its campaign runs; and an ask does not wait for the inbox to drain."""
    may_ask = or_(col(Message.kind) != MessageKind.ASK, col(Campaign.asks_wait_since).is_(None))
    is_running = col(Campaign.status) == CampaignStatus.RUNNING
    return exists().where(col(Campaign.id) == col(Message.campaign_id), is_running, may_ask)


def _is_paid_for() -> Any:
    """A text that waits for no campaign to run waits for its budget: a turn that found it due would spin on it."""
    after = col(Campaign.spent_micros) + col(Message.cost_micros)
    return ~exists().where(col(Campaign.id) == col(Message.campaign_id), after > col(Campaign.budget_micros))


def _recipient_is_open() -> Any:
    unwanted = col(Recipient.status).in_((RecipientStatus.EXCLUDED, RecipientStatus.UNREACHABLE))
    asked = and_(col(Message.kind) == MessageKind.ASK, col(Recipient.status) != RecipientStatus.PENDING)
    return ~exists().where(col(Recipient.id) == col(Message.recipient_id), or_(unwanted, asked))


def _is_banned() -> Any:
    is_last_apology = and_(col(Message.kind) == MessageKind.APOLOGY, col(OptOut.because) == WRONG_NUMBER)
    return exists().where(col(OptOut.phone) == col(Message.phone), col(OptOut.lifted_at).is_(None), ~is_last_apology)


def next_segments(session: Session, sender: str, most: int, *, urgent_only: bool, now: datetime) -> list[int]:
    """The sizes, in segments, of the next texts of a sender, in the order of the claim, which alone looks closely."""
    due = select(Message.segments).where(Message.sender == sender, IS_QUEUED, col(Message.due_at) <= now)
    if urgent_only:
        due = due.where(col(Message.priority) < Priority.ASK)
    ordered = due.order_by(col(Message.priority), col(Message.due_at), col(Message.id)).limit(most)
    return list(session.connection().execute(ordered).scalars())


def may_any_go(session: Session, sender: str, *, urgent_only: bool, now: datetime) -> bool:
    """Whether a claim would find a text."""
    return session.connection().scalar(may_go_now(sender, urgent_only=urgent_only, now=now).limit(1)) is not None


def senders_with_work(session: Session, now: datetime) -> list[tuple[str, bool]]:
    """Senders with a text due now, and whether somebody waits for one of them."""
    rows = session.exec(
        select(Message.sender, func.min(Message.priority))
        .where(IS_QUEUED, col(Message.due_at) <= now)
        .group_by(col(Message.sender)),
    )
    return [(sender, priority < Priority.ASK) for sender, priority in rows]


def asks_waiting(session: Session, campaign_id: int, most: int) -> int:
    """How many texts of a campaign are written down and not yet spoken, counted no further than `most`."""
    waiting = select(Message.id).where(
        Message.campaign_id == campaign_id, Message.direction == Direction.OUT, IS_QUEUED
    )
    return int(session.exec(select(func.count()).select_from(waiting.limit(most).subquery())).one())


_BY_HAND: Any = literal_column("message.step = 'ask' AND message.written_by IS NOT NULL")  # as its index says it


def first_text_of(session: Session, recipient_id: int) -> Message | None:
    """The ask of this recipient, if it is written down."""
    asked = select(Message).where(Message.recipient_id == recipient_id, Message.step == "ask")
    return session.exec(asked.limit(1)).first()


def by_hand(session: Session, campaign_id: int, person_id: int | None = None) -> dict[str, int]:
    """How far the first texts of a campaign that volunteers, or this one, sent by hand have come."""
    theirs = select(Message.status, func.count()).where(Message.campaign_id == campaign_id, _BY_HAND)
    if person_id is not None:
        theirs = theirs.where(Message.written_by == person_id)
    return {str(status): number for status, number in session.exec(theirs.group_by(col(Message.status)))}


def writers_by_hand(session: Session, campaign_id: int) -> int:
    """How many volunteers sent any of them."""
    writers = select(func.count(func.distinct(Message.written_by))).where(Message.campaign_id == campaign_id, _BY_HAND)
    return int(session.exec(writers).one())


def in_doubt(session: Session, *, claimed_before: datetime, looked_before: datetime, most: int) -> list[Message]:
    """Texts that may or may not have gone, due for a look into the carrier's log, the longest in doubt first."""
    doubtful = select(Message).where(
        IS_IN_DOUBT,
        col(Message.claimed_at) <= claimed_before,
        or_(col(Message.looked_at).is_(None), col(Message.looked_at) <= looked_before),
    )
    return list(session.exec(doubtful.order_by(col(Message.claimed_at)).limit(most)))


def unreported(session: Session, *, claimed_before: datetime, looked_before: datetime, most: int) -> list[Message]:
    """Texts that went and whose last report never came, due to be asked for at the carrier, the oldest first."""
    silent = select(Message).where(
        IS_UNREPORTED,
        col(Message.claimed_at) <= claimed_before,
        or_(col(Message.looked_at).is_(None), col(Message.looked_at) <= looked_before),
    )
    return list(session.exec(silent.order_by(col(Message.claimed_at)).limit(most)))


def not_arrived(session: Session, campaign_id: int, since: datetime | None) -> dict[int | None, int]:
    """How many of a campaign's texts said since a moment failed, by error code."""
    failed = select(Message.error_code, func.count()).where(
        Message.campaign_id == campaign_id,
        literal_column("message.status IN ('undelivered', 'failed')"),  # the index's own words
    )
    if since is not None:
        failed = failed.where(col(Message.claimed_at) >= since)
    return dict(session.exec(failed.group_by(col(Message.error_code))).all())


def is_any_queued(session: Session, where: Any) -> bool:
    """Whether a text of which this condition holds still waits to go."""
    return session.exec(select(Message.id).where(IS_QUEUED, where).limit(1)).first() is not None


def past_their_hours(session: Session, now: datetime, most: int) -> list[Message]:
    """Queued texts whose contact hours have ended, or that came too late to be useful."""
    over = select(Message).where(
        IS_QUEUED,
        or_(col(Message.lapses_at) <= now + _TOO_LATE, col(Message.useless_at) <= now + _TOO_LATE),
    )
    return list(session.exec(over.order_by(col(Message.due_at), col(Message.id)).limit(most)))


def conversation(session: Session, phone: str, campaign_id: int | None = None) -> list[Message]:
    """Everything said with this number, oldest first; of one campaign and outside any, when one is named."""
    said = select(Message).where(Message.phone == phone, Message.status != MessageStatus.CANCELED)
    if campaign_id is not None:
        said = said.where(or_(col(Message.campaign_id) == campaign_id, col(Message.campaign_id).is_(None)))
    return list(session.exec(said.order_by(col(Message.created_at), col(Message.id))))


def by_id(session: Session, message_id: int, *, fresh: bool = False) -> Message | None:
    """The text of this id, if there is one; read again from the database when `fresh`."""
    return session.get(Message, message_id, populate_existing=fresh)


def standing(session: Session, message_id: int) -> Any:
    """How far the text of this id has come: a row of status, carrier_sid, carrier_rank, sent_at, kind, recipient_id."""
    return session.connection().execute(_STANDING, {"b_id": message_id}).first()


_STANDING = columns(
    col(Message.status),
    col(Message.carrier_sid),
    col(Message.carrier_rank),
    col(Message.sent_at),
    col(Message.kind),
    col(Message.recipient_id),
).where(col(Message.id) == bindparam("b_id"))


def contact_of(session: Session, phone: str) -> Contact | None:
    """Who has this number (E.164), whether or not a campaign asks them."""
    return session.exec(select(Contact).where(Contact.phone == phone)).first()


def is_written(session: Session, recipient_id: int, step: str) -> bool:
    """Whether this step of a recipient's walk is a text."""
    texts = select(Message.id).where(Message.recipient_id == recipient_id, Message.step == step)
    return session.exec(texts.limit(1)).first() is not None


def by_sid(session: Session, sid: str) -> Message | None:
    return session.exec(select(Message).where(Message.carrier_sid == sid)).first()


def unread(session: Session, most: int) -> list[Row[Any]]:
    """Numbers with replies not yet read: (phone, first and last arrival), the longest waiting first."""
    return list(session.connection().execute(_UNREAD, {"b_most": most}))


_UNREAD = (
    columns(
        col(Message.phone),
        func.min(Message.created_at).label("first"),
        func.max(Message.created_at).label("last"),
    )
    .where(IS_UNREAD)
    .group_by(col(Message.phone))
    .order_by(func.min(Message.created_at))
    .limit(bindparam("b_most", type_=Integer))
)


def is_another_said() -> Any:
    """Condition: another text of ours was said, or may have been, to the number of this one."""
    other = aliased(Message)
    return exists().where(
        col(other.phone) == col(Message.phone),
        col(other.id) != col(Message.id),
        (col(other.direction) == Direction.OUT) & (col(other.attempts) > 0),
    )


def has_answered_since(session: Session, phone: str) -> bool:
    """Whether a volunteer wrote to this number after the person last did."""
    last = select(Message.direction, Message.kind).where(
        Message.phone == phone, Message.status != MessageStatus.CANCELED
    )
    row = session.exec(last.order_by(col(Message.created_at).desc(), col(Message.id).desc())).first()
    return row is not None and row[1] == MessageKind.ANSWER


def any_queued(session: Session) -> bool:
    """Whether any text waits at all."""
    return session.exec(select(Message.id).where(IS_QUEUED).limit(1)).first() is not None


def last_heard_at(session: Session, phone: str) -> datetime | None:
    """When this number last texted us."""
    return session.connection().scalar(_LAST_HEARD, {"b_phone": phone})


_LAST_HEARD = (
    columns(col(Message.created_at))
    .where(col(Message.phone) == bindparam("b_phone"), col(Message.direction) == Direction.IN)
    .order_by(col(Message.created_at).desc())
    .limit(1)
)


def of_closed_campaigns() -> Any:
    """Condition: a machine's text of a campaign that is closed."""
    closed = select(Campaign.id).where(Campaign.status == CampaignStatus.CLOSED)
    return col(Message.campaign_id).in_(closed) & col(Message.kind).not_in(BY_A_PERSON)


def is_of_closed_campaign(session: Session, message_id: int) -> bool:
    """Whether nothing more goes out of the campaign this text is of."""
    theirs = select(Message.id).where(Message.id == message_id, of_closed_campaigns())
    return session.exec(theirs).first() is not None


def to_these(phones: Collection[str]) -> Any:
    """Condition: a text to one of these numbers."""
    return col(Message.phone).in_(phones)


def to_opted_out() -> Any:
    """Condition: a text to somebody who has opted out; the one apology for a wrong number apart."""
    out = exists().where(
        col(OptOut.phone) == col(Message.phone), col(OptOut.kind) == Ban.OPT_OUT, col(OptOut.lifted_at).is_(None)
    )
    return out & (col(Message.kind) != MessageKind.APOLOGY)
