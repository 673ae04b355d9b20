"""`phonebank handoffs list` on both kinds of database."""

import pytest

from phonebank import db
from phonebank.handoffs import lifecycle
from phonebank.settings import Settings
from tests.support import conversations as make


@pytest.fixture
def laid_out(blank_database_url, monkeypatch, phonebank):
    """A database in this version's shape, named by the environment."""
    monkeypatch.setenv("DATABASE_URL", blank_database_url)
    phonebank.ok("db", "upgrade")
    db.configure(Settings(database_url=blank_database_url).database)
    yield
    db.engine().dispose()


def test_nobody_waiting_prints_no_line(laid_out, phonebank):
    assert phonebank.records("handoffs", "list", "--json") == []
    assert phonebank.ok("handoffs", "list").split()[:2] == ["id", "status"]


def test_the_oldest_comes_first_whoever_holds_it(laid_out, phonebank, clock, monkeypatch):
    monkeypatch.setattr("phonebank.cli.opening.clock.follow", lambda _path: None)  # keep the test's own clock
    with db.transaction() as session:
        drive, ana = make.campaign(session, clock.now(), name="RCV"), make.person(session, clock.now(), "Ana")
        rosa = make.handed_off(
            session, make.supporter(session, drive, clock.now()), clock.now(), "mayb\u00e9 \U0001f914"
        )
    clock.pass_by(seconds=90)
    with db.transaction() as session:
        luis = make.supporter(session, drive, clock.now(), "Luis")
        stop = make.handed_off(session, luis, clock.now(), "make it stop", reason="may_opt_out", urgency=0)
        lifecycle.claim(session, stop, ana, clock.now())
    clock.pass_by(seconds=30)
    assert phonebank.records("handoffs", "list", "--json") == [
        {
            "id": rosa,
            "campaign": "RCV",
            "first_name": "Rosa",
            "reason": "maybe",
            "status": "open",
            "waiting_s": 120,
            "claimed_by": None,
            "last_text": "maybé 🤔",
        },
        {
            "id": stop,
            "campaign": "RCV",
            "first_name": "Luis",
            "reason": "may_opt_out",
            "status": "claimed",
            "waiting_s": 30,
            "claimed_by": "Ana",
            "last_text": "make it stop",
        },
    ]
    assert phonebank.ok("handoffs", "list", "--json").isascii()
    assert "Rosa" in phonebank.ok("handoffs", "list")
    clock.pass_by(minutes=10)
    assert [one["status"] for one in phonebank.records("handoffs", "list", "--json")] == ["open", "open"]
