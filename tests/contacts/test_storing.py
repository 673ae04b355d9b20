"""Batches stored: whoever is in them already, however often, and whatever their cells say."""

import pytest

from phonebank import db
from phonebank.contacts import importing
from phonebank.optouts import ledger
from tests.support.lists import ANA, BO, CY, NOW, consents, contact, counts, everyone, members, take

pytestmark = pytest.mark.usefixtures("database")


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
