"""Gives people numbers that are kept free for fiction, 555-01xx of every area code, so that nobody is reached."""

from collections.abc import Collection, Iterator
from datetime import datetime
from functools import cache

from sqlmodel import Session

from phonebank.campaigns import queries
from phonebank.campaigns.models import Campaign
from phonebank.contacts import queries as contacts
from phonebank.errors import RefusedError
from phonebank.rehearsal.admitting import is_valid_number

_AREA_CODES = range(201, 990)
_OF_EACH = 100


def disguise(session: Session, campaign: Campaign, now: datetime) -> int:
    """New numbers for everyone on a campaign's lists; the rest stays, time zones and consents too. How many.

    Raises RefusedError for more people than there are such numbers.
    """
    people = list(session.scalars(queries.members_of(campaign, now=now)))
    free = fictional(taken={person.phone for person in people})
    given: dict[str, str] = {}
    for person in people:
        given[person.phone] = person.phone = next(free, "")
        if not person.phone:
            raise RefusedError(f"A rehearsal takes {_OF_EACH * len(_area_codes()):,} people at most.")
    for consent in contacts.consents(session):
        consent.phone = given.get(consent.phone, consent.phone)
    session.flush()
    return len(people)


def fictional(taken: Collection[str]) -> Iterator[str]:
    """Every such number that is not taken, in an order that is always the same, area codes by turns."""
    for last in range(_OF_EACH):
        for area in _area_codes():
            number = f"+1{area}55501{last:02}"
            if number not in taken:
                yield number


@cache
def _area_codes() -> tuple[int, ...]:
    return tuple(area for area in _AREA_CODES if is_valid_number(f"+1{area}5550100"))
