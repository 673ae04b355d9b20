"""Suspends somebody at once: what they have in hand is the others' in the same transaction, the drafts with it."""

from datetime import datetime

from sqlmodel import Session

from phonebank.handoffs import lifecycle
from phonebank.people import admitting
from phonebank.people.admitting import Staff
from phonebank.recipients import lifecycle as recipients


def suspend(session: Session, staff: Staff, person_id: int, now: datetime) -> int | None:
    """As `admitting.suspend`; how many conversations went back to the others, or None when they were out already."""
    if not admitting.suspend(session, staff, person_id, now):
        return None
    recipients.give_all_back(session, person_id)
    return lifecycle.release_all_of(session, person_id)
