"""Workbooks as people save them, and what only looks like one."""

import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from phonebank.contacts import xlsx_rows
from phonebank.contacts.rows import Row
from phonebank.errors import BadInputError


def workbook(*sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, lines in enumerate(sheets):
        sheet = book.create_sheet(f"Sheet {number}")
        for line in lines:
            sheet.append(line)
    return saved(book)


def saved(book):
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    return stream


def archive(**parts):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in parts.items():
            out.writestr(name.replace("__", "/").replace("_DOT_", "."), content)
    stream.seek(0)
    return stream


def test_numbers_days_and_words_are_read_as_a_person_meant_them():
    read = xlsx_rows.read(
        workbook(
            [
                ["Name", "Phone", "Zip", "Joined", "Score", "Vip", ""],
                [" José ", 2125550123, 2138, datetime(2026, 1, 2), 1.5, True],
                [],
                ["Ana", 2125550123.0, "02139", date(2026, 1, 3), None, False],
            ],
        ),
    )
    assert read.header == ["Name", "Phone", "Zip", "Joined", "Score", "Vip"]
    assert list(read.rows) == [
        Row(2, ["José", "2125550123", "2138", "2026-01-02", "1.5", "TRUE"]),
        Row(4, ["Ana", "2125550123", "02139", "2026-01-03", "", "FALSE"]),
    ]


def test_the_first_sheet_with_rows_is_the_list():
    assert xlsx_rows.read(workbook([], [["Phone"], ["1"]])).header == ["Phone"]


def test_a_hidden_sheet_is_not_taken_before_a_shown_one():
    book = openpyxl.Workbook()
    book.active.append(["hidden"])
    book.create_sheet("shown").append(["Phone"])
    book.active.sheet_state = "hidden"
    assert xlsx_rows.read(saved(book)).header == ["Phone"]


def test_a_row_wider_than_the_header_is_told():
    rows = list(xlsx_rows.read(workbook([["Phone"], ["1", "2"]])).rows)
    assert "1 more cell than the header" in rows[0].problem


@pytest.mark.parametrize(
    ("stream", "says"),
    [
        (workbook([]), "no rows"),
        (archive(word__document_DOT_xml="x"), "a Word document"),
        (archive(content_DOT_xml="x"), "an OpenDocument file"),
        (archive(photo_DOT_jpg="x"), "a ZIP archive"),
        (archive(xl__workbook_DOT_xml="<broken"), "damaged"),
        (io.BytesIO(b"PK\x03\x04 and then nothing"), "damaged"),
        (io.BytesIO(workbook([["Phone"], ["1"]]).getvalue()[:900]), "damaged"),
        (archive(xl__workbook_DOT_xml="x", xl__worksheets__sheet1_DOT_xml=b"0" * 200_000_000), "far more than a list"),
    ],
    ids=["blank", "docx", "ods", "zip", "broken", "stub", "cut", "bomb"],
)
def test_what_is_no_workbook_gets_a_clear_refusal(stream, says):
    with pytest.raises(BadInputError, match=says):
        list(xlsx_rows.read(stream).rows)


def test_a_sheet_damaged_in_its_middle_is_refused_when_reading_comes_there():
    whole = workbook([["Phone"], *([str(number)] for number in range(100))])
    damaged = io.BytesIO()
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(damaged, "w") as out:
        for name in source.namelist():
            content = source.read(name)
            out.writestr(name, content[: len(content) // 2] if "sheet1" in name else content)
    with pytest.raises(BadInputError, match="damaged"):
        list(xlsx_rows.read(damaged).rows)
