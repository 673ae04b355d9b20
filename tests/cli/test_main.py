"""The door of the command line: help, exit statuses, sentences instead of tracebacks, a fast start."""

import os
import subprocess
import sys

import pytest

from phonebank import db
from phonebank.cli import main


def test_help_names_every_noun_and_imports_none(phonebank):
    told = phonebank.ok("--help")

    assert all(noun in told for noun in ("run", "campaigns", "contacts", "optouts", "people", "trace", "db"))


def test_wrong_usage_is_exit_2(phonebank):
    assert phonebank("nonsense").exit_code == 2
    assert phonebank("db", "backup").exit_code == 2


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("nonsense", "DATABASE_URL is not an address"),
        ("mysql://somebody@127.0.0.1/rows", "DATABASE_URL is not an address"),
        ("postgresql://nobody:hunter2@127.0.0.1:1/rows", "does not answer"),
        ("sqlite:////nowhere/at/all/rows.db", "cannot be opened"),
    ],
)
def test_a_database_that_cannot_be_reached_is_one_sentence(phonebank, monkeypatch, url, sentence):
    monkeypatch.setenv("DATABASE_URL", url)

    told = phonebank.refused("db", "upgrade")

    assert sentence in told
    assert "hunter2" not in told
    assert len(told.splitlines()) == 1


def test_a_file_that_is_no_database_is_one_sentence(phonebank, home):
    (home / "var").mkdir()
    (home / "var" / "phonebank.db").write_text("not a database at all, but long enough to look like one" * 50)

    assert "not a database" in phonebank.refused("db", "upgrade")


def test_a_home_that_does_not_exist_is_named(phonebank, monkeypatch, tmp_path):
    monkeypatch.setenv("PHONEBANK_HOME", str(tmp_path / "nowhere"))

    assert "There is no folder" in phonebank.refused("db", "upgrade")


def test_a_wrong_setting_is_one_sentence(phonebank, home):
    (home / ".env").write_text("SECRET_KEY=short\n")

    assert "SECRET_KEY" in phonebank.refused("db", "upgrade")


def test_a_database_in_use_is_one_sentence(phonebank, home, monkeypatch):
    phonebank.ok("db", "upgrade")
    monkeypatch.setattr(db, "_SQLITE_PRAGMAS", ("PRAGMA busy_timeout=10",))
    engine = db.configure(f"sqlite:///{home / 'var' / 'phonebank.db'}")
    with engine.begin():
        assert "in use by another program" in phonebank.refused("db", "upgrade")


def test_the_command_starts_fast_and_alone():
    loaded = (
        "import sys; from phonebank.cli import main; print(sorted(set(sys.modules) & {'sqlalchemy', 'flask', 'rq'}))"
    )
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True, env=os.environ)

    assert done.stdout.strip() == "[]"
    assert main.name == "main"
