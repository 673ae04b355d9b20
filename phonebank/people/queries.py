"""Who there is: everybody who may, or might once, sign in."""

from datetime import datetime

from sqlmodel import Session, col, func, select

from phonebank.errors import NotFoundError
from phonebank.people.models import Person, PersonStatus, Role


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


def at_inbox(session: Session, since: datetime) -> int:
    """How many people had the inbox open since this moment."""
    there = select(func.count()).where(Person.status == PersonStatus.ACTIVE, col(Person.at_inbox_at) >= since)
    return session.exec(there).one()


def active_admins(session: Session) -> list[int]:
    """Ids of those who can still let others in; locked, so that two of them cannot suspend each other at once."""
    admins = select(Person.id).where(Person.role == Role.ADMIN, Person.status == PersonStatus.ACTIVE)
    return [found for found in session.exec(admins.with_for_update()) if found is not None]
