"""The only writer of Message.status (its states: models.py). Verbs are guarded by the old one, and say who won."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, and_, bindparam, func, select, update
from sqlmodel import Session, col

from phonebank.gateway.inbound import DeliveryReport
from phonebank.messages.models import Direction, Message, MessageKind, MessageStatus
from phonebank.messages.queries import IS_QUEUED, is_another_said, may_go_now

QUEUED, SENDING, SENT, DELIVERED, UNDELIVERED, FAILED, CANCELED, UNKNOWN, RECEIVED, HANDLED = MessageStatus

IN_DOUBT = (SENDING, UNKNOWN)
_SETTLED_RANK = 4
_OF_RANK = {
    "delivered": DELIVERED,
    "read": DELIVERED,
    "undelivered": UNDELIVERED,
    "failed": FAILED,
    "canceled": CANCELED,
}


@dataclass(frozen=True, slots=True)
class Claimed:
    """One text in hand: what speaking it and settling it need."""

    id: int
    phone: str
    sender: str
    body: str
    kind: MessageKind
    priority: int
    segments: int
    cost_micros: int
    campaign_id: int | None
    recipient_id: int | None
    due_at: datetime
    lapses_at: datetime | None
    useless_at: datetime | None
    attempts: int
    step: str | None
    claimed_at: datetime | None

    @classmethod
    def of(cls, text: Any) -> "Claimed":
        """The same of a Message or a row of its columns."""
        return cls(*(getattr(text, field.name) for field in fields(cls)))


_CLAIMED_COLUMNS = [Message.__table__.c[field.name] for field in fields(Claimed)]  # type: ignore[attr-defined]


def claim(session: Session, sender: str, most: int, *, urgent_only: bool, now: datetime) -> list[Claimed]:
    """Take up to so many due texts of a sender in hand, the most urgent first; every last check is in the statement.

    Whoever commits this owns them: the carrier is told only after that commit.
    """
    due = may_go_now(sender, urgent_only=urgent_only, now=now).limit(most).with_for_update(skip_locked=True, of=Message)
    chosen = due.cte("due")  # chosen once: PostgreSQL may run a bare subquery for every row, and claim past the limit
    taken = (
        update(Message)
        .where(col(Message.id).in_(select(chosen.c.id)))  # a second look at the status would lead a planner astray
        .values(status=SENDING, claimed_at=now, attempts=col(Message.attempts) + 1, looks=0, looked_at=None)
        .values(error_code=None)  # what the carrier said the last time
        .returning(*_CLAIMED_COLUMNS)
        .execution_options(synchronize_session=False)
    )
    rows = [Claimed(*row) for row in session.connection().execute(taken)]
    return sorted(rows, key=lambda text: (text.priority, text.due_at, text.id))


def unclaim(session: Session, message_ids: Sequence[int], *, due_at: datetime | None = None) -> int:
    """Claimed but certainly not spoken, in the claim's own transaction: no budget was left, or no room that day.

    `due_at` puts them off until then.
    """
    mine = col(Message.id).in_(message_ids) & (col(Message.status) == SENDING)
    later = {} if due_at is None else {"due_at": due_at}
    return _move(session, mine, status=QUEUED, claimed_at=None, attempts=col(Message.attempts) - 1, **later)


def unclaim_one(session: Session, text: Claimed) -> bool:
    """Back to the queue what this very claim has certainly not spoken. False: it is not in hand any more."""
    is_this_claim = col(Message.claimed_at) == text.claimed_at
    mine = (col(Message.id) == text.id) & (col(Message.status) == SENDING) & is_this_claim
    return bool(_move(session, mine, status=QUEUED, claimed_at=None, attempts=col(Message.attempts) - 1))


@dataclass(frozen=True, slots=True)
class Taken:
    """The carrier's yes to one text."""

    message_id: int
    sid: str
    rank: int


def record_accepted(session: Session, taken: Sequence[Taken], now: datetime) -> None:
    """Write down what the carrier took. A report that came before this has already moved the row, and stays."""
    if not taken:
        return
    # Its report has the last word: an answer that already says "failed" must not outrank it.
    rows = [
        {"b_id": one.message_id, "b_sid": one.sid, "b_rank": min(one.rank, _SETTLED_RANK - 1), "b_now": now}
        for one in taken
    ]
    execute = session.connection().execute
    if execute(_ACCEPTED, rows).rowcount < len(rows):
        execute(_NAMED, rows)


_THIS_ONE = update(Message).where(col(Message.id) == bindparam("b_id"))
_ACCEPTED = _THIS_ONE.where((col(Message.status) == SENDING) | (col(Message.status) == UNKNOWN)).values(
    status=SENT, sent_at=bindparam("b_now"), carrier_sid=bindparam("b_sid"), carrier_rank=bindparam("b_rank")
)
_NAMED = _THIS_ONE.where(col(Message.carrier_sid).is_(None)).values(carrier_sid=bindparam("b_sid"))


