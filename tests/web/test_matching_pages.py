"""The columns of an uploaded list: matched, mended, what that does; nothing imported twice, nothing lost."""

import io

import pytest
from sqlmodel import select

from phonebank import db
from phonebank.contacts import sampling
from phonebank.contacts.models import ContactImport, ImportChunk
from phonebank.people.models import AuditEntry
from tests.support import lists
from tests.support.importing import LIST, bring_in, columns_on, drop, figures, read_it, upload, words
from workers import counting

pytestmark = [pytest.mark.database("sqlite"), pytest.mark.usefixtures("workers_open")]


@pytest.fixture
def organizer(visitor):
    return visitor("organizer")


def test_what_a_choice_does_is_shown_before_anything_is_imported(organizer):
    lists.take("Phone\n2025550143\n", name="before")
    drop(organizer, b"First Name,Cell Phone\nElsa,2025550143\nHal,2025550144\nHal,202-555-0144\nNo,12\nNo,13\n")
    page = organizer.open("/contacts/imports/1/match")
    assert "Of all 5 rows" in words(page)
    assert "3 have a number that can be reached" in words(page)
    assert figures(page) == {
        "new people": "1",
        "known already, updated": "1",
        "rows with a number seen before": "1",
        "opted out, never reached": "0",
        "rows rejected": "2",
    }
    assert "line 5: No · 12" in words(page)
    assert "Eastern 2" in words(page)
    answer = organizer.send("/contacts/imports/1/match", {"column_1": ""}, headers={"HX-Request": "true"})
    assert "No column is the phone number yet" in answer.text
    with db.reading() as session:
        assert session.get(ContactImport, 1).status == "draft"
    assert lists.members() == []


def test_choices_are_kept_when_somebody_leaves_and_comes_back(organizer):
    drop(organizer, b"Who,Nummer\nElsa,2025550143\n")
    organizer.open("/contacts/imports/1/match")
    chosen = {"column_0": "first_name", "column_1": "phone", "region": "us"}
    assert organizer.send("/contacts/imports/1/match", chosen).location == "/contacts/imports/1/match"
    assert columns_on(organizer.open("/contacts/imports/1/match")) == {"column_0": "first_name", "column_1": "phone"}


def test_the_whole_of_a_large_file_is_counted_meanwhile(organizer, monkeypatch):
    monkeypatch.setattr(sampling, "MOST_ROWS", 10)
    rows = "".join(f"Ana,+1312555{number:04d}\n" for number in range(100, 150))
    drop(organizer, f"First Name,Phone\n{rows}Bad,1\n".encode())
    page = organizer.open("/contacts/imports/1/match")
    assert "Of the first 10 rows" in words(page)
    address = page.split('hx-get="')[1].split('"')[0]
    counting.turn("1")
    news = organizer.get(address)
    assert "Of all 51 rows" in words(news.text)
    assert figures(news.text)["new people"] == "50"
    assert "hx-get" not in news.text
    bring_in(organizer)
    counting.turn("1")
    read_it()
    assert len(lists.members()) == 50


def test_the_same_file_twice_is_the_same_draft_and_then_the_same_import(organizer):
    first, second = drop(organizer), drop(organizer)
    assert first.location == second.location
    assert "go on where it was left" in organizer.client.get("/contacts/imports/1/match").text
    bring_in(organizer)
    assert drop(organizer).location == "/contacts/imports/1"
    read_it()
    assert drop(organizer).location == "/contacts/imports/2", "it may go on another list"
    assert "This very file was imported before" in organizer.open("/contacts/imports/2/match")


def test_a_double_click_and_the_back_button_import_once(organizer):
    upload(organizer)
    again = organizer.send("/contacts/imports/1/import", {"list_name": "another", "region": "US"})
    assert (again.status_code, again.location) == (303, "/contacts/imports/1")
    assert organizer.get("/contacts/imports/1/match").location == "/contacts/imports/1"
    chosen = organizer.send("/contacts/imports/1/match", {}, headers={"HX-Request": "true"})
    assert chosen.headers["HX-Redirect"] == "/contacts/imports/1"
    read_it()
    read_it()
    with db.reading() as session:
        deeds = session.exec(select(AuditEntry)).all()
    assert [(deed.deed, deed.about) for deed in deeds] == [("imported", "supporters")]


def test_a_list_that_is_there_is_chosen_and_not_typed(organizer):
    lists.take("Phone\n2025550143\n")
    drop(organizer, b"Phone\n2025550144\n")
    assert "There is a list" in bring_in(organizer).text
    bring_in(organizer, list_id="1")
    read_it()
    assert len(lists.members()) == 2


def test_a_file_can_be_thrown_away(organizer):
    drop(organizer)
    organizer.open("/contacts/imports/1/match")
    assert organizer.send("/contacts/imports/1/discard").status_code == 303
    assert organizer.get("/contacts/imports/1").status_code == 404
    assert organizer.send("/contacts/imports/1/discard").status_code == 409
    with db.reading() as session:
        assert session.exec(select(ImportChunk)).all() == []


def test_a_file_sent_by_the_pages_script_is_answered_for_it(organizer):
    organizer.open("/contacts/upload")
    form = {"file": (io.BytesIO(LIST), "list.csv")}
    answer = organizer.send("/contacts/upload", form, headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == "/contacts/imports/1"
    wrong = organizer.send("/contacts/upload", {"file": (io.BytesIO(b""), "x.csv")}, headers={"HX-Request": "true"})
    assert "The file is empty" in wrong.text
    assert "<html" not in wrong.text
