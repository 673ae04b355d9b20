"""Uploading a list, watching it being read, and mending what was rejected."""

import io

import pytest

from phonebank import db
from phonebank.contacts import importing, queries, uploads
from phonebank.contacts.models import ContactImport
from phonebank.errors import BadInputError
from phonebank.web.contacts import mapping
from workers import imports, opening

pytestmark = pytest.mark.database("sqlite")
LIST = b"First Name,Cell Phone,ZIP\nElsa,(202) 555-0143,20001\nHal,not a number,20002\n"


@pytest.fixture
def organizer(visitor, settings, monkeypatch):
    monkeypatch.setattr(opening._Opened, "settings", settings)
    return visitor("organizer")


def upload(organizer, content=LIST, name="supporters", file="list.csv", **more):
    organizer.open("/contacts/upload")
    form = {"list_name": name, "consent": "sign-up form", **more, "file": (io.BytesIO(content), file)}
    return organizer.send("/contacts/upload", form, content_type="multipart/form-data")


def read_it(import_id=1):
    imports.turn(str(import_id))


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


def test_a_file_that_is_no_list_is_refused_in_words(organizer):
    upload(organizer, b"%PDF-1.7 nonsense", file="list.pdf")
    read_it()
    page = organizer.open("/contacts/imports/1")
    assert "could not be read" in page
    assert "This is a PDF" in page


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"content": b""}, "The file is empty"),
        ({"file": ""}, "Choose a file"),
        ({"name": " "}, "Name the list"),
        ({"name": "x" * 101}, "Name the list"),
        ({"region": "Q1"}, "Q1"),
        ({"mapping": "phone Cell"}, "field = column"),
    ],
)
def test_a_form_that_cannot_be_used_says_why_and_keeps_nothing(organizer, wrong, sentence):
    answer = upload(organizer, **wrong)
    assert answer.status_code == 400
    assert sentence in answer.text
    with db.reading() as session:
        assert session.get(ContactImport, 1) is None


def test_a_name_that_is_markup_is_only_words(organizer):
    upload(organizer, name="<script>alert(1)</script>", file="<img src=x>.csv")
    read_it()
    page = organizer.get("/contacts/imports/1").text + organizer.get("/contacts").text
    assert "<script>alert" not in page
    assert "<img" not in page


def test_columns_can_be_named(organizer):
    upload(organizer, b"Who,Nummer\nElsa,2025550143\n", mapping="first_name = Who\r\nphone=Nummer\r\n")
    read_it()
    assert "1" in organizer.open("/contacts/imports/1")
    assert mapping("a = b = c\n\n") == {"a": "b = c"}
    with pytest.raises(BadInputError):
        mapping("= b")


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
    parts = {"csrf_token": organizer.token, "list_name": "supporters", "region": "US"}
    fields = "".join(
        f'--xx\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in parts.items()
    )
    head = '--xx\r\nContent-Disposition: form-data; name="file"; filename="list.csv"\r\n\r\n'
    body = (fields + head).encode() + content + b"\r\n--xx--\r\n"
    organizer.client.post("/contacts/upload", data=body, content_type="multipart/form-data; boundary=xx")
    read_it()
    with db.reading() as session:
        assert session.get(ContactImport, 1).counts["rows"] == 6_000


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