def put_back(session: Session, message_id: int, *, due_at: datetime, code: int | None = None) -> bool:
    """The carrier certainly did not take it: back to the queue, with the carrier's code until it is claimed again."""
    mine = (col(Message.id) == message_id) & col(Message.status).in_(IN_DOUBT)
    back = {"status": QUEUED, "due_at": due_at, "claimed_at": None, "looks": 0, "looked_at": None, "error_code": code}
    return bool(_move(session, mine, **back))


def fail(session: Session, message_id: int, *, code: int | None, now: datetime) -> bool:
    """The carrier refused it for good."""
    mine = (col(Message.id) == message_id) & col(Message.status).in_((QUEUED, SENDING, UNKNOWN))
    return bool(_move(session, mine, status=FAILED, error_code=code, settled_at=now))


def looked_in_vain(session: Session, message_id: int, now: datetime) -> bool:
    """One more look into the carrier's log found nothing of this text."""
    mine = (col(Message.id) == message_id) & col(Message.status).in_(IN_DOUBT)
    return bool(_move(session, mine, looks=col(Message.looks) + 1, looked_at=now))


def looked_late(session: Session, message_id: int, now: datetime) -> bool:
    """The carrier's log could not be read this time; it is asked again later."""
    mine = (col(Message.id) == message_id) & col(Message.status).in_(IN_DOUBT)
    return bool(_move(session, mine, looked_at=now))


def cannot_tell(session: Session, message_id: int, now: datetime) -> bool:
    """The carrier's log cannot be read: staff see it and decide."""
    mine = (col(Message.id) == message_id) & (col(Message.status) == SENDING)
    return bool(_move(session, mine, status=UNKNOWN, looked_at=now))


def found_in_log(session: Session, message_id: int, *, sid: str, rank: int, now: datetime) -> bool:
    """The carrier's log shows that it went."""
    mine = (col(Message.id) == message_id) & col(Message.status).in_(IN_DOUBT)
    return bool(_move(session, mine, status=SENT, carrier_sid=sid, carrier_rank=rank, sent_at=now))


def shown_by_reply(session: Session, phone: str, *, claimed_before: datetime, now: datetime) -> list[int]:
    """They answer an ask in doubt, and can be answering nothing else: it went. Returns whose it is."""
    theirs = (col(Message.phone) == phone) & col(Message.status).in_(IN_DOUBT) & (col(Message.step) == "ask")
    shown = update(Message).where(theirs, col(Message.claimed_at) < claimed_before, ~is_another_said())
    rows = session.connection().execute(shown.values(status=SENT, sent_at=now).returning(col(Message.recipient_id)))
    return [row.recipient_id for row in rows if row.recipient_id is not None]


def staff_says_sent(session: Session, message_id: int, now: datetime) -> bool:
    """A member of staff has seen that it went."""
    mine = (col(Message.id) == message_id) & (col(Message.status) == UNKNOWN)
    return bool(_move(session, mine, status=SENT, sent_at=now))


def staff_says_again(session: Session, message_id: int, now: datetime) -> bool:
    """A member of staff is sure that it did not go, or would rather say it twice: back to the queue."""
    mine = (col(Message.id) == message_id) & (col(Message.status) == UNKNOWN)
    return bool(_move(session, mine, status=QUEUED, due_at=now, claimed_at=None, looks=0, looked_at=None))


def close_as_it_is(session: Session, message_id: int, now: datetime) -> bool:
    """The carrier has nothing more to say of a text that went: it stays `sent`, and is asked for no more."""
    mine = (col(Message.id) == message_id) & (col(Message.status) == SENT) & col(Message.settled_at).is_(None)
    return bool(_move(session, mine, settled_at=now))


def asked_in_vain(session: Session, message_ids: Sequence[int], now: datetime) -> int:
    """The carrier could not say how these texts ended; it is asked again later."""
    return _move(session, col(Message.id).in_(message_ids) & (col(Message.status) == SENT), looked_at=now)


def is_news(seen: Any, told: DeliveryReport) -> bool:
    """Whether `report` may move a row that stands like this (its status, carrier_sid and carrier_rank)."""
    if seen.status not in _IN_HAND or not seen.carrier_rank < min(told.rank, _SETTLED_RANK):
        return False
    return seen.status is not SENT or seen.carrier_sid is None or told.status in _OF_RANK


def report(session: Session, message_id: int, told: DeliveryReport, now: datetime) -> bool:
    """The carrier's own word on one text: never backwards, so that late, doubled or reordered reports do nothing.

    A report about a row in doubt settles it. False when the row was already as far, or the sid is another text's.
    """
    about = {"b_id": message_id, "b_sid": told.sid, "b_rank": told.rank, "b_now": now}
    if told.status not in _OF_RANK:
        return bool(session.connection().execute(_ON_ITS_WAY, about).rowcount)
    final = {"b_status": _OF_RANK[told.status], "b_code": told.error_code}
    return bool(session.connection().execute(_AT_ITS_END, about | final).rowcount)


