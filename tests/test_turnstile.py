"""SQLite's writers go in one by one, in the order they came; who dies or never leaves holds nobody up for good."""

import subprocess
import sys
import threading
import time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from phonebank import db, turnstile

pytestmark = pytest.mark.database("sqlite")
_WRITE = text("INSERT INTO stray_report (about, carrier_sid, status, received_at) VALUES (:who, '', '', '2027-01-01')")
_HOLDER = """
import sys, time
from sqlalchemy import text
from phonebank import db
db.configure(sys.argv[1])
with db.transaction() as session:
    session.connection()
    print("in", flush=True)
    time.sleep(60)
"""


def _order(session):
    return [row[0] for row in session.connection().execute(text("SELECT about FROM stray_report ORDER BY id"))]


def test_who_came_first_writes_first(database):
    def write(who):
        with db.transaction() as session:
            session.connection().execute(_WRITE, {"who": who})

    threads = [threading.Thread(target=write, args=(str(number),)) for number in range(6)]
    with db.transaction() as session:
        session.connection().execute(_WRITE, {"who": "holder"})
        for thread in threads:
            thread.start()
            time.sleep(0.05)
    write("came last")
    for thread in threads:
        thread.join()
    with db.reading() as session:
        assert _order(session) == ["holder", "0", "1", "2", "3", "4", "5", "came last"]


def test_a_writer_of_another_process_that_is_killed_lets_the_next_one_in(database, database_url):
    holder = subprocess.Popen([sys.executable, "-c", _HOLDER, database_url], stdout=subprocess.PIPE)
    assert holder.stdout.readline() == b"in\n"
    done = threading.Event()

    def write():
        with db.transaction() as session:
            session.connection().execute(_WRITE, {"who": "next"})
        done.set()

    threading.Thread(target=write).start()
    assert not done.wait(0.3)
    holder.kill()
    holder.wait()
    holder.stdout.close()
    assert done.wait(10)


def test_a_transaction_that_fails_gives_its_turn_up(database):
    for _ in range(3):
        with pytest.raises(OperationalError), db.transaction() as session:
            session.connection().execute(text("INSERT INTO nowhere VALUES (1)"))
    with db.transaction() as session:
        session.connection().execute(_WRITE, {"who": "after"})


def test_readers_wait_for_nobody(database):
    with db.transaction() as writing:
        writing.connection().execute(_WRITE, {"who": "one"})
        with db.reading() as session:
            assert _order(session) == []


def test_who_never_leaves_is_not_waited_for_without_end(database, monkeypatch):
    monkeypatch.setattr(turnstile, "WAITS_S", 0.05)
    monkeypatch.setattr(db, "_LOCKED_S", 0.2)
    with db.transaction() as session:
        session.connection().execute(_WRITE, {"who": "one"})
        engine = db._engine(str(db.engine().url))
        with pytest.raises(OperationalError, match="locked"), engine.begin():
            pass
        engine.dispose()
