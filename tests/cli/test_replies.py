"""`phonebank replies read`: JSON lines in, a reading of each out, in order, and one sentence for a bad line."""

import json

import pytest
from click.testing import CliRunner, Result

from phonebank.cli import main


def run(lines: bytes, *options: str) -> Result:
    return CliRunner().invoke(main, ["replies", "read", *options], input=lines)


def test_readings_come_in_the_order_of_the_lines_with_ids_as_given():
    asked = [
        {"id": 7, "text": "yes"},
        {"id": "b", "text": "STOP"},
        {"id": None, "text": "2", "sent": ["1 for yes, 2 for no"]},
    ]
    result = run("\n".join(map(json.dumps, asked)).encode(), "-", "--json")
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [(one["id"], one["intent"], one["acted"]) for one in told] == [
        (7, "yes", True),
        ("b", "opt_out", True),
        (None, "no", True),
    ]
    assert set(told[0]) == {"id", "intent", "confidence", "acted", "hold", "why", "named"}


def test_json_is_ascii_whatever_was_said():
    result = run('{"id":1,"text":"¿Mañana? 🙏 \\ud800"}\n'.encode(), "--json")
    assert result.exit_code == 0
    assert result.stdout.isascii()


def test_without_json_a_line_a_person_can_read():
    result = run(b'{"id":"a1","text":"Sorry, can\'t Saturday"}\n')
    assert result.exit_code == 0
    assert "a1" in result.stdout
    assert "not_now" in result.stdout
    assert "'can't Saturday' → not now" in result.stdout


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"nonsense", "Line 2 is not JSON"),
        (b"[1]", "Line 2 is not an object"),
        (b'{"id":1}', "Line 2 has no text"),
        (b'{"id":1,"text":3}', "Line 2 has no text"),
        (b'{"id":1,"text":"a","sent":3}', 'Line 2: "sent" must be'),
        (b'{"id":1,"text":"a","lang":3}', 'Line 2: "lang" must be'),
        (b'{"id":NaN,"text":"a"}', 'Line 2: "id" must be'),
        (b'{"text":"\xff"}', "Line 2 is not in UTF-8"),
        (b"[" * 100_000, "Line 2 is not JSON"),
    ],
)
def test_a_malformed_line_is_named_in_one_sentence(line: bytes, told: str):
    result = run(b'{"id":1,"text":"yes"}\n' + line + b"\n", "--json")
    assert result.exit_code == 1
    assert told in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert len(result.stdout.splitlines()) == 1  # what came before it was read


def test_a_byte_order_mark_and_blank_lines_are_passed_over():
    result = run(b'\xef\xbb\xbf{"id":1,"text":"yes"}\n\n{"id":2,"text":"no"}\n', "--json")
    assert [json.loads(line)["intent"] for line in result.stdout.splitlines()] == ["yes", "no"]


def test_it_needs_no_settings_and_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "nonsense://")
    assert run(b'{"text":"yes"}\n', "--json").exit_code == 0
    assert not list(tmp_path.iterdir())
