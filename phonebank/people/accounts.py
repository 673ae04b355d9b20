"""Letting people in and out: adding them, one-time links, passwords, suspending."""

import hashlib
import re
import secrets
from datetime import datetime, timedelta

from sqlmodel import Session

from phonebank.errors import BadInputError, NotFoundError, RefusedError
from phonebank.people import lifecycle, passwords, queries
from phonebank.people.models import Person, PersonStatus, Role, SignInLink

LINK_LASTS = timedelta(days=3)
_EMAIL = re.compile(r"[^\s@<>\"(),:;\\\[\]]{1,64}@[^\s@.<>\"(),:;\\\[\]]+(\.[^\s@.<>\"(),:;\\\[\]]+)+")
_LONGEST_EMAIL = 254  # RFC 5321
_LONGEST_NAME = 100


def add(session: Session, email: str, name: str, role: Role | str, password: str | None, now: datetime) -> Person:
    """A new person, with an id; a blank `email` is replaced by a short name of our own, since not everybody has one.

    Raises BadInputError for a bad address, name or role, RefusedError when known.
    """
    called, may = checked_name(name), checked_role(role)
    address = checked_email(email) if email.strip() else _short_name(called)
    known = queries.find(session, address)
    if known is not None:
        raise RefusedError(f"{address} is already here, as {known.role} ({known.status}).")
    hashed = passwords.hashed(password) if password is not None else None
    person = Person(email=address, name=called, role=may, password_hash=hashed, created_at=now)
    session.add(person)
    session.flush()
    return person


def sign_in_link(session: Session, person_id: int, now: datetime, *, lasts: timedelta = LINK_LASTS) -> str:
    """The secret end of a link (`<address>/sign-in/<token>`) that signs this person in once, within `lasts`."""
    person = queries.by_id(session, person_id)
    if person is None:
        raise NotFoundError("There is no such person.")
    if person.status is not PersonStatus.ACTIVE:
        raise RefusedError(f"{person.email} is suspended: reinstate them first.")
    token = secrets.token_urlsafe(32)
    session.add(SignInLink(token_hash=_hash(token), person_id=person_id, expires_at=now + lasts))
    session.flush()
    return token


def link_works(session: Session, token: str, now: datetime) -> bool:
    """Whether the link would sign somebody in; looking does not use it up (mail scanners look)."""
    link = session.get(SignInLink, _hash(token))
    return link is not None and link.used_at is None and link.expires_at > now


def use_link(session: Session, token: str, now: datetime) -> Person | None:
    """Whom this link lets in; None when it is unknown, used, too old, or the person is suspended."""
    used = lifecycle.use_link(session, _hash(token), now)
    person = queries.by_id(session, used) if used is not None else None
    return person if person is not None and person.status is PersonStatus.ACTIVE else None


def check_password(session: Session, email: str, password: str) -> Person | None:
    """Whom this address and password let in; every refusal takes the same time."""
    person = queries.find(session, email)
    right = passwords.matches(person.password_hash if person else None, password)
    return person if right and person is not None and person.status is PersonStatus.ACTIVE else None


def set_password(session: Session, person_id: int, password: str) -> None:
    """Give a person a new password and end every session they have open."""
    lifecycle.change_password(session, person_id, passwords.hashed(password))


def suspend(session: Session, email: str) -> bool:
    """End their sessions and links now and let them in no more. False when they were suspended already."""
    person = queries.by_email(session, email)
    if queries.active_admins(session) == [person.id]:
        raise RefusedError(f"{person.email} is the only admin left: add another admin first.")
    return lifecycle.suspend(session, _id(person))


def reinstate(session: Session, email: str) -> bool:
    """Let a suspended person in again. False when they were never out."""
    return lifecycle.reinstate(session, _id(queries.by_email(session, email)))


def checked_email(email: str) -> str:
    """The address in lower case, or BadInputError."""
    address = email.strip().lower()
    if len(address) > _LONGEST_EMAIL or not _EMAIL.fullmatch(address) or not address.isprintable():
        raise BadInputError(f"{address[:80]!r} is not an e-mail address; write it as name@example.org.")
    return address


def checked_name(name: str) -> str:
    """The name with single spaces, or BadInputError."""
    called = " ".join(name.split())
    if not called or len(called) > _LONGEST_NAME or not called.isprintable():
        raise BadInputError(f"Give a name of 1 to {_LONGEST_NAME} characters.")
    return called


def checked_role(role: Role | str) -> Role:
    """The role, or BadInputError naming those there are."""
    try:
        return Role(role)
    except ValueError:
        raise BadInputError(f"{role!r} is not a role; use {', '.join(Role)}.") from None


def _short_name(name: str) -> str:
    """As "ana-voss-3f9a21": what tells two of one name apart, on the page and in what they sign."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:30] or "person"
    return f"{plain}-{secrets.token_hex(3)}"


def _id(person: Person) -> int:
    assert person.id is not None
    return person.id


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
