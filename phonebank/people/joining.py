"""One link for many volunteers: whoever has it joins by giving a name, until it is full, over or revoked."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlmodel import Session

from phonebank.errors import BadInputError, RefusedError
from phonebank.people import accounts, audit, lifecycle, queries
from phonebank.people.admitting import Staff, may_manage, signed
from phonebank.people.models import Deed, Joining, JoinLink, Person, Role

MOST = 500
LONGEST = timedelta(days=3)
_OVER = "This link no longer lets anybody in: it is full, its time is over, or it was ended. Ask who gave it to you."


def open_link(session: Session, staff: Staff, *, most: int, until: datetime, now: datetime) -> str:
    """The secret end of a new link (`<address>/join/<token>`) for up to `most` volunteers until this moment."""
    if not may_manage(staff, Role.VOLUNTEER):
        raise RefusedError("Only organizers and admins let volunteers in.")
    if not 1 <= most <= MOST:
        raise BadInputError(f"Say for how many: 1 to {MOST}.")
    if not now < until <= now + LONGEST:
        raise BadInputError(f"A link for many works for at most {LONGEST.days} days.")
    token = secrets.token_urlsafe(16)  # short enough to be written on a board
    link = JoinLink(token_hash=hashed(token), made_by=staff.signature, made_at=now, expires_at=until, most=most)
    session.add(link)
    session.flush()
    told = f"up to {most} volunteers"
    audit.record(session, Deed.INVITED, by=staff.signature, about=f"link {link.id} for many", now=now, detail=told)
    return token


def works(session: Session, token: str, now: datetime) -> bool:
    """Whether somebody could join by it now."""
    link = queries.join_link(session, hashed(token))
    return link is not None and is_open(link, now)


def is_open(link: JoinLink, now: datetime) -> bool:
    return link.revoked_at is None and link.expires_at > now and link.joined < link.most


def join(session: Session, token: str, name: str, *, form: str, now: datetime) -> Person:
    """Let somebody in as a volunteer. The same `form` again gives the same person: a double tap joins once.

    Raises RefusedError when the link lets nobody in any more, BadInputError for a bad name.
    """
    called = accounts.checked_name(name)
    link = queries.join_link(session, hashed(token), lock=True)
    if link is None or link.id is None:
        raise RefusedError(_OVER)
    key = hashed(f"{link.id} {form}")
    if (known := session.get(Joining, key)) is not None and (joined := queries.by_id(session, known.person_id)):
        return joined
    if not lifecycle.take_seat(session, link.id, now):
        raise RefusedError(_OVER)
    person = accounts.add(session, "", called, Role.VOLUNTEER, None, now)
    assert person.id is not None
    session.add(Joining(form_hash=key, link_id=link.id, person_id=person.id))
    by = f"link {link.id} of {link.made_by}"
    audit.record(session, Deed.JOINED, by=by, about=signed(person), now=now)
    return person


def revoke(session: Session, staff: Staff, link_id: int, now: datetime) -> bool:
    """Nobody joins by it any more; who has joined stays. False when it was ended already."""
    revoked = lifecycle.revoke_link(session, link_id, by=staff.signature, now=now)
    if revoked:
        about = f"link {link_id} for many"
        audit.record(session, Deed.SUSPENDED, by=staff.signature, about=about, now=now, detail="ended")
    return revoked


def hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
