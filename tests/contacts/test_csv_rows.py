"""Lists as programs write them, and files that are no list."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phonebank.contacts import csv_rows
from phonebank.contacts.rows import Row, escaped, unescaped
from phonebank.errors import BadInputError

LIST = "First Name,Phone\nJosé,2125550123\nBeyoncé,6465550199\n"
PEOPLE = [["José", "2125550123"], ["Beyoncé", "6465550199"]]


def table(content):
    return csv_rows.read(io.BytesIO(content if isinstance(content, bytes) else content.encode()))


def rows(content):
    return list(table(content).rows)


def cells(content):
    return [row.cells for row in rows(content)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_a_list_is_read_in_each_encoding(encoding, newline):
    read = table(LIST.replace("\n", newline).encode(encoding))
    assert read.header == ["First Name", "Phone"]
    assert [row.cells for row in read.rows] == PEOPLE


def test_a_windows_name_late_in_a_utf_8_list_spoils_no_other():
    content = LIST.encode() + b"x,1\n" * 50_000 + "Zoë,3055550111\n".encode("cp1252")
    read = cells(content)
    assert read[0] == ["José", "2125550123"]
    assert read[-1] == ["Zoë", "3055550111"]


@pytest.mark.parametrize("delimiter", [",", ";", "|", "\t"])
def test_the_delimiter_is_found(delimiter):
    assert cells(LIST.replace(",", delimiter)) == PEOPLE


def test_the_delimiter_is_what_cuts_all_lines_alike():
    assert table('Name;"Phone; cell";Notes\n"Li, Wei";2125550123;a, b, c\n"Ng, Al";6465550199;d, e\n').header == [
        "Name",
        "Phone; cell",
        "Notes",
    ]
    assert table("Name (last, first);Phone\nLi, Wei;2125550123\n").header == ["Name (last, first)", "Phone"]


def test_excels_own_hint_is_obeyed_and_counted():
    read = rows("sep=;\nName;Phone\nAna;2125550123\n")
    assert read == [Row(3, ["Ana", "2125550123"])]


def test_one_column_alone_is_a_list():
    assert cells("phone\n2125550123\n\n6465550199\n") == [["2125550123"], ["6465550199"]]


def test_a_quoted_cell_may_hold_lines_delimiters_and_quotation_marks():
    read = rows('Name,Notes,Phone\n"Li, Wei","said ""yes""\nthen left",1\nAna,,2\n')
    assert read == [Row(2, ["Li, Wei", 'said "yes"\nthen left', "1"]), Row(4, ["Ana", "", "2"])]


def test_lines_are_counted_as_an_editor_counts_them():
    assert [row.line for row in rows('\n\nA,B\n\n"x\ny",1\n\n\nz,2\n')] == [5, 9]


def test_short_rows_are_filled_and_blank_cells_too_many_dropped():
    assert cells("A,B,C\n1\n1,2\n1,2,3,,\n,,,,\n") == [["1", "", ""], ["1", "2", ""], ["1", "2", "3"]]


def test_a_row_with_more_cells_than_the_header_says_how_many():
    wide = rows("A,B\n1,2,3,,4\n")[0]
    assert "2 more cells than the header" in wide.problem
    assert wide.cells == ["1", "2", "3", "", "4"]


def test_a_stray_quotation_mark_spoils_its_own_line_only():
    read = rows('Name,Phone\n"Bob,2125550123\nAna,6465550199\nEve,3055550111\n')
    assert [row.line for row in read] == [2, 3, 4]
    assert "never closed" in read[0].problem
    assert [row.cells for row in read[1:]] == [["Ana", "6465550199"], ["Eve", "3055550111"]]


def test_a_stray_quotation_mark_does_not_swallow_a_quoted_line_after_it():
    read = rows('Name,Phone\n"Bob,2125550123\n"Ana",6465550199\n"Eve",3055550111\n')
    assert [row.cells for row in read[1:]] == [["Ana", "6465550199"], ["Eve", "3055550111"]]


def test_a_quotation_mark_inside_a_cell_must_be_doubled():
    read = rows('Name,Phone\n"Robert "Bob" Li",2125550123\nJim "J" Ng,6465550199\n')
    assert "twice" in read[0].problem
    assert read[1] == Row(3, ['Jim "J" Ng', "6465550199"])


def test_a_quote_that_never_closes_in_a_long_file_is_met_in_good_time():
    read = rows('Name,Phone\n"Bob,1\n' + "Ana,2\n" * 20_000)
    assert len(read) == 20_001


def test_stray_null_bytes_are_dropped():
    assert cells(LIST.encode() + b"Al\0ex,9\0\n" + b"x,1\n" * 100)[2] == ["Alex", "9"]


def test_a_line_longer_than_any_list_has_is_named_and_not_loaded():
    class Endless(io.RawIOBase):
        given = 0

        def readable(self):
            return True

        def seekable(self):
            return True

        def seek(self, offset, _whence=0):
            self.at = offset
            return offset

        def readinto(self, buffer):
            Endless.given += len(buffer)
            buffer[:] = b"x" * len(buffer)
            if self.at == 0:
                buffer[: len(LIST.encode())] = LIST.encode()
            self.at += len(buffer)
            return len(buffer)

    with pytest.raises(BadInputError, match=r"Line 4 is longer"):
        list(csv_rows.read(io.BufferedReader(Endless())).rows)
    assert Endless.given < 5_000_000


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n \n", "empty"),
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF"),
        (b"\n%PDF-1.7", "a PDF"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"\xff\xd8\xff\xe0", "a picture"),
        (b"GIF89a", "a picture"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", r"old Excel file \(.xls\).*CSV or XLSX"),
        (b"\x1f\x8b\x08", "compressed"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"\xef\xbb\xbf  <HTML><table>", "a web page"),
        (b'[{"phone": "2125550123"}]', "JSON"),
        (bytes(range(256)) * 20, "a binary file"),
        (b"\0" * 5000, "empty"),
    ],
)
def test_what_is_no_list_is_called_by_its_name(content, says):
    with pytest.raises(BadInputError, match=says):
        table(content)


def test_a_header_of_a_hundred_thousand_columns_is_refused():
    with pytest.raises(BadInputError, match="1000 at most"):
        table("a," * 100_000)


def test_a_cell_of_a_hundred_thousand_characters_is_read():
    assert len(cells("A,B\n" + "x" * 200_000 + ",1\n")[0][0]) == 200_000
    assert "longer than" in rows('A,B\n"' + "x" * 200_000 + '",1\n')[0].problem


def test_an_unreadable_header_names_its_line():
    with pytest.raises(BadInputError, match="Line 1, the header"):
        table('"Name,Phone\nAna,2125550123\n')


def test_the_stream_stays_open_for_its_owner():
    stream = io.BytesIO(LIST.encode())
    list(csv_rows.read(stream).rows)
    assert not stream.closed


@pytest.mark.parametrize("cell", ["=1+1", "+12125550123", "-5", "@x", "'=1", "''=1", "O'Brien", "'tis", "plain", ""])
def test_a_formula_is_made_harmless_and_comes_back_as_it_was(cell):
    assert unescaped(escaped(cell)) == cell
    assert escaped(cell)[:1] not in {"=", "+", "-", "@"}


@given(st.binary(max_size=300))
def test_any_bytes_are_a_list_or_a_clear_refusal(content):
    try:
        read = table(content)
        assert all(row.problem or len(row.cells) == len(read.header) for row in read.rows)
    except BadInputError as refusal:
        said = str(refusal)
        assert said.endswith(".")


@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zs", "Zl", "Zp", "Cf"))),
            min_size=3,
            max_size=3,
        )
    ),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_csv_writes_is_read_back(people, encoding):
    import csv

    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerows([["A", "B", "C"], *people])
    expected = [[unescaped(cell.strip()) for cell in person] for person in people]
    assert cells(out.getvalue().encode(encoding)) == [person for person in expected if any(person)]
