"""`phonebank db` on both kinds of database: upgrade, back up, restore."""

import sqlite3

import pytest
from sqlalchemy import text

from phonebank import clock, db
from phonebank.campaigns import lifecycle, queries
from phonebank.campaigns.models import CampaignStatus
from phonebank.optouts import ledger
from phonebank.optouts import queries as optouts
from phonebank.settings import Settings
from tests.support.campaigns import a_campaign

ELSA = "+12025550143"


@pytest.fixture
def url(blank_database_url, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", blank_database_url)
    yield Settings(database_url=blank_database_url).database
    db.engine().dispose()


@pytest.fixture
def full(url, phonebank):
    """A database with one opt-out and one running campaign."""
    phonebank.ok("db", "upgrade")
    db.configure(url)
    with db.transaction() as session:
        ledger.record(session, ELSA, because="said so", by="test", now=clock.now())
        campaign = a_campaign(session)
        lifecycle.launch(session, campaign.id, by="test", because=None, now=clock.now())
        lifecycle.begin(session, campaign.id, clock.now())
    return url


def wipe(url):
    engine = db.configure(url)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM opt_out"))


def test_upgrade_says_what_it_did(phonebank, url):
    assert "now in this version's shape" in phonebank.ok("db", "upgrade")
    assert "already in this version's shape" in phonebank.ok("db", "upgrade")


def test_a_newer_database_is_refused(phonebank, url):
    phonebank.ok("db", "upgrade")
    with db.configure(url).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    assert "newer version" in phonebank.refused("db", "upgrade")


def test_what_was_backed_up_comes_back_with_its_campaigns_paused(phonebank, full, tmp_path):
    phonebank.ok("db", "backup", tmp_path / "kept")
    wipe(full)

    told = phonebank("db", "restore", tmp_path / "kept", "--replace")

    assert told.exit_code == 0, told.stderr
    assert "Paused “Phone bank”" in told.stderr
    db.configure(full)
    with db.reading() as session:
        assert optouts.is_opted_out(session, ELSA)
        assert queries.by_name(session, "Phone bank").status is CampaignStatus.PAUSED


def test_a_backup_is_for_its_owner_alone_and_is_not_written_over(phonebank, full, tmp_path):
    phonebank.ok("backup", tmp_path / "kept")

    assert (tmp_path / "kept").stat().st_mode & 0o077 == 0
    assert "is there already" in phonebank.refused("db", "backup", tmp_path / "kept")
    phonebank.ok("db", "backup", tmp_path / "kept", "--replace")
    assert [left.name for left in tmp_path.iterdir() if left.name.startswith(".kept")] == []


def test_a_database_that_holds_something_is_not_replaced_unasked(phonebank, full, tmp_path):
    phonebank.ok("db", "backup", tmp_path / "kept")

    assert "--replace" in phonebank.refused("db", "restore", tmp_path / "kept")


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7 not a backup", b"SQLite format 3\x00 and then nothing of the kind"]
)
def test_a_file_that_is_no_backup_is_refused_and_nothing_is_lost(phonebank, full, tmp_path, content):
    (tmp_path / "odd").write_bytes(content)

    phonebank.refused("db", "restore", tmp_path / "odd", "--replace")

    db.configure(full)
    with db.reading() as session:
        assert optouts.is_opted_out(session, ELSA)


def test_a_damaged_backup_is_refused(phonebank, full, tmp_path):
    phonebank.ok("db", "backup", tmp_path / "kept")
    whole = (tmp_path / "kept").read_bytes()
    (tmp_path / "kept").write_bytes(whole[: len(whole) // 3])

    phonebank.refused("db", "restore", tmp_path / "kept", "--replace")


def test_a_backup_that_is_not_there_is_one_sentence(phonebank, url, tmp_path):
    assert "No such file" in phonebank.refused("db", "restore", tmp_path / "nothing")
    assert "Cannot write into" in phonebank.refused("db", "backup", tmp_path / "no" / "such" / "folder")


@pytest.mark.database("sqlite")
def test_a_backup_from_a_newer_version_is_refused(phonebank, full, tmp_path):
    phonebank.ok("db", "backup", tmp_path / "kept")
    with sqlite3.connect(tmp_path / "kept") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()

    assert "newer version" in phonebank.refused("db", "restore", tmp_path / "kept", "--replace")
