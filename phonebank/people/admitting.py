"""What one member of staff does about another: invite, change a role, suspend, let in again; each in the audit trail.

An admin may do it about everybody, an organizer about volunteers. Nobody raises themselves, and one admin stays.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from phonebank.errors import NotFoundError, RefusedError
from phonebank.people import accounts, audit, lifecycle, queries
from phonebank.people.models import Deed, Person, PersonStatus, Role

_A_MOMENT = timedelta(minutes=1)
"""Who presses the button twice, or goes back, invites nobody a second time."""


@dataclass(frozen=True)
class Staff:
    """Who does it: how they sign, what they may, and who they are (None on the command line)."""

    signature: str
    role: Role
    id: int | None = None


def invite(  # who invites whom, as what
    session: Session, staff: Staff, *, name: str, email: str, role: Role | str, now: datetime
) -> tuple[Person, str]:
    """A new person and the secret end of their sign-in link. The e-mail may be blank."""
    _refuse_unless_managed(staff, accounts.checked_role(role))
    if not email.strip() and queries.was_added(session, accounts.checked_name(name), since=now - _A_MOMENT):
        raise RefusedError(f"{name.strip()} was invited a moment ago: give them a new link below, or a fuller name.")
    person = accounts.add(session, email, name, role, None, now)
    audit.record(session, Deed.INVITED, by=staff.signature, about=signed(person), now=now, detail=f"as {person.role}")
    return person, accounts.sign_in_link(session, _id(person), now)


def new_link(session: Session, staff: Staff, person_id: int, now: datetime) -> str:
    """A link for somebody who is locked out."""
    person = _managed(session, staff, person_id)
    token = accounts.sign_in_link(session, person_id, now)
    audit.record(session, Deed.INVITED, by=staff.signature, about=signed(person), now=now, detail="a new sign-in link")
    return token


def change_role(  # who changes what of whom
    session: Session, staff: Staff, person_id: int, *, before: str, after: Role | str, now: datetime
) -> bool:
    """Give somebody another role. False when it is no longer what it was `before`, or stays the same."""
    role, person = accounts.checked_role(after), _managed(session, staff, person_id)
    if staff.role is not Role.ADMIN:
        raise RefusedError("Only an admin changes roles.")
    if role is not Role.ADMIN:
        _refuse_the_last_admin(session, person)
    if role == before or not lifecycle.change_role(session, person_id, accounts.checked_role(before), role):
        return False
    told = f"from {before} to {role}"
    audit.record(session, Deed.ROLE_CHANGED, by=staff.signature, about=signed(person), now=now, detail=told)
    return True


def suspend(session: Session, staff: Staff, person_id: int, now: datetime) -> bool:
    """End their sessions, links and shift now and let them in no more. False when they were suspended already."""
    person = _managed(session, staff, person_id)
    _refuse_the_last_admin(session, person)
    if staff.id == person_id:
        raise RefusedError("You cannot suspend yourself: ask another admin.")
    if not lifecycle.suspend(session, person_id):
        return False
    lifecycle.end_shift(session, person_id, now)
    lifecycle.cancel_shifts_of(session, person_id, now)
    audit.record(session, Deed.SUSPENDED, by=staff.signature, about=signed(person), now=now)
    return True


def reinstate(session: Session, staff: Staff, person_id: int, now: datetime) -> bool:
    """Let a suspended person in again, by signing in anew. False when they were never out."""
    person = _managed(session, staff, person_id)
    moved = lifecycle.reinstate(session, person_id)
    if moved:
        audit.record(session, Deed.REINSTATED, by=staff.signature, about=signed(person), now=now)
    return moved


def may_manage(staff: Staff, role: Role) -> bool:
    """Whether they decide about people of this role."""
    return staff.role is Role.ADMIN or (staff.role is Role.ORGANIZER and role is Role.VOLUNTEER)


def signed(person: Person) -> str:
    """How a person signs what is kept: "Amanda Alvarez (amanda@example.org)"."""
    return f"{person.name} ({person.email})"


def _managed(session: Session, staff: Staff, person_id: int) -> Person:
    person = queries.by_id(session, person_id)
    if person is None:
        raise NotFoundError("There is no such person.")
    _refuse_unless_managed(staff, person.role)
    return person


def _refuse_unless_managed(staff: Staff, role: Role) -> None:
    if not may_manage(staff, role):
        raise RefusedError("Only an admin decides about organizers and admins.")


def _refuse_the_last_admin(session: Session, person: Person) -> None:
    if person.status is PersonStatus.ACTIVE and queries.active_admins(session) == [person.id]:
        raise RefusedError(f"{person.name} is the only admin left: make somebody else an admin first.")


def _id(person: Person) -> int:
    assert person.id is not None
    return person.id
