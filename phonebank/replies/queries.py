"""Reads of replies: what is unread and what is known of those who wrote, many numbers at a time; how they were read."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, func
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from phonebank.calls.models import Call, CallLine
from phonebank.campaigns.models import Campaign
from phonebank.contacts.models import Contact
from phonebank.db import Moment
from phonebank.followups.lifecycle import STANDING
from phonebank.followups.models import Commitment
from phonebank.handoffs.models import Handoff, HandoffStatus
from phonebank.messages import queries as messages
from phonebank.messages.models import Direction, Message, MessageKind, MessageStatus
from phonebank.optouts.models import Ban, OptOut
from phonebank.recipients.models import Recipient
from phonebank.replies.models import ReplyReading, ReplyThreshold
from phonebank.replies.reading import ACTS_FROM

_AT_ONCE = 1000


def unread_of(session: Session, phones: Collection[str]) -> dict[str, list[Message]]:
    """The replies of these numbers that nobody has read, oldest first; locked where the database locks rows."""
    theirs = select(Message).where(col(Message.phone).in_(phones), Message.status == MessageStatus.RECEIVED)
    found = defaultdict(list)
    for text in session.exec(theirs.order_by(col(Message.created_at), col(Message.id)).with_for_update()):
        found[text.phone].append(text)
    return dict(found)


def in_doubt_among(session: Session, phones: Collection[str]) -> set[str]:
    """Those of these numbers whose ask may or may not have gone."""
    doubtful = col(Message.status).in_((MessageStatus.SENDING, MessageStatus.UNKNOWN))
    return set(session.exec(select(Message.phone).where(col(Message.phone).in_(phones), doubtful)))


def may_answer_a_doubt(session: Session, phones: Collection[str], *, claimed_after: datetime) -> set[str]:
    """Those of whom nobody can tell what they answer: an ask to them is in doubt, and another of our texts was said."""
    doubtful = select(Message.phone).where(
        col(Message.phone).in_(phones),
        Message.status == MessageStatus.SENDING,
        Message.kind == MessageKind.ASK,
        col(Message.claimed_at) > claimed_after,
        messages.is_another_said(),
    )
    return set(session.exec(doubtful))


def ours_to(session: Session, phones: Collection[str]) -> dict[str, list[Any]]:
    """Our texts to each of these numbers, whatever came of them, in the order they were written."""
    found = defaultdict(list)
    for row in session.connection().execute(_OURS, {"b_phones": list(phones)}):
        found[row.phone].append(row)
    return found


# These are written once: they are said for every reply and every step of a call.
_PHONES: Any = bindparam("b_phones", expanding=True)
_OURS = (
    columns(
        col(Message.id),
        col(Message.phone),
        col(Message.campaign_id),
        col(Message.recipient_id),
        col(Message.kind),
        col(Message.status),
        col(Message.step),
        col(Message.body),
        col(Message.claimed_at),
        col(Message.created_at),
        col(Message.settled_at),
    )
    .where(col(Message.direction) == Direction.OUT, col(Message.phone).in_(_PHONES))
    .order_by(col(Message.id))
)


def bans_on(session: Session, phones: Collection[str]) -> dict[str, dict[Ban, OptOut]]:
    """The bans that stand on these numbers, by kind."""
    found: defaultdict[str, dict[Ban, OptOut]] = defaultdict(dict)
    for ban in session.scalars(_STANDING_BANS, {"b_phones": list(phones)}):
        found[ban.phone][ban.kind] = ban
    return found


_STANDING_BANS = select(OptOut).where(col(OptOut.phone).in_(_PHONES), col(OptOut.lifted_at).is_(None))


def handoffs_of(session: Session, phones: Collection[str], *, lock: bool) -> dict[str, Handoff]:
    """The handoff that stands for each of these numbers; once locked, nobody claims it before we are done."""
    chosen = _LOCKED_HANDOFFS if lock else _HANDOFFS
    return {one.phone: one for one in session.scalars(chosen, {"b_phones": list(phones)})}


_HANDOFFS = (
    select(Handoff)
    .where(col(Handoff.phone).in_(_PHONES), Handoff.status != HandoffStatus.CLOSED)
    .order_by(col(Handoff.id))
)
_LOCKED_HANDOFFS = _HANDOFFS.with_for_update()


def people(session: Session, recipient_ids: Collection[int], *, waits: bool) -> dict[int, tuple[Recipient, Contact]]:
    """These recipients, locked, and who they are. Without `waits`, those that somebody else has locked are left out."""
    chosen = select(Recipient, Contact).join(Contact, col(Recipient.contact_id) == col(Contact.id))
    locked = chosen.where(col(Recipient.id).in_(recipient_ids)).with_for_update(of=Recipient, skip_locked=not waits)
    return {recipient.id: (recipient, contact) for recipient, contact in session.exec(locked) if recipient.id}


def commitments_of(session: Session, recipient_ids: Collection[int]) -> dict[int, Commitment]:
    """The yes of each of these recipients that stands, the newest one."""
    theirs = session.scalars(_COMMITMENTS, {"b_ids": list(recipient_ids)})
    return {one.recipient_id: one for one in theirs}


_COMMITMENTS = (
    select(Commitment)
    .where(col(Commitment.recipient_id).in_(bindparam("b_ids", expanding=True)), col(Commitment.status).in_(STANDING))
    .order_by(col(Commitment.pledged_at))
)


def readings_of(session: Session, message_ids: Sequence[int]) -> dict[int, ReplyReading]:
    """The last reading of each of these messages, by message id; messages nobody read are left out."""
    rows = select(ReplyReading).where(col(ReplyReading.message_id).in_(message_ids)).order_by(col(ReplyReading.id))
    return {reading.message_id: reading for reading in session.exec(rows)}


def seen_so_far(session: Session, handoff_id: int, now: datetime) -> list[tuple[Any, ...]]:
    """What tells whether anything of a conversation has changed: a row of each text, with the state of its handoff."""
    rows = session.connection().execute(_SEEN, {"b_id": handoff_id, "b_now": now})
    return [tuple(row) for row in rows]


_BANS = (
    columns(func.sum(case((col(OptOut.kind) == Ban.OPT_OUT, 2), else_=1)))
    .where(col(OptOut.phone) == col(Handoff.phone), col(OptOut.lifted_at).is_(None))
    .correlate(Handoff)
    .scalar_subquery()
)
_SPOKEN = (
    columns(func.max(col(CallLine.id)))
    .join(Call, col(Call.id) == col(CallLine.call_id))
    .where(col(Call.phone) == col(Handoff.phone))
    .correlate(Handoff)
    .scalar_subquery()
)
_SEEN = (
    columns(
        col(Message.id),
        col(Message.status),
        col(ReplyReading.id),
        col(Handoff.status),
        col(Handoff.claimed_by),
        col(Handoff.claimed_until) > bindparam("b_now", type_=Moment),
        col(Handoff.urgency),
        col(Handoff.reason),
        col(Handoff.verdict),
        col(Handoff.snoozed_until),
        col(Handoff.for_organizer),
        _BANS.label("bans"),
        _SPOKEN.label("spoken"),
    )
    .select_from(Handoff)
    .outerjoin(Message, col(Message.phone) == col(Handoff.phone))
    .outerjoin(ReplyReading, col(ReplyReading.message_id) == col(Message.id))
    .where(col(Handoff.id) == bindparam("b_id"))
    .order_by(col(Message.id), col(ReplyReading.id))
)


def last_reading(session: Session, phone: str) -> ReplyReading | None:
    """How the newest reply of this number was read."""
    theirs = select(ReplyReading).join(Message, col(Message.id) == col(ReplyReading.message_id))
    return session.exec(theirs.where(Message.phone == phone).order_by(col(ReplyReading.id).desc()).limit(1)).first()


def acts_from(session: Session, campaign_ids: Collection[int]) -> dict[int | None, float]:
    """From which confidence the machine answers in each of these campaigns; by None, in one without its own."""
    either = col(ReplyThreshold.campaign_id).in_(campaign_ids) | col(ReplyThreshold.campaign_id).is_(None)
    kept = session.exec(select(ReplyThreshold).where(either, _OF_THIS_READER).order_by(col(ReplyThreshold.id)))
    newest = {one.campaign_id: one.acts_from for one in kept}
    usual = newest.get(None, ACTS_FROM)
    return {None: usual} | {campaign_id: newest.get(campaign_id, usual) for campaign_id in campaign_ids}


_OF_THIS_READER = col(ReplyThreshold.readers_own) == ACTS_FROM


def threshold_of(session: Session, campaign_id: int) -> ReplyThreshold | None:
    """The campaign's own threshold that is in force, with who set it and when; None where the usual one is."""
    own = select(ReplyThreshold).where(ReplyThreshold.campaign_id == campaign_id, _OF_THIS_READER)
    return session.exec(own.order_by(col(ReplyThreshold.id).desc()).limit(1)).first()


