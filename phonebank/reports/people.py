"""The people at one step of a campaign, a screenful at a time, first names and masked numbers alone."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, exists, func, literal_column
from sqlalchemy import select as columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from phonebank import phone
from phonebank.contacts.models import Contact
from phonebank.followups.models import Commitment, CommitmentStatus
from phonebank.intents import Outcome
from phonebank.messages.models import Message, MessageKind, MessageStatus
from phonebank.recipients.models import Recipient, RecipientStatus
from phonebank.reports.funnel import SAID_AGAIN, Step

_SCREENFUL = 50
_LOOKED_THROUGH = 5000  # people at once, where no index says who is at this step


@dataclass(frozen=True)
class Person:
    first_name: str
    masked: str
    status: str
    outcome: str
    message_id: int | None  # their newest text to us, where their conversation opens


@dataclass(frozen=True)
class Screenful:
    """`after` is where to look on, None at the end; a screen may hold fewer people, even none, and not be the last."""

    people: list[Person]
    after: int | None


def at_step(session: Session, campaign_id: int, step: Step, after: int = 0) -> Screenful:
    """Who came so far as this step, in the order they were enrolled. Looks through a few thousand people at most."""
    if step in (Step.CONFIRMED, Step.KEPT):
        return _committed(
            session, campaign_id, SAID_AGAIN if step is Step.CONFIRMED else (CommitmentStatus.KEPT,), after
        )
    if step is Step.YES:
        return decided(session, campaign_id, Outcome.YES, after)
    theirs = (col(Recipient.campaign_id) == campaign_id) & (col(Recipient.contact_id) > after)
    looked = columns(col(Recipient.contact_id)).where(theirs).order_by(col(Recipient.contact_id))
    last = session.connection().scalar(looked.offset(_LOOKED_THROUGH - 1).limit(1))
    if last is not None:
        theirs &= col(Recipient.contact_id) <= last
    found = _rows().where(theirs, _is_at(step)).order_by(col(Recipient.contact_id))
    rows = list(session.connection().execute(found.limit(_SCREENFUL + 1)))
    if len(rows) > _SCREENFUL:
        return Screenful(_shown(session, rows[:_SCREENFUL]), rows[_SCREENFUL - 1].contact_id)
    return Screenful(_shown(session, rows), last)


def decided(session: Session, campaign_id: int, outcome: Outcome, after: int = 0) -> Screenful:
    """Who decided this, in the order they were enrolled."""
    theirs = _rows().where(col(Recipient.campaign_id) == campaign_id, col(Recipient.outcome) == outcome)
    answered: Any = literal_column("recipient.outcome <> 'none'")  # the index's own words
    return _paged(session, theirs.where(answered), col(Recipient.id), after)


def _committed(session: Session, campaign_id: int, among: tuple[CommitmentStatus, ...], after: int) -> Screenful:
    is_theirs = (col(Commitment.campaign_id) == campaign_id) & col(Commitment.status).in_(among)
    who = columns(col(Commitment.recipient_id)).where(is_theirs, col(Commitment.recipient_id) > after).distinct()
    first = who.order_by(col(Commitment.recipient_id)).limit(_SCREENFUL + 1)
    return _paged(session, _rows().where(col(Recipient.id).in_(first)), col(Recipient.id), after)


def _paged(session: Session, found: Select[Any], key: Any, after: int) -> Screenful:
    rows = list(session.connection().execute(found.where(key > after).order_by(key).limit(_SCREENFUL + 1)))
    more = len(rows) > _SCREENFUL
    return Screenful(_shown(session, rows[:_SCREENFUL]), rows[_SCREENFUL - 1].id if more else None)


def _is_at(step: Step) -> Any:
    ask = aliased(Message)
    arrived = exists().where(
        col(ask.campaign_id) == col(Recipient.campaign_id),
        col(ask.recipient_id) == col(Recipient.id),
        col(ask.kind) == MessageKind.ASK,
        col(ask.status) == MessageStatus.DELIVERED,
    )
    return {
        Step.RECIPIENTS: col(Recipient.status) != RecipientStatus.EXCLUDED,
        Step.SENT: col(Recipient.asked_at).is_not(None),
        Step.DELIVERED: arrived,
        Step.REPLIED: col(Recipient.replied_at).is_not(None),
    }[step]


def _rows() -> Select[Any]:
    names = ("id", "contact_id", "phone", "status", "outcome")
    told: list[Any] = [getattr(Recipient, name) for name in names]
    return columns(*told, col(Contact.first_name)).join(Contact, col(Contact.id) == col(Recipient.contact_id))


def _shown(session: Session, rows: list[Any]) -> list[Person]:
    wrote = columns(col(Message.recipient_id), func.max(col(Message.id))).where(
        col(Message.recipient_id).in_([row.id for row in rows]), col(Message.kind) == MessageKind.REPLY
    )
    rows_of_texts = session.connection().execute(wrote.group_by(col(Message.recipient_id)))
    last = {who: text for who, text in rows_of_texts}  # noqa: C416 - a Result is not a mapping's items to mypy
    return [Person(row.first_name, phone.mask(row.phone), row.status, row.outcome, last.get(row.id)) for row in rows]
