"""Reads of one-on-ones: whose, when, and what was learned from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from phonebank.contacts.models import Contact
from phonebank.errors import NotFoundError
from phonebank.handoffs.models import Handoff, HandoffStatus
from phonebank.one_on_ones.models import STANDING, OneOnOne, OneOnOneStatus
from phonebank.people.models import Person, PersonStatus
from phonebank.recipients.models import Recipient

ONE_ON_ONE = "one_on_one"
"""The reason of a handoff about when two people meet."""

_LONGEST = timedelta(hours=1)


@dataclass(frozen=True)
class Listed:
    """One of a list. `handoff_id` is the conversation that stands with them: they wrote."""

    row: OneOnOne
    first_name: str
    meets: Person
    handoff_id: int | None

    @property
    def needs_somebody(self) -> bool:
        """Who was to meet them may not sign in any more."""
        return self.row.is_standing and self.meets.status is not PersonStatus.ACTIVE


def by_id(session: Session, one_on_one_id: int) -> OneOnOne:
    """Raises NotFoundError for an unknown one."""
    found = session.get(OneOnOne, one_on_one_id, populate_existing=True)
    if found is None:
        raise NotFoundError("There is no such one-on-one.")
    return found


def by_token(session: Session, token: str) -> OneOnOne | None:
    """The one-on-one behind a supporter's own page."""
    return session.exec(select(OneOnOne).where(OneOnOne.token == token)).first()


def by_nonce(session: Session, nonce: str) -> OneOnOne | None:
    """What this booking form has booked already."""
    return session.exec(select(OneOnOne).where(OneOnOne.nonce == nonce)).first()


def standing_with(session: Session, recipient_id: int) -> list[OneOnOne]:
    """Those that are still to come with this recipient, the next one first."""
    theirs = select(OneOnOne).where(OneOnOne.recipient_id == recipient_id, col(OneOnOne.status).in_(STANDING))
    return list(session.exec(theirs.order_by(col(OneOnOne.starts_at))))


def about(session: Session, recipient_id: int) -> str:
    """Whom their next one-on-one is with, in a sentence; empty when none is to come."""
    nearest = standing_with(session, recipient_id)[:1]
    meets = session.get(Person, nearest[0].meets_id) if nearest else None
    return f"The one-on-one is with {meets.name}. " if meets else ""


def before(session: Session, one: OneOnOne) -> list[OneOnOne]:
    """Those held with the same person earlier, the newest first."""
    mine = select(Recipient.contact_id).where(Recipient.id == one.recipient_id).scalar_subquery()
    held = (
        select(OneOnOne)
        .join(Recipient, col(Recipient.id) == col(OneOnOne.recipient_id))
        .where(col(Recipient.contact_id) == mine, OneOnOne.status == OneOnOneStatus.HELD, OneOnOne.id != one.id)
    )
    return list(session.exec(held.order_by(col(OneOnOne.starts_at).desc()).limit(5)))


def clashes(
    session: Session, meets_id: int, starts_at: datetime, minutes: int, *, but: int | None = None
) -> list[OneOnOne]:
    """Those of this person that overlap with that time; `but` itself."""
    theirs = select(OneOnOne).where(
        OneOnOne.meets_id == meets_id,
        col(OneOnOne.status).in_(STANDING),
        col(OneOnOne.id) != (but or 0),
        col(OneOnOne.starts_at) < starts_at + timedelta(minutes=minutes),
        col(OneOnOne.starts_at) > starts_at - _LONGEST,
    )
    return [one for one in session.exec(theirs.order_by(col(OneOnOne.starts_at))) if one.ends_at > starts_at]


def ahead(session: Session, person_id: int | None = None) -> list[Listed]:
    """Those still to come or to be told about, the earliest first; of one person, who meets or booked them."""
    standing = _listed(person_id).where(col(OneOnOne.status).in_(STANDING))
    return _shown(session, standing.order_by(col(OneOnOne.starts_at), col(OneOnOne.id)))


def done(session: Session, person_id: int | None = None, limit: int = 50) -> list[Listed]:
    """Those that are over, the newest first."""
    over = _listed(person_id).where(col(OneOnOne.status).not_in(STANDING))
    return _shown(session, over.order_by(col(OneOnOne.starts_at).desc(), col(OneOnOne.id).desc()).limit(limit))


def reflections(session: Session, limit: int = 200) -> list[Listed]:
    """Those with a line for the team, the newest first."""
    told = _listed(None).where(OneOnOne.reflection != "")
    return _shown(session, told.order_by(col(OneOnOne.starts_at).desc()).limit(limit))


def due_reminders(session: Session, now: datetime, most: int) -> Sequence[OneOnOne]:
    """Those to be reminded of now, the longest due first."""
    due = select(OneOnOne).where(col(OneOnOne.remind_at) <= now).order_by(col(OneOnOne.remind_at)).limit(most)
    return session.exec(due).all()


def is_reminder_due(session: Session, now: datetime) -> bool:
    return bool(due_reminders(session, now, 1))


def people_to_meet(session: Session) -> list[Person]:
    """Everybody who could meet somebody, by name."""
    here = select(Person).where(Person.status == PersonStatus.ACTIVE)
    return list(session.exec(here.order_by(col(Person.name), col(Person.id))))


def _listed(person_id: int | None) -> Any:
    stands = aliased(Handoff)
    is_about_it = (col(stands.status) != HandoffStatus.CLOSED) & (col(stands.reason) == ONE_ON_ONE)
    rows = (
        select(OneOnOne, Contact.first_name, Person, stands.id)
        .join(Recipient, col(Recipient.id) == col(OneOnOne.recipient_id))
        .join(Contact, col(Contact.id) == col(Recipient.contact_id))
        .join(Person, col(Person.id) == col(OneOnOne.meets_id))
        .outerjoin(stands, (col(stands.phone) == Recipient.phone) & is_about_it)
    )
    if person_id is None:
        return rows
    return rows.where((col(OneOnOne.meets_id) == person_id) | (col(OneOnOne.booked_by) == person_id))


def _shown(session: Session, rows: Any) -> list[Listed]:
    return [Listed(*row) for row in session.exec(rows)]