_IN_HAND = (SENDING, UNKNOWN, SENT, QUEUED)
_REPORTED = (
    update(Message)
    .where(
        col(Message.id) == bindparam("b_id"),
        col(Message.attempts) > 0,
        col(Message.carrier_sid).is_(None) | (col(Message.carrier_sid) == bindparam("b_sid")),
        (col(Message.carrier_rank) < bindparam("b_rank")) & (col(Message.carrier_rank) < _SETTLED_RANK),
        col(Message.status).in_(_IN_HAND),
    )
    .values(
        carrier_rank=bindparam("b_rank"),
        carrier_sid=bindparam("b_sid"),
        sent_at=func.coalesce(col(Message.sent_at), bindparam("b_now")),
    )
)
# Written once: to put a statement together costs as much as to run it, and two of these come for every text.
_ON_ITS_WAY = _REPORTED.values(status=SENT)
_AT_ITS_END = _REPORTED.values(
    status=bindparam("b_status"), settled_at=bindparam("b_now"), error_code=bindparam("b_code")
)


def cancel(session: Session, where: Any, now: datetime) -> int:
    """Texts still queued that nobody should get any more."""
    return _move(session, and_(IS_QUEUED, where), status=CANCELED, settled_at=now)


def cancel_opted_out(session: Session, where: Any, now: datetime) -> list[str]:
    """As `cancel`; returns the numbers that will not get theirs."""
    unwanted = update(Message).where(IS_QUEUED, where).values(status=CANCELED, settled_at=now)
    return list(session.connection().scalars(unwanted.returning(col(Message.phone))))


def cancel_one(session: Session, message_id: int, now: datetime) -> bool:
    """Nobody wants this text any more; False when it is no longer queued."""
    return bool(cancel(session, col(Message.id) == message_id, now))


def cancel_for(session: Session, phone: str, now: datetime) -> int:
    """Everything still queued for this number."""
    return cancel(session, col(Message.phone) == phone, now)


def cancel_kinds(session: Session, recipient_id: int, kinds: Sequence[str], now: datetime) -> int:
    """What of these kinds is still queued in this one conversation."""
    return cancel(session, (col(Message.recipient_id) == recipient_id) & col(Message.kind).in_(kinds), now)


def move_hours(session: Session, message_id: int, *, due_at: datetime, lapses_at: datetime) -> bool:
    """Its contact hours ended while it waited: due again when they next open."""
    mine = (col(Message.id) == message_id) & (col(Message.status) == QUEUED)
    return bool(_move(session, mine, due_at=due_at, lapses_at=lapses_at))


def mark_handled(session: Session, message_ids: Sequence[int], now: datetime) -> int:
    """These replies are read and decided. Fewer than asked for: another turn was first with some."""
    mine = col(Message.id).in_(message_ids) & (col(Message.status) == RECEIVED)
    return _move(session, mine, status=HANDLED, settled_at=now)


def file_stranger(session: Session, phone: str, *, up_to: int, by: int, now: datetime) -> int:
    """Somebody has dealt with what this unknown number wrote, up to this text. 0: somebody else was first."""
    theirs = (col(Message.phone) == phone) & (col(Message.id) <= up_to) & (col(Message.direction) == Direction.IN)
    unfiled = theirs & col(Message.recipient_id).is_(None) & col(Message.filed_at).is_(None)
    return _move(session, unfiled, filed_at=now, filed_by=by)


def belongs_to(session: Session, message_ids: Sequence[int], campaign_id: int | None, recipient_id: int) -> int:
    """These replies are part of this recipient's conversation."""
    told = {"b_ids": list(message_ids), "b_campaign_id": campaign_id, "b_recipient_id": recipient_id}
    return int(session.connection().execute(_BELONGS, told).rowcount)


_BELONGS = (  # written once: it is said for every reply
    update(Message)
    .where(col(Message.id).in_(bindparam("b_ids", expanding=True)), col(Message.recipient_id).is_(None))
    .values(campaign_id=bindparam("b_campaign_id"), recipient_id=bindparam("b_recipient_id"))
)


def backoff(attempts: int) -> timedelta:
    """How long a text that was certainly not taken waits: 1, 2, 4 … at most 60 seconds."""
    return timedelta(seconds=min(60, 2 ** max(0, attempts - 1)))


def _move(session: Session, where: Any, **values: Any) -> int:
    moved: CursorResult[Any] = session.connection().execute(update(Message).where(where).values(**values))
    return int(moved.rowcount)
