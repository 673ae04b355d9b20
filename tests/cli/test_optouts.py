"""`phonebank optouts` as an operator types it."""

import pytest


def standing(phonebank):
    return [one["phone"] for one in phonebank.records("optouts", "list", "--json")]


def test_a_number_is_added_once_with_who_and_why_and_lifted(phonebank):
    phonebank.ok("optouts", "add", "(202) 555-0143", "--because", "said so at the door")

    assert "already" in phonebank.ok("optouts", "add", "+12025550143", "--because", "again")
    (entry,) = phonebank.records("optouts", "list", "--json")
    assert (entry["phone"], entry["because"]) == ("+12025550143", "said so at the door")
    assert "command line" in entry["by"]
    phonebank.ok("optouts", "lift", "202.555.0143", "--because", "wrote to Amanda")
    assert standing(phonebank) == []
    assert "not opted out" in phonebank.refused("optouts", "lift", "202.555.0143", "--because", "x")


def test_no_number_is_added_without_a_reason(phonebank):
    assert phonebank("optouts", "add", "202 555 0143").exit_code == 2
    assert "Say why" in phonebank.refused("optouts", "add", "202 555 0143", "--because", " ")


def test_what_is_no_number_is_refused(phonebank):
    assert "not a phone number" in phonebank.refused("optouts", "add", "nobody", "--because", "x")


@pytest.mark.parametrize(
    "content",
    [
        "Name,Phone\nElsa,202 555 0143\nBo,(202) 555-0144\n",
        "202 555 0143\n+12025550144\n",
        "Elsa;2025550143\nBo;2025550144\n",
        "\ufeffphone\n12025550143\n202-555-0144\n202-555-0144\nnothing\n",
    ],
)
def test_numbers_from_elsewhere_are_found_however_they_are_laid_out(phonebank, tmp_path, content):
    (tmp_path / "out.csv").write_text(content)

    phonebank.ok("optouts", "import", tmp_path / "out.csv")

    assert standing(phonebank) == ["+12025550143", "+12025550144"]


def test_a_row_without_a_number_is_named(phonebank, tmp_path):
    (tmp_path / "out.csv").write_text("phone\n2025550143\nnobody\n")

    told = phonebank("optouts", "import", tmp_path / "out.csv")

    assert (told.exit_code, "Line 3" in told.stderr) == (0, True)


def test_what_is_exported_can_be_imported_elsewhere(phonebank, tmp_path, monkeypatch):
    phonebank.ok("optouts", "add", "202 555 0143", "--because", '=HYPERLINK("x")')
    (tmp_path / "ledger.csv").write_text(phonebank.ok("optouts", "export"))

    assert "'=HYPERLINK" in (tmp_path / "ledger.csv").read_text()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.setenv("PHONEBANK_HOME", str(tmp_path / "elsewhere"))
    phonebank.ok("optouts", "import", tmp_path / "ledger.csv")
    assert standing(phonebank) == ["+12025550143"]


def test_a_file_that_is_not_there_is_one_sentence(phonebank, tmp_path):
    assert "cannot be read" in phonebank.refused("optouts", "import", tmp_path / "nothing.csv")