def read_before(session: Session, campaign_id: int | None = None) -> Iterator[Any]:
    """Every reply as it was read, with its words and who wrote them, streamed; texts read together stand together."""
    rows = columns(
        col(ReplyReading.message_id),
        col(ReplyReading.recipient_id),
        col(ReplyReading.intent),
        col(ReplyReading.acted),
        col(ReplyReading.hold),
        col(ReplyReading.why),
        col(ReplyReading.verdict),
        col(ReplyReading.judged_after_answer),
        col(ReplyReading.read_at),
        col(Message.phone),
        col(Message.body),
        col(Message.campaign_id),
        col(Contact.language),
    ).join(Message, col(Message.id) == col(ReplyReading.message_id))
    rows = rows.outerjoin(Recipient, col(Recipient.id) == col(ReplyReading.recipient_id))
    rows = rows.outerjoin(Contact, col(Contact.id) == col(Recipient.contact_id))
    in_order = _of(rows, campaign_id).order_by(col(ReplyReading.read_at), col(Message.phone), col(ReplyReading.id))
    yield from session.connection().execute(in_order.execution_options(yield_per=_AT_ONCE))


def count_read(session: Session, campaign_id: int | None = None) -> int:
    """How many readings of texts are kept."""
    counted = columns(func.count()).join_from(ReplyReading, Message, col(Message.id) == col(ReplyReading.message_id))
    return int(session.connection().scalar(_of(counted, campaign_id)) or 0)


