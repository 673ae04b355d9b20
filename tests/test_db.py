"""Transactions, moments and choices behave the same on both databases, and say plainly when they cannot."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, StatementError

from phonebank import db
from phonebank.contacts.models import Contact, ContactList
from phonebank.errors import UnavailableError
from phonebank.settings import Settings
from tests.support.campaigns import a_contact
from tests.support.factories import at_once, do, fresh

NOON = datetime(2027, 2, 3, 18, 0, 0, 123_456, tzinfo=UTC)


def _names():
    with db.reading() as session:
        return [row.name for row in session.execute(text("SELECT name FROM contact_list ORDER BY id"))]


def _add(session, name):
    session.add(ContactList(name=name, created_at=NOON))
    session.flush()


@pytest.mark.usefixtures("database")
class TestBoth:
    def test_a_moment_comes_back_as_it_went_in(self):
        elsewhere = NOON.astimezone(timezone(timedelta(hours=-8)))
        for at in (NOON, elsewhere, datetime(2027, 11, 7, 1, 30, fold=1, tzinfo=UTC)):
            row = a_contact(phone=f"+1202555{at.second:02d}{at.hour:02d}", created_at=at)
            do(lambda session, row=row: session.add(row))
            found = fresh(Contact, row.id).created_at
            assert (found, found.utcoffset()) == (at, timedelta(0))

    def test_a_moment_without_a_zone_is_refused(self):
        with pytest.raises(StatementError, match="without a zone"):
            do(_add_naive)

    def test_a_word_that_is_no_choice_is_refused_by_the_database_itself(self, database):
        with pytest.raises(IntegrityError), database.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO opt_out (phone, kind, because, recorded_by, recorded_at) VALUES ('+1', 'whim', '', '', :at)"
                ),
                {"at": NOON},
            )

    def test_what_fails_half_way_leaves_nothing(self):
        def half(session):
            _add(session, "one")
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            do(half)
        assert _names() == []

    def test_a_reader_never_stores_anything(self):
        with db.reading() as session:
            _add(session, "one")
        assert _names() == []

    def test_what_was_read_stays_readable(self):
        do(_add, "one")
        with db.reading() as session:
            found = session.get(ContactList, 1)
        assert found.name == "one"

    def test_a_reader_does_not_wait_for_a_writer(self):
        do(_add, "one")
        with db.transaction() as session:
            _add(session, "two")
            with ThreadPoolExecutor(1) as thread:
                assert thread.submit(_names).result(timeout=5) == ["one"]

    def test_writers_at_once_wait_for_one_another(self):
        def count_up(_thread):
            with db.transaction() as session:
                lock = " FOR UPDATE" if db.is_postgresql() else ""
                [row] = session.execute(text(f"SELECT id, name FROM contact_list{lock}"))
                session.execute(text("UPDATE contact_list SET name = :name"), {"name": str(int(row.name) + 1)})

        do(_add, "0")
        at_once(6, count_up)
        assert _names() == ["6"]

    def test_inserting_what_stands_changes_nothing(self):
        do(_add, "one")
        table = ContactList.__table__
        for _ in range(2):
            do(
                lambda session: session.connection().execute(
                    db.insert_ignoring(table, session).values(name="one", created_at=NOON)
                )
            )
        assert _names() == ["one"]

    def test_a_forked_child_makes_connections_of_its_own(self):
        do(_add, "one")
        child = os.fork()
        if child == 0:
            try:
                do(_add, "from the child")
                os._exit(0)
            except BaseException:
                os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        do(_add, "two")
        assert sorted(_names()) == ["from the child", "one", "two"]


def _add_naive(session):
    session.add(ContactList(name="one", created_at=NOON.replace(tzinfo=None)))
    session.flush()


@pytest.mark.database("sqlite")
def test_a_commit_on_sqlite_outlives_a_power_cut(database):
    with database.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_database_that_is_not_there_is_one_sentence():
    for url in ("postgresql://nobody@127.0.0.1:1/none", "sqlite:////no/such/folder/rows.db"):
        db.configure(Settings(database_url=url).database)
        with pytest.raises(UnavailableError, match="The database does not answer") as refused, db.told_plainly():
            _names()
        assert "\n" not in str(refused.value)


def test_an_error_never_shows_what_was_being_stored(database):
    with pytest.raises(IntegrityError) as wrong:
        do(lambda session: [session.add(a_contact()), session.add(a_contact()), session.flush()])
    assert "Elsa" not in str(wrong.value)
