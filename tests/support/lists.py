"""Lists taken in, and what is stored then, for the tests of contacts."""

import io
from datetime import UTC, datetime

from sqlmodel import select

from phonebank import db
from phonebank.contacts.importing import Order, import_list
from phonebank.contacts.models import Consent, Contact, ContactList, ListMember

NOW = datetime(2027, 2, 1, 15, tzinfo=UTC)
ANA, BO, CY = "+12125550123", "+16465550199", "+13055550111"


def take(content, *, now=NOW, name="supporters", **order):
    stream = io.BytesIO(content if isinstance(content, bytes) else content.encode())
    return import_list(stream, Order(name, "amanda@example.org", **order), now=now)


def counts(**found):
    return {"rows": 0, "imported": 0, "updated": 0, "duplicates": 0, "opted_out": 0, "rejected": 0, **found}


def contact(phone):
    with db.reading() as session:
        found = session.exec(select(Contact).where(Contact.phone == phone)).one()
        session.expunge(found)
        return found


def everyone():
    with db.reading() as session:
        return session.exec(select(Contact.phone)).all()


def members(name="supporters"):
    with db.reading() as session:
        on_it = select(ListMember.contact_id).join(ContactList, ContactList.id == ListMember.list_id)
        query = select(Contact.phone).where(Contact.id.in_(on_it.where(ContactList.name == name)))
        return sorted(session.exec(query).all())


def consents():
    with db.reading() as session:
        return [(row.phone, row.source, row.recorded_by, row.recorded_at) for row in session.exec(select(Consent))]
