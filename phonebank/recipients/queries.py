"""Reads of recipients: who is due, who answers, how a campaign stands."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, literal, literal_column, or_
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import Select

from phonebank.campaigns.experiments import Tally
from phonebank.contacts.models import Contact
from phonebank.intents import Outcome
from phonebank.recipients.models import Recipient

_PLAIN_ANSWERS = (Outcome.YES, Outcome.NO, Outcome.OPTED_OUT)


# In the words of its indexes, so that the database sees that these will do.
IS_WAITING: Any = literal_column("(recipient.status = 'pending' AND recipient.composed_at IS NULL)")


def due_to_compose(
    session: Session, campaign_id: int, *, now: datetime, most: int
) -> Sequence[tuple[Recipient, Contact]]:
    """People whose turn has come and whose ask is not yet written down, in the order they were enrolled."""
    due = _with_contact(Recipient.campaign_id == campaign_id, IS_WAITING, col(Recipient.due_at) <= now)
    return session.exec(due.limit(most)).all()


def free_for(
    session: Session, campaign_id: int, person_id: int, *, now: datetime, most: int
) -> Sequence[tuple[Recipient, Contact]]:
    """As `due_to_compose`, of those no volunteer has in hand, and whom this one has not left to another; locked.

    Rows that somebody else is at are skipped, never waited for: so nobody waits in a circle.
    """
    due = _with_contact(*_is_free_for(campaign_id, person_id, now)).limit(most)
    return session.exec(due.with_for_update(skip_locked=True, of=Recipient)).all()


def count_free_for(session: Session, campaign_id: int, person_id: int, *, now: datetime, most: int) -> int:
    """How many of those there are, counted no further than `most`."""
    free = select(Recipient.id).where(*_is_free_for(campaign_id, person_id, now)).limit(most)
    return session.exec(select(func.count()).select_from(free.subquery())).one()


def in_hand(session: Session, campaign_id: int, person_id: int, now: datetime) -> Sequence[tuple[Recipient, Contact]]:
    """Whom this volunteer has in hand and has not texted yet, in the order in which they were taken."""
    theirs = _with_contact().where(
        Recipient.campaign_id == campaign_id,
        Recipient.held_by == person_id,
        IS_WAITING,
        col(Recipient.held_until) > now,
    )
    ordered = theirs.order_by(col(Recipient.due_at), col(Recipient.id)).execution_options(populate_existing=True)
    return session.exec(ordered).all()


def count_hands(session: Session, campaign_id: int, now: datetime) -> int:
    """How many volunteers have anybody of this campaign in hand."""
    hands = select(func.count(func.distinct(Recipient.held_by))).where(
        Recipient.campaign_id == campaign_id,
        IS_WAITING,
        col(Recipient.held_by).is_not(None),
        col(Recipient.held_until) > now,
    )
    return int(session.exec(hands).one())


def next_opening(session: Session, campaign_id: int, now: datetime) -> datetime | None:
    """When the next contact hours open of somebody who waits for theirs."""
    closed = select(func.min(Recipient.due_at)).where(
        Recipient.campaign_id == campaign_id, IS_WAITING, col(Recipient.due_at) > now
    )
    return session.exec(closed).one()


def _with_contact(*conditions: Any) -> Select[Recipient, Contact]:
    both = select(Recipient, Contact).join(Contact, col(Recipient.contact_id) == col(Contact.id))
    return both.where(*conditions).order_by(col(Recipient.due_at), col(Recipient.id))


def _is_free_for(campaign_id: int, person_id: int, now: datetime) -> list[Any]:
    is_in_no_hand = or_(col(Recipient.held_until).is_(None), col(Recipient.held_until) <= now)
    is_not_left = or_(col(Recipient.passed_by).is_(None), col(Recipient.passed_by) != person_id)
    return [
        col(Recipient.campaign_id) == campaign_id,
        IS_WAITING,
        col(Recipient.due_at) <= now,
        is_in_no_hand,
        is_not_left,
    ]


def any_due(session: Session, campaign_id: int, now: datetime) -> bool:
    """Whether anybody of a campaign waits to be composed now."""
    due = select(Recipient.id).where(
        Recipient.campaign_id == campaign_id,
        IS_WAITING,
        col(Recipient.due_at) <= now,
    )
    return session.exec(due.limit(1)).first() is not None


def by_id(session: Session, recipient_id: int, *, lock: bool = False) -> Recipient | None:
    found = select(Recipient).where(Recipient.id == recipient_id)
    fresh = found.with_for_update().execution_options(populate_existing=True)  # as it is once it is ours
    return session.exec(fresh if lock else found).first()


def of_phone(session: Session, phone: str) -> list[Recipient]:
    """Every campaign this number is in, the newest first."""
    theirs = select(Recipient).where(Recipient.phone == phone).order_by(col(Recipient.id).desc())
    return list(session.exec(theirs))


def answered(session: Session, campaign_id: int, contact_ids: Collection[int]) -> set[int]:
    """Those of these contacts who wrote back in this campaign."""
    wrote = select(Recipient.contact_id).where(
        Recipient.campaign_id == campaign_id,
        col(Recipient.contact_id).in_(contact_ids),
        col(Recipient.replied_at).is_not(None),
    )
    return set(session.exec(wrote))


def contact_of(session: Session, recipient: Recipient) -> Contact:
    return session.get_one(Contact, recipient.contact_id)


def by_status(session: Session, campaign_id: int) -> dict[str, int]:
    rows = session.exec(
        select(Recipient.status, func.count()).where(Recipient.campaign_id == campaign_id).group_by(Recipient.status),
    )
    return {str(status): number for status, number in rows}


def by_outcome(session: Session, campaign_id: int) -> dict[str, int]:
    rows = session.exec(
        select(Recipient.outcome, func.count()).where(Recipient.campaign_id == campaign_id).group_by(Recipient.outcome),
    )
    return {str(outcome): number for outcome, number in rows}


def tallies(
    session: Session, campaign_id: int, *, versions: int, languages: Collection[str], other_than: bool, before: datetime
) -> list[Tally]:
    """What came of each version of the text, in order, among those of these languages (or `other_than` these).

    People asked up to `before` are counted; later ones are only said to be `recent`.
    """
    version = col(Recipient.variant) % literal(versions)
    outcome, is_counted = col(Recipient.outcome), col(Recipient.asked_at) <= before
    has_answered = col(Recipient.replied_at).is_not(None) & outcome.not_in(_PLAIN_ANSWERS)
    speaks = col(Recipient.language).not_in(languages) if other_than else col(Recipient.language).in_(languages)
    columns = [
        version.label("version"),
        _number(is_counted).label("asked"),
        *(_number(is_counted & (outcome == answer)).label(answer.value) for answer in _PLAIN_ANSWERS),
        _number(is_counted & has_answered).label("other"),
        _number(~is_counted).label("recent"),
    ]
    asked = select(*columns).where(Recipient.campaign_id == campaign_id, col(Recipient.asked_at).is_not(None), speaks)
    rows = session.connection().execute(asked.group_by(literal_column("version")))
    found = {row.version: Tally(row.asked, row.yes, row.no, row.other, row.opted_out, row.recent) for row in rows}
    return [found.get(number, Tally()) for number in range(versions)]


def _number(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))


def unwilling(session: Session, campaign_id: int, since: datetime | None) -> dict[Outcome, int]:
    """How many of those asked since a moment wrote back that we should stop, or have the wrong number."""
    wrote = select(Recipient.outcome, func.count()).where(
        Recipient.campaign_id == campaign_id,
        literal_column("recipient.outcome IN ('opted_out', 'wrong_number')"),  # the index's own words
        col(Recipient.asked_at).is_not(None),
        col(Recipient.replied_at).is_not(None),
    )
    if since is not None:
        wrote = wrote.where(col(Recipient.asked_at) >= since)
    return {Outcome(outcome): people for outcome, people in session.exec(wrote.group_by(col(Recipient.outcome)))}


def last_enrolled(session: Session, campaign_id: int) -> Recipient | None:
    """The one with the highest contact id: where enrolling goes on, and the version of the text dealt last."""
    last = select(Recipient).where(Recipient.campaign_id == campaign_id)
    return session.exec(last.order_by(col(Recipient.contact_id).desc()).limit(1)).first()
