"""The audit trail only grows: the database itself refuses anything else."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from phonebank import db
from phonebank.people import audit
from phonebank.people.models import AuditEntry, Deed


@pytest.fixture
def entry(database, clock):
    with db.transaction() as session:
        audit.record(session, Deed.LAUNCHED, by="Amanda (a@example.org)", about="Phone bank", now=clock.now())


@pytest.mark.parametrize("words", ["UPDATE audit_entry SET about = 'nothing'", "DELETE FROM audit_entry"])
def test_an_entry_is_never_changed_or_deleted(entry, words):
    with pytest.raises(DBAPIError, match="only grows"), db.transaction() as session:
        session.connection().execute(text(words))

    with db.reading() as session:
        assert [(kept.deed, kept.about) for kept in session.exec(select(AuditEntry))] == [(Deed.LAUNCHED, "Phone bank")]


def test_an_entry_of_a_deed_that_failed_is_not_kept(database, clock):
    with pytest.raises(ZeroDivisionError):
        _closes_and_fails(clock.now())

    with db.reading() as session:
        assert session.exec(select(AuditEntry)).all() == []


def _closes_and_fails(now):
    with db.transaction() as session:
        audit.record(session, Deed.CLOSED, by="the command line", about="Phone bank", now=now)
        raise ZeroDivisionError
