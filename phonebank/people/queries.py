"""Who there is, by which links they come, when they are on shift, and what the audit trail holds."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from phonebank.errors import NotFoundError
from phonebank.people.models import AuditEntry, Deed, FirstShift, Joining, JoinLink, Person, PersonStatus, Role, Shift


def by_id(session: Session, person_id: int) -> Person | None:
    return session.get(Person, person_id)


def find(session: Session, email: str) -> Person | None:
    """The person with this address, however it is capitalized."""
    return session.exec(select(Person).where(Person.email == email.strip().lower())).first()


def by_email(session: Session, email: str) -> Person:
    """Raises NotFoundError when nobody has this address."""
    person = find(session, email)
    if person is None:
        raise NotFoundError(f"Nobody here has the address {email.strip()}; see `phonebank people list`.")
    return person


def everyone(session: Session) -> list[Person]:
    """All people, those who may sign in first, then by name."""
    return list(session.exec(select(Person).order_by(col(Person.status), col(Person.name), col(Person.id))))


def was_added(session: Session, name: str, *, since: datetime) -> bool:
    """Whether somebody of this name was added since this moment."""
    return session.exec(select(Person.id).where(Person.name == name, Person.created_at >= since)).first() is not None


def at_inbox(session: Session, since: datetime) -> int:
    """How many people had the inbox open since this moment."""
    there = select(func.count()).where(Person.status == PersonStatus.ACTIVE, col(Person.at_inbox_at) >= since)
    return session.exec(there).one()


def first_shift_of(session: Session, person_id: int) -> FirstShift | None:
    """How far they have come before their first conversation; None before they did anything."""
    return session.get(FirstShift, person_id)


def practised(session: Session) -> set[int]:
    """The ids of who has had a practised conversation."""
    return set(session.exec(select(FirstShift.person_id).where(col(FirstShift.practised_at).is_not(None))))


def count_volunteers(session: Session) -> int:
    """How many volunteers may sign in."""
    here = select(func.count()).where(Person.status == PersonStatus.ACTIVE, Person.role == Role.VOLUNTEER)
    return session.exec(here).one()


def deeds_about(session: Session, about: str, deeds: Collection[Deed], most: int = 10) -> list[AuditEntry]:
    """The newest of these deeds that touched what has this name, the newest first."""
    theirs = select(AuditEntry).where(AuditEntry.about == about, col(AuditEntry.deed).in_(deeds))
    return list(session.exec(theirs.order_by(col(AuditEntry.id).desc()).limit(most)))


def active_admins(session: Session) -> list[int]:
    """Ids of those who can still let others in; locked, so that two of them cannot suspend each other at once."""
    admins = select(Person.id).where(Person.role == Role.ADMIN, Person.status == PersonStatus.ACTIVE)
    return [found for found in session.exec(admins.with_for_update()) if found is not None]


def join_link(session: Session, token_hash: str, *, lock: bool = False) -> JoinLink | None:
    """The link for many with this secret, whether or not it still lets anybody in."""
    query = select(JoinLink).where(JoinLink.token_hash == token_hash)
    return session.exec(query.with_for_update() if lock else query).first()


def open_links(session: Session, now: datetime) -> list[JoinLink]:
    """The links for many that are neither over nor revoked, the newest first."""
    standing = select(JoinLink).where(col(JoinLink.revoked_at).is_(None), col(JoinLink.expires_at) > now)
    return list(session.exec(standing.order_by(col(JoinLink.id).desc())))


def open_link_of(session: Session, person_id: int, now: datetime) -> JoinLink | None:
    """The link for many that this person came by, while it still lets people in."""
    theirs = select(JoinLink).join(Joining, col(Joining.link_id) == JoinLink.id).where(Joining.person_id == person_id)
    return session.exec(theirs.where(col(JoinLink.revoked_at).is_(None), col(JoinLink.expires_at) > now)).first()


def running_shift(session: Session, person_id: int) -> Shift | None:
    """The shift this person works now."""
    theirs = select(Shift).where(Shift.person_id == person_id, col(Shift.started_at).is_not(None))
    return session.exec(theirs.where(col(Shift.ended_at).is_(None))).first()


def next_shift(session: Session, person_id: int, now: datetime) -> Shift | None:
    """The planned shift they are to work next, or are late for."""
    theirs = _planned().where(Shift.person_id == person_id, col(Shift.planned_to) > now)
    return session.exec(theirs.order_by(col(Shift.planned_from))).first()


def planned_shifts(session: Session, now: datetime, most: int = 100) -> list[tuple[Shift, Person]]:
    """What is still to be worked, the next first, and by whom."""
    query = _planned().where(col(Shift.planned_to) > now).order_by(col(Shift.planned_from), col(Shift.id)).limit(most)
    return [(shift, person) for shift in session.exec(query) if (person := by_id(session, shift.person_id))]


def has_shift_between(session: Session, person_id: int, begins: datetime, ends: datetime) -> bool:
    """Whether a planned shift of theirs overlaps this time."""
    theirs = _planned().where(Shift.person_id == person_id, col(Shift.planned_from) < ends)
    return session.exec(theirs.where(col(Shift.planned_to) > begins)).first() is not None


def audit_entries(  # noqa: PLR0913  # each is one field of the search
    session: Session,
    *,
    by: str = "",
    deed: str = "",
    about: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    most: int = 50,
) -> list[AuditEntry]:
    """Entries of the trail that match all that is given, the newest first; `by` and `about` match any part of it."""
    query = select(AuditEntry).order_by(col(AuditEntry.id).desc()).limit(most)
    query = query.where(AuditEntry.deed == deed) if deed else query
    query = query.where(col(AuditEntry.by).icontains(by, autoescape=True)) if by else query
    query = query.where(_is_about(about)) if about else query
    query = query.where(col(AuditEntry.at) >= since) if since is not None else query
    query = query.where(col(AuditEntry.at) < until) if until is not None else query
    query = query.where(col(AuditEntry.id) < before) if before is not None else query
    return list(session.exec(query))


def _is_about(words: str) -> ColumnElement[bool]:
    in_about = col(AuditEntry.about).icontains(words, autoescape=True)
    return or_(in_about, col(AuditEntry.detail).icontains(words, autoescape=True))


def _planned() -> SelectOfScalar[Shift]:
    return select(Shift).where(col(Shift.started_at).is_(None), col(Shift.canceled_at).is_(None))
