"""Downloads and opt-outs from elsewhere: who may, what is in them, and what the trail keeps."""

import csv
import io

import pytest
from sqlmodel import select

from phonebank import db
from phonebank.intents import Outcome
from phonebank.messages.models import Message, MessageStatus
from phonebank.optouts import queries
from phonebank.people.models import AuditEntry, Deed, Role
from phonebank.recipients.models import Recipient, RecipientStatus
from phonebank.web import exports
from tests.support import conversations as make
from tests.support import factories
from tests.support.factories import fresh, update

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def organizer(volunteer):
    return volunteer("Amanda", Role.ORGANIZER)


@pytest.fixture
def rosa(drive, clock):
    with db.transaction() as session:
        who = make.supporter(session, drive, clock.now(), "Rosa <b>")
    update(Recipient, who.id, outcome=Outcome.YES, asked_at=clock.now())
    return who


def trail():
    with db.reading() as session:
        return [(one.deed, one.about, one.detail) for one in session.exec(select(AuditEntry))]


def test_a_download_says_how_many_rows_it_has_and_stands_in_the_trail(organizer, drive, rosa):
    answer = organizer.get(f"/campaigns/{drive.id}/exports/recipients.csv")
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert (row["first_name"], row["phone"], row["outcome"]) == ("Rosa <b>", rosa.phone, "yes")
    assert answer.headers["Content-Disposition"].endswith('-recipients-1-row.csv"')
    assert (answer.mimetype, answer.headers["X-Rows"]) == ("text/csv", "1")
    assert answer.content_length is None, "streamed: nobody knows how long it gets"
    assert trail() == [(Deed.EXPORTED, drive.name, "recipients: 1 rows")]
    assert rosa.phone not in str(trail())


def test_every_export_of_the_pages_can_be_downloaded(organizer, drive, rosa):
    found = 0
    for path in ("/exports", f"/campaigns/{drive.id}/exports"):
        page = organizer.open(path)
        for address in {part.split('"')[0] for part in page.split('href="')[1:] if ".csv" in part.split('"')[0]}:
            assert organizer.get(address).status_code == 200, address
            found += 1
    assert found == 24
    assert len(trail()) == found


def test_looking_before_a_download_is_no_download(organizer, drive):
    assert organizer.client.head(f"/campaigns/{drive.id}/exports/recipients.csv").status_code == 200
    assert trail() == []


def test_a_volunteer_and_a_stranger_export_nothing(volunteer, client, drive):
    for path in ("/exports", "/exports/messages.csv", f"/campaigns/{drive.id}/exports/van.csv"):
        assert volunteer("Ana").get(path).status_code == 403
        assert client.get(path).status_code == 303


def test_what_is_not_there_is_a_sentence(organizer, drive):
    for path in ("/exports/people.csv", "/campaigns/99/exports", "/campaigns/99/exports/van.csv"):
        assert organizer.get(path).status_code == 404
    assert organizer.get("/exports/van.csv?outcome=banana").status_code == 400
    assert trail() == []


def test_too_many_downloads_at_once_wait_and_each_gives_its_place_back(organizer, drive, rosa):
    path = f"/campaigns/{drive.id}/exports/recipients.csv"
    opened = [organizer.client.get(path) for _ in range(3)]
    assert organizer.get(path).status_code == 503
    for answer in opened:
        answer.close()  # as a server does when the download is through, or the other side has gone
    assert organizer.get(path).status_code == 200
    assert exports.AT_ONCE._value == 3


def take_in(organizer, content, because="from Spoke"):
    organizer.open("/opt-outs/import")
    return organizer.follow("/opt-outs/import", {"file": (io.BytesIO(content), "spoke.csv"), "because": because})


def test_a_file_of_numbers_is_opted_out_with_counts_and_rejects(organizer, drive, clock):
    with db.transaction() as session:
        bo = factories.member(session, drive, clock.now(), first_name="Bo")
        text = factories.queued(session, bo, drive, clock.now())
    content = f"Name,Phone\nBo,{bo.phone}\nBo again,{bo.phone}\nCy,(415) 867-5309\n=Di,nobody\n".encode()
    page = take_in(organizer, content)
    for figure, label in ((2, "opted out now"), (0, "opted out already"), (1, "rows without a number")):
        assert f"<dt>{label}</dt><dd>{figure}</dd>" in page
    rejects = organizer.get("/opt-outs/files/1/rejects.csv").data.decode("utf-8-sig")
    assert next(csv.DictReader(io.StringIO(rejects)))["Line"] == "5"
    assert "\n=Di" not in rejects.replace(",=Di", "\n=Di"), "its cells are harmless, too"
    assert fresh(Message, text).status is MessageStatus.CANCELED
    assert fresh(Recipient, bo.id).status is RecipientStatus.EXCLUDED
    assert trail() == [(Deed.OPT_OUTS_IMPORTED, "spoke.csv", "2 new, 0 known, 1 unreadable")]
    assert "<dt>opted out already</dt><dd>2</dd>" in take_in(organizer, content), "sent twice, nothing is doubled"
    with db.reading() as session:
        entries = list(queries.entries(session))
    assert [(one.because, one.recorded_by.split(" ")[0]) for one in entries] == [("from Spoke", "Amanda")] * 2


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "empty"), (b"Name\nElsa\n", "No line"), (b"\x89PNG\r\n\x1a\n" + bytes(200), "")],
)
def test_a_file_that_is_no_list_opts_nobody_out(organizer, content, sentence):
    page = take_in(organizer, content)
    assert sentence in page
    assert 'role="alert"' in page
    with db.reading() as session:
        assert list(queries.entries(session)) == []


def test_a_form_without_a_file_says_so(organizer):
    organizer.open("/opt-outs/import")
    assert "Choose a file" in organizer.follow("/opt-outs/import", {"because": "x"})
    assert organizer.get("/opt-outs/files/9").status_code == 404
