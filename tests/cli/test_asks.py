"""`phonebank asks check` reads a text or JSON lines and says one verdict an ask, and nothing else."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from phonebank.cli import main

HARD = "Hi Maria, it's Sam with Fair Maps. Can you knock on doors with us Saturday, May 8 at 10 am?"
WEAK = "Do you support ranked choice voting?"


def check(*arguments, given=None):
    return CliRunner().invoke(main, ["asks", "check", *arguments], input=given)


def test_a_whole_file_is_one_ask(tmp_path):
    file = tmp_path / "ask.txt"
    file.write_text(f"{HARD}\n\nReply STOP to end.\n")
    done = check(str(file), "--json")
    assert done.exit_code == 0
    [line] = done.stdout.splitlines()
    said = json.loads(line)
    assert list(said) == ["id", "verdict", "findings", "encoding", "segments", "rewrite"]
    assert (said["id"], said["verdict"], said["encoding"], said["segments"]) == (None, "hard", "GSM-7", 1)
    assert {frozenset(finding) for finding in said["findings"]} == {frozenset(["principle", "ok", "quote", "advice"])}


def test_json_lines_are_answered_in_order_and_in_ascii(tmp_path):
    rows = [
        {"id": "b", "text": WEAK},
        {"id": 2, "text": "¿Puede venir a la reunión el jueves a las 7?", "channel": "text"},
        {"id": ["x"], "text": HARD, "channel": "call"},
        {"id": None, "text": "\ud83d"},
        {"text": "", "channel": None},
    ]
    file = tmp_path / "asks.jsonl"
    file.write_text("\n" + "\n\n".join(json.dumps(row) for row in rows) + "\r\n", encoding="utf-8-sig")
    done = check(str(file), "--json")
    assert done.exit_code == 0, done.output
    assert done.stdout.isascii()
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == ["b", 2, ["x"], None, None]
    assert [answer["verdict"] for answer in answers] == ["weak", "hard", "hard", "weak", "weak"]


@pytest.mark.parametrize("arguments", [("-",), ()])
def test_standard_input_is_read(arguments):
    done = check(*arguments, "--json", given=json.dumps({"id": 1, "text": HARD}))
    assert json.loads(done.stdout)["verdict"] == "hard"


def test_a_template_in_braces_is_not_taken_for_json():
    done = check("--json", given="{{ first_name }}, can you knock on doors with us Saturday at 10 am?")
    assert json.loads(done.stdout)["verdict"] == "hard"


def test_people_get_the_verdict_the_words_and_what_to_do():
    done = check(given="Can you maybe knock on doors with us Saturday at 10 am?")
    assert done.exit_code == 0
    assert done.stdout.startswith("NEARLY\n")
    assert "confidence “maybe”: Take this out" in done.stdout
    assert "1 segment, GSM-7" in done.stdout


def test_a_soft_ask_comes_with_a_harder_wording():
    soft = "Would you be interested in phone banking with us on Tuesday at 6?"
    assert "Try: Can I count on you to phone bank with us on Tuesday at 6?" in check(given=soft).stdout
    assert json.loads(check("--json", given=soft).stdout)["rewrite"].startswith("Can I count on you")
    assert json.loads(check("--json", given=HARD).stdout)["rewrite"] is None


def test_words_from_a_text_cannot_drive_the_terminal():
    done = check(given='{"id": "\\u001b[2J", "text": "Can you maybe\\u001b[31m come?"}')
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (b'{"id": 1, "text": "x"}\n{bad\n', "Line 2 of what came in is not JSON"),
        (b'{"id": 1, "text": "x"}\n[1]\n', "Line 2 of what came in has no text"),
        (b'{"id": 1}', "Line 1 of what came in has no text"),
        (b'{"id": 1, "text": 5}', "Line 1 of what came in has no text"),
        (b'{"id": NaN, "text": "x"}', "Line 1 of what came in is not JSON"),
        (b'{\n  "id": 1\n}', "Line 1 of what came in is not JSON"),
        (b'{"id": ' + b"[" * 100_000, "Line 1 of what came in is not JSON"),
        (b'{"id": 1, "text": "x", "channel": "pigeon"}', "Line 1 of what came in has an unknown channel"),
        (b"%PDF-1.7\n\xe2\xe3\xcf\xd3\x80", "What came in is not text"),
        (b"PK\x03\x04\x00\x00", "What came in is not text"),
    ],
)
def test_bad_input_is_refused_in_one_sentence_before_anything_is_said(given, sentence):
    done = check("--json", given=given)
    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr.startswith(sentence)
    assert len(done.stderr.splitlines()) == 1


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path):
    for place in (tmp_path / "none.txt", tmp_path):
        done = check(str(place))
        assert done.exit_code == 1
        assert len(done.stderr.splitlines()) == 1


def test_an_empty_text_is_a_weak_ask_not_an_error():
    assert json.loads(check("--json", given="").stdout)["verdict"] == "weak"


def test_it_opens_no_settings_and_writes_nothing(tmp_path):
    (tmp_path / ".env").write_text("DATABASE_URL=nonsense\nSECRET_KEY=short\n")
    done = subprocess.run(
        [sys.executable, "-c", "from phonebank.cli import main; main()", "asks", "check", "-", "--json"],
        input=HARD,
        cwd=tmp_path,
        env={"PHONEBANK_HOME": str(tmp_path), "LANG": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["verdict"] == "hard"
    assert [path.name for path in tmp_path.iterdir()] == [".env"]