def verdict_counts(session: Session, campaign_id: int | None = None) -> list[Any]:
    """How many replies were read as each `intent`, by whether they were `acted` on and what a person said of them."""
    by = (
        col(ReplyReading.intent),
        col(ReplyReading.acted),
        col(ReplyReading.verdict),
        col(ReplyReading.judged_after_answer),
    )
    counted = columns(*by, func.count().label("replies")).join(Message, col(Message.id) == col(ReplyReading.message_id))
    return list(session.connection().execute(_of(counted, campaign_id).group_by(*by)))


def judged_otherwise(session: Session, campaign_id: int | None = None, *, limit: int) -> list[Any]:
    """The replies of whose words a person said something else than the reading, the surest reading first."""
    rows: Any = (
        columns(*_JUDGED, col(Message.body), col(Campaign.name).label("campaign"))
        .join(Message, col(Message.id) == col(ReplyReading.message_id))
        .outerjoin(Campaign, col(Campaign.id) == col(Message.campaign_id))
        .where(
            col(ReplyReading.verdict).is_not(None),
            col(ReplyReading.verdict) != col(ReplyReading.intent),
            col(ReplyReading.judged_after_answer).is_(False),
        )
    )
    surest = _of(rows, campaign_id).order_by(col(ReplyReading.confidence).desc(), col(ReplyReading.id).desc())
    return list(session.connection().execute(surest.limit(limit)))


_JUDGED = (
    col(ReplyReading.message_id),
    col(ReplyReading.intent),
    col(ReplyReading.confidence),
    col(ReplyReading.acted),
    col(ReplyReading.verdict),
    col(ReplyReading.why),
)


def _of(rows: Any, campaign_id: int | None) -> Any:
    return rows if campaign_id is None else rows.where(col(Message.campaign_id) == campaign_id)
