"""Uploading a list, watching it being read, and mending what was rejected."""

from html import unescape

import pytest
from sqlmodel import select

from phonebank import db
from phonebank.contacts import importing, queries, uploads
from phonebank.contacts.models import ContactImport
from tests.support import lists
from tests.support.importing import LIST, bring_in, columns_on, drop, read_it, upload
from workers import imports

pytestmark = [pytest.mark.database("sqlite"), pytest.mark.usefixtures("workers_open")]


@pytest.fixture
def organizer(visitor):
    return visitor("organizer")


def test_a_list_is_uploaded_read_and_shown(organizer):
    answer = upload(organizer)
    assert (answer.status_code, answer.location) == (303, "/contacts/imports/1")
    assert "Waiting to be read" in organizer.open("/contacts/imports/1")
    read_it()
    page = organizer.open("/contacts/imports/1")
    assert "Done" in page
    assert "rejected" in page
    assert "supporters" in organizer.open("/contacts")


def test_the_rejected_rows_come_back_as_a_file(organizer):
    upload(organizer)
    read_it()
    rejects = organizer.get("/contacts/imports/1/rejects.csv")
    assert rejects.mimetype == "text/csv"
    assert "attachment" in rejects.headers["Content-Disposition"]
    assert "not a number" in rejects.text
    assert "Elsa" not in rejects.text


def test_what_was_uploaded_is_not_kept_once_it_is_read(organizer):
    upload(organizer)
    read_it()
    with db.reading() as session:
        assert not uploads.has(session, 1, uploads.FILE)
        assert queries.imports_waiting(session) == []


@pytest.mark.parametrize(
    ("content", "file", "sentence"),
    [
        (b"%PDF-1.7 nonsense", "list.pdf", "This is a PDF"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "list.png", "This is a picture"),
        (b"", "list.csv", "The file is empty"),
        (LIST, "", "Choose a file"),
        (b"First Name,Phone\n", "list.csv", "nobody under them"),
        (b"Elsa,2025550143\n", "list.csv", "looks like a person"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_words_and_not_kept(organizer, content, file, sentence):
    answer = drop(organizer, content, file)
    assert answer.status_code == 400
    assert sentence in answer.text
    with db.reading() as session:
        assert session.get(ContactImport, 1) is None


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"list_name": " "}, "Name the list"),
        ({"list_name": "x" * 101}, "Name the list"),
        ({"list_id": "99"}, "no such list"),
        ({"region": "Q1"}, "Q1"),
        ({"column_1": ""}, "No column is the phone number"),
    ],
)
def test_a_form_that_cannot_be_used_says_why_and_imports_nothing(organizer, wrong, sentence):
    drop(organizer)
    answer = bring_in(organizer, **wrong)
    assert answer.status_code in {400, 404}
    assert sentence in unescape(answer.text)
    with db.reading() as session:
        assert session.get(ContactImport, 1).status == "draft"


def test_a_name_that_is_markup_is_only_words(organizer):
    upload(organizer, name="<script>alert(1)</script>", file="<img src=x>.csv")
    read_it()
    page = organizer.get("/contacts/imports/1").text + organizer.get("/contacts").text
    assert "<script>alert" not in page
    assert "<img" not in page


def test_a_match_can_be_mended(organizer):
    drop(organizer, b"Who,Nummer,Ort\nElsa,2025550143,DC\n")
    page = organizer.open("/contacts/imports/1/match")
    assert columns_on(page) == {"column_0": "who", "column_1": "phone", "column_2": "ort"}, "the numbers are seen"
    bring_in(organizer, column_0="first_name", column_2="state")
    read_it()
    assert (lists.contact("+12025550143").first_name, lists.contact("+12025550143").state) == ("Elsa", "DC")


def test_the_page_asks_again_only_while_something_changes(organizer):
    upload(organizer)
    page = organizer.get("/contacts/imports/1").text
    address = page.split('hx-get="')[1].split('"')[0].replace("&amp;", "&")
    assert organizer.get(address).status_code == 204
    read_it()
    news = organizer.get(address)
    assert "Done" in news.text
    assert "hx-get" not in news.text


def test_a_file_of_many_slices_is_read_whole(organizer):
    rows = b"".join(b"Person,+1312555%04d,,%s\n" % (number, b"x" * 200) for number in range(100, 200))
    content = b"First Name,Phone,ZIP,Notes\n" + rows * 60
    assert len(content) > 1_200_000
    organizer.open("/contacts/upload")
    token = f'--xx\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{organizer.token}\r\n'
    head = '--xx\r\nContent-Disposition: form-data; name="file"; filename="list.csv"\r\n\r\n'
    body = (token + head).encode() + content + b"\r\n--xx--\r\n"
    organizer.client.post("/contacts/upload", data=body, content_type="multipart/form-data; boundary=xx")
    bring_in(organizer)
    read_it()
    with db.reading() as session:
        assert session.get(ContactImport, 1).counts["rows"] == 6_000


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the parser leaves its half file open
def test_an_upload_that_is_cut_off_is_not_kept(organizer):
    organizer.open("/contacts/upload")
    token = f'--xx\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{organizer.token}\r\n'
    head = '--xx\r\nContent-Disposition: form-data; name="file"; filename="list.csv"\r\n\r\n'
    body = (token + head).encode() + LIST
    answer = organizer.client.post("/contacts/upload", data=body, content_type="multipart/form-data; boundary=xx")
    assert answer.status_code == 400
    with db.reading() as session:
        assert session.exec(select(ContactImport)).all() == []


def test_an_upload_that_is_too_large_says_so(organizer):
    organizer.open("/contacts/upload")
    too_much = {"CONTENT_LENGTH": "120000000", "CONTENT_TYPE": "multipart/form-data; boundary=xx"}
    answer = organizer.client.post("/contacts/upload", environ_overrides=too_much)
    assert answer.status_code == 413
    assert "larger than this page takes" in answer.text


def test_two_workers_do_not_read_one_list_at_once(organizer):
    upload(organizer)
    assert imports._seen_alive(1, first=True)
    read_it()
    with db.reading() as session:
        assert queries.imports_waiting(session) == [1]


def test_an_upload_that_waits_can_be_canceled(organizer):
    upload(organizer)
    assert "Cancel" in organizer.open("/contacts/imports/1")
    assert organizer.send("/contacts/imports/1/cancel").status_code == 303
    read_it()
    assert "Canceled" in organizer.open("/contacts/imports/1")
    with db.reading() as session:
        assert queries.imports_waiting(session) == []
        assert not uploads.has(session, 1, uploads.FILE)
    assert organizer.send("/contacts/imports/1/cancel").status_code == 409


def test_a_cancel_stops_at_the_next_batch_and_says_what_is_stored(organizer, monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 10)
    rows = "".join(f"Ana,+1312555{number:04d}\n" for number in range(100, 150))
    upload(organizer, f"First Name,Phone\n{rows}".encode())
    organizer.open("/contacts/imports/1")
    alive = imports._seen_alive

    def canceled_meanwhile(import_id, *, first=False):
        if not first and not canceled:
            canceled.append(organizer.send("/contacts/imports/1/cancel"))
        return alive(import_id, first=first)

    canceled = []
    monkeypatch.setattr(imports, "_seen_alive", canceled_meanwhile)
    read_it()
    with db.reading() as session:
        kept = session.get(ContactImport, 1)
        assert (kept.status, kept.counts["imported"]) == ("canceled", 10)
    assert "10 new people" in organizer.open("/contacts/imports/1")
