"""The audit trail: who did what that others must be able to look up later. Entries are only ever added."""

from datetime import datetime

from sqlmodel import Session

from phonebank.people.models import AuditEntry, Deed


def record(session: Session, deed: Deed, *, by: str, about: str, now: datetime, detail: str = "") -> None:
    """Write one entry in the caller's transaction, so that it stands exactly when the deed does.

    `by` is the person's signature ("Amanda Alvarez (amanda@example.org)") or "the command line"; `about` names what
    was touched ("Ranked choice phone bank"); neither it nor `detail` ever holds a supporter's name or number, since
    nobody can take it out again: the database itself refuses to change or delete an entry.
    """
    session.add(AuditEntry(at=now, deed=deed, by=by, about=about, detail=detail))
