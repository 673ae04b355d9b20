"""Who is on a list: where they are, what they speak, with what consent, and how they came to be on it."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, exists, func, select
from sqlmodel import Session, col

from phonebank.audiences import queries
from phonebank.contacts.models import Consent, Contact, ContactImport, ContactList, ImportStatus, ListMember
from phonebank.optouts.models import Ban, OptOut
from phonebank.reports.places import place


@dataclass(frozen=True)
class ListFacts:
    """`zones` (by their everyday names) and `languages` with how many people have each, the most first."""

    people: int
    opted_out: int
    with_consent: int
    zones: list[tuple[str, int]]
    languages: list[tuple[str, int]]
    imports: list[ContactImport]
    campaigns: list[tuple[int, str]]


def facts(session: Session, found: ContactList) -> ListFacts:
    """What is known of everybody on the list, in one look at them."""
    opted_out = exists().where(
        col(OptOut.phone) == Contact.phone, col(OptOut.kind) == Ban.OPT_OUT, col(OptOut.lifted_at).is_(None)
    )
    has_consent = exists().where(col(Consent.phone) == Contact.phone)
    groups = col(Contact.zones), col(Contact.language)
    look = (
        select(*groups, func.count().label("people"), _sum(opted_out).label("out"), _sum(has_consent).label("proof"))
        .join(ListMember, col(ListMember.contact_id) == Contact.id)
        .where(col(ListMember.list_id) == found.id)
        .group_by(*groups)
    )
    rows = session.connection().execute(look).all()
    zones: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    for row in rows:
        zones[place(row.zones)] += row.people
        languages[row.language] += row.people
    return ListFacts(
        sum(row.people for row in rows),
        sum(row.out for row in rows),
        sum(row.proof for row in rows),
        zones.most_common(),
        languages.most_common(),
        _imports(session, found),
        queries.campaigns_using(session, found),
    )


def _sum(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))


def _imports(session: Session, found: ContactList) -> list[ContactImport]:
    done = col(ContactImport.status).in_((ImportStatus.DONE, ImportStatus.CANCELED))
    onto = select(ContactImport).where(col(ContactImport.list_id) == found.id, done)
    return list(session.scalars(onto.order_by(col(ContactImport.id))))
