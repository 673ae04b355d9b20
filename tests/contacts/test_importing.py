"""A list taken in: one contact a number, whatever is in the file and whoever kills the import."""

import csv
import io
import os
import subprocess
from datetime import UTC, datetime

import openpyxl
import pytest
from sqlmodel import select

from phonebank import db
from phonebank.contacts import importing, storing
from phonebank.contacts.importing import Order, import_list
from phonebank.contacts.models import ContactList
from phonebank.errors import BadInputError
from phonebank.optouts import ledger, queries
from tests.support.lists import ANA, BO, CY, NOW, consents, contact, counts, everyone, members, take

LATER = datetime(2027, 2, 2, 15, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("database")


def test_people_are_stored_with_all_their_columns():
    result = take(
        "First Name,Last Name,Cell Phone,Email,Zip,Language,Connection,Precinct\n"
        "José,López,(212) 555-0123,j@example.org,2138,Spanish,came to our house party,7\n",
    )
    assert result.counts == counts(rows=1, imported=1)
    ana = contact(ANA)
    assert (ana.first_name, ana.last_name, ana.email, ana.zip) == ("José", "López", "j@example.org", "02138")
    assert (ana.state, ana.zones, ana.language) == ("MA", "America/New_York", "es")
    assert (ana.connection, ana.fields) == ("came to our house party", {"precinct": "7"})
    assert (ana.created_at, ana.updated_at) == (NOW, NOW)
    assert members() == [ANA]


def test_every_row_is_counted_once():
    with db.transaction() as session:
        ledger.record(session, CY, because="STOP", by="their text", now=NOW)
    take("Phone\n6465550199\n", name="other")
    result = take("Name,Phone\nAna,2125550123\nBo,6465550199\nAna again,+1 212 555 0123\nCy,3055550111\nDi,911\n")
    assert result.counts == counts(rows=5, imported=1, updated=1, duplicates=1, opted_out=1, rejected=1)
    assert result.counts["rows"] == sum(result.counts.values()) - result.counts["rows"]
    assert contact(ANA).first_name == "Ana"


def test_an_opted_out_number_is_reported_kept_and_never_revived():
    take("Phone\n3055550111\n")
    with db.transaction() as session:
        ledger.record(session, CY, because="STOP", by="their text", now=NOW)
    for spelling in ("(305) 555-0111", "+13055550111", "1-305-555-0111", "3055550111.0"):
        result = take(f"Phone,Consent\n{spelling},yes\n", name=spelling, now=LATER)
        assert result.counts == counts(rows=1, opted_out=1)
        with db.reading() as session:
            assert queries.is_opted_out(session, CY)
    assert contact(CY).phone == CY


def test_a_second_import_updates_and_blank_cells_take_nothing_away():
    take("First Name,Last Name,Phone,Zip,Precinct,Note\nAna,Li,2125550123,90210,7,old\n")
    result = take("First Name,Last Name,Phone,Zip,Note,Team\nAnnie,,2125550123,,new,red\n", now=LATER)
    assert result.counts == counts(rows=1, updated=1)
    ana = contact(ANA)
    assert (ana.first_name, ana.last_name, ana.zip, ana.state) == ("Annie", "Li", "90210", "CA")
    assert ana.zones == "America/Los_Angeles"
    assert ana.fields == {"precinct": "7", "note": "new", "team": "red"}
    assert (ana.created_at, ana.updated_at) == (NOW, LATER)


def test_an_import_that_says_nothing_new_changes_nothing():
    for now in (NOW, LATER):
        take("Name,Phone\nAna Li,2125550123\n", now=now)
    assert contact(ANA).updated_at == NOW


def test_a_later_zip_does_not_replace_a_time_zone_somebody_stated():
    take("Phone,Timezone\n2125550123,Hawaii\n")
    take("Phone,Zip\n2125550123,10001\n", now=LATER)
    assert contact(ANA).zones == "Pacific/Honolulu"
    assert contact(ANA).state == "NY"
    take("Phone,Timezone\n2125550123,Eastern\n", now=LATER)
    assert contact(ANA).zones == "America/New_York"


def test_a_number_on_two_lists_is_one_contact():
    take("Phone\n2125550123\n", name="first")
    take("Phone\n2125550123\n6465550199\n", name="second")
    assert members("first") == [ANA]
    assert members("second") == [ANA, BO]
    assert sorted(everyone()) == [ANA, BO]


def test_consent_is_kept_for_each_number_once():
    rows = "Phone,Consent\n2125550123,web form 2026\n6465550199,\n3055550111,yes\n"
    for now in (NOW, LATER):
        take(rows, now=now, consent="signed at the fair")
    by = ("amanda@example.org", NOW)
    assert sorted(consents()) == [
        (ANA, "web form 2026", *by),
        (CY, "the list's consent column says yes", *by),
        (BO, "signed at the fair", *by),
    ]


def test_a_dry_run_counts_the_same_and_writes_nothing():
    take("Phone\n6465550199\n", name="other")
    rows = "Phone\n2125550123\n6465550199\n911\n2125550123\n"
    dry = take(rows, dry_run=True, consent="x")
    assert dry.counts == counts(rows=4, imported=1, updated=1, duplicates=1, rejected=1)
    assert everyone() == [BO]
    assert consents() == []
    assert members() == []
    assert take(rows).counts == dry.counts


def test_rejected_rows_are_written_back_mended_and_imported_again(tmp_path):
    rejects = tmp_path / "rejects.csv"
    result = take(
        'Name,Phone,Note\nAna,2125550123,fine\n"O\'Brien, Al",646555019,"=HYPERLINK(""x"")"\n\nBo,+1646-555-01999,-5\nCy,3055550111,a,b\n',
        rejects=rejects,
    )
    assert [(each.line, each.because.split(":")[0]) for each in result.rejections] == [
        (3, "The phone number is too short"),
        (5, "The phone number is too long"),
        (6, "The row has 1 more cell than the header"),
    ]
    raw = rejects.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    written = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    assert written[0] == ["Name", "Phone", "Note", "Rejected line", "Rejected because"]
    assert written[1][:4] == ["O'Brien, Al", "646555019", '\'=HYPERLINK("x")', "3"]
    assert not [cell for row in written for cell in row if cell[:1] in {"=", "+", "-", "@"}]

    again = take(raw, rejects=rejects)
    assert again.counts == counts(rows=3, rejected=3)
    assert rejects.read_text("utf-8-sig").splitlines()[0].count(",") == 4

    mended = raw.replace(b"646555019,", b"6465550199,").replace(b"'+1646-555-01999", b"+1 305 555 0122")
    assert take(mended, rejects=rejects).counts == counts(rows=3, imported=2, rejected=1)
    assert contact(BO).fields == {"note": '=HYPERLINK("x")'}
    assert contact(BO).first_name == "Al"
    assert contact("+13055550122").fields == {"note": "-5"}


def test_a_list_may_be_mended_in_its_own_place(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("Phone\n2125550123\n911\n")
    result = import_list(path, Order("supporters", "me", rejects=path), now=NOW)
    assert result.rejected == 1
    assert path.read_text("utf-8-sig").splitlines()[1].startswith("911,3,")
    assert list(tmp_path.iterdir()) == [path]


def test_rejects_that_cannot_be_written_are_told_before_anything_is_stored(tmp_path):
    with pytest.raises(BadInputError, match="cannot be written"):
        take("Phone\n2125550123\n", rejects=tmp_path / "missing" / "rejects.csv")
    assert everyone() == []


def test_a_workbook_is_a_list_too():
    book = openpyxl.Workbook()
    for line in (["Name", "Phone", "Zip"], ["Ana Li", 2125550123, 2138], ["Bo", "911", None]):
        book.active.append(line)
    stream = io.BytesIO()
    book.save(stream)
    result = take(stream.getvalue())
    assert result.counts == counts(rows=2, imported=1, rejected=1)
    assert result.rejections[0].line == 3
    assert contact(ANA).zip == "02138"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "empty"),
        ("%PDF-1.7", "a PDF"),
        ("Who,Where\na,b\n", "--map phone=COLUMN"),
        ("Ana,2125550123\n", "first line"),
    ],
)
def test_a_file_that_is_no_list_stores_nothing(content, says):
    with pytest.raises(BadInputError, match=says):
        take(content)
    assert everyone() == []
    with db.reading() as session:
        assert session.exec(select(ContactList)).all() == []


