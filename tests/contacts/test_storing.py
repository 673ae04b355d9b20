"""Batches stored: whoever is in them already, however often, and whatever their cells say."""

import io
from datetime import UTC, datetime

import pytest
from sqlmodel import select

from phonebank import db
from phonebank.contacts import importing
from phonebank.contacts.importing import Order, import_list
from phonebank.contacts.models import Consent, Contact, ContactList, ListMember
from phonebank.optouts import ledger

NOW = datetime(2027, 2, 1, 15, tzinfo=UTC)
ANA, BO, CY = "+12125550123", "+16465550199", "+13055550111"

pytestmark = pytest.mark.usefixtures("database")


def take(content, *, now=NOW, name="supporters", **order):
    return import_list(io.BytesIO(content.encode()), Order(name, "amanda@example.org", **order), now=now)


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


def test_one_person_twenty_thousand_times_is_one_contact(monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 3_000)
    result = take("Name,Phone\n" + "Ana,(212) 555-0123\nAna Li,+12125550123\n" * 10_000, consent="form")
    assert result.counts == counts(rows=20_000, imported=1, duplicates=19_999)
    assert (everyone(), members(), contact(ANA).first_name) == ([ANA], [ANA], "Ana")
    assert consents() == [(ANA, "form", "amanda@example.org", NOW)]


def test_a_list_of_people_who_have_all_opted_out_is_kept_whole():
    with db.transaction() as session:
        for phone in (ANA, BO, CY):
            ledger.record(session, phone, because="STOP", by="their text", now=NOW)
    result = take(f"Phone\n{ANA}\n{BO}\n{CY}\n")
    assert result.counts == counts(rows=3, opted_out=3)
    assert members() == sorted([ANA, BO, CY])


def test_whom_a_later_batch_knows_is_merged_and_joined_once(monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 2)
    take(f"Name,Phone,Zip\nCy,{CY},33101\n", name="first")
    lines = "".join(
        f"{name},{phone},\n" for name, phone in (("Ana", ANA), ("Bo", BO), ("", CY), ("Di", "+12065550144"))
    )
    for name in ("second", "second"):
        take("Name,Phone,Zip\n" + lines, name=name)
    assert members("second") == sorted([ANA, BO, CY, "+12065550144"])
    assert (contact(CY).first_name, contact(CY).zip) == ("Cy", "33101")
    assert len(everyone()) == 4


def test_cells_that_mean_something_to_the_database_are_kept_as_they_are():
    names = ("\\N", "a\\", "tab\tbed", "two\nlines", "\\.", "back\\tab", "plain")
    lines = "".join(f'"{name}",212555{number:04d},"{name} é"\n' for number, name in enumerate(names, 100))
    assert take("First Name,Phone,Note\n" + lines).counts == counts(rows=len(names), imported=len(names))
    for number, name in enumerate(names, 100):
        kept = contact(f"+1212555{number:04d}")
        assert (kept.first_name, kept.fields) == (name, {"note": f"{name} é"})