def test_bad_orders_are_refused_first(tmp_path):
    with pytest.raises(BadInputError, match="ZZ"):
        take("Phone\n1\n", region="ZZ")
    with pytest.raises(BadInputError, match="needs a name"):
        take("Phone\n1\n", name=" ")
    with pytest.raises(BadInputError, match=r"missing\.csv cannot be read: No such file"):
        import_list(tmp_path / "missing.csv", Order("x", "me"), now=NOW)
    with pytest.raises(BadInputError, match="cannot be read"):
        import_list(tmp_path, Order("x", "me"), now=NOW)


def test_a_mapped_column_and_region_are_used():
    result = take("Who,Handy\nAda,07911 123456\n", mapping={"phone": "handy", "first_name": "who"}, region="GB")
    assert result.imported == 1
    assert contact("+447911123456").zones == "Europe/Guernsey|Europe/Isle_of_Man|Europe/London"
    assert contact("+447911123456").first_name == "Ada"


def test_a_pipe_is_read_to_its_end(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = subprocess.Popen(["/bin/sh", "-c", f'printf "Phone\\n2125550123\\n" > "{pipe}"'])
    assert import_list(pipe, Order("supporters", "me"), now=NOW).imported == 1
    writer.wait()


def test_names_that_are_markup_formulas_or_emoji_are_kept_as_they_are():
    name = "<script>alert(1)</script>{{ x }}🎉'; DROP TABLE contact; --"
    take(f'First Name,Phone\n"{name}",2125550123\n')
    assert contact(ANA).first_name == name


def test_an_import_killed_in_its_middle_is_run_again_with_the_right_result(monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 10)
    rows = "Name,Phone\n" + "".join(f"P{number},212555{number:04d}\n" for number in range(100, 150))

    def killed(so_far, _share):
        if so_far.rows >= 30:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_list(io.BytesIO(rows.encode()), Order("supporters", "me", consent="form"), now=NOW, progress=killed)
    assert 0 < len(everyone()) < 50
    result = take(rows, consent="form")
    assert result.imported + result.updated == 50
    assert len(everyone()) == len(set(members())) == len(consents()) == 50


def test_progress_is_told_after_each_batch(monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 10)
    rows = "Phone\n" + "".join(f"212555{number:04d}\n" for number in range(100, 135))
    told = []
    import_list(
        io.BytesIO(rows.encode()),
        Order("supporters", "me"),
        now=NOW,
        progress=lambda so_far, share: told.append((so_far.rows, share)),
    )
    assert [rows for rows, _ in told] == [10, 20, 30, 35]
    assert told[-1][1] == 1.0


@pytest.mark.database("postgresql")
def test_another_import_that_was_first_with_a_number_spoils_nothing(monkeypatch):
    take("Name,Phone\nAna,2125550123\n", name="first")
    monkeypatch.setattr(storing, "_known", lambda _session, _phones: {})  # as it was when this import looked
    take("Name,Phone\nBo,6465550199\nAna Li,2125550123\n", name="second", consent="form")
    assert members("second") == [ANA, BO]
    assert sorted(everyone()) == [ANA, BO]
    assert contact(ANA).last_name == "Li"
