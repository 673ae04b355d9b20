"""Requests that write at the same moment share a transaction, and each is told of its own failure alone."""

from threading import Barrier, Event, Thread

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import col, select

from phonebank import db
from phonebank.messages.models import StrayReport
from phonebank.web.shared_writes import SharedWrites
from tests.support.winding import WEDNESDAY_NOON_IN_CHICAGO as NOW

pytestmark = pytest.mark.usefixtures("database")


def keeping(about):
    return lambda session: session.add(StrayReport(about=about, carrier_sid="SM", status="sent", received_at=NOW))


def kept():
    with db.reading() as session:
        return sorted(session.exec(select(col(StrayReport.about))))


def at_once(writes, verbs):
    """What each of these verbs, all waiting for one that is being written, raised."""
    begun, may_end, raised = Event(), Event(), {}

    def first(session):
        begun.set()
        assert may_end.wait(10)

    def tell(name, verb):
        try:
            writes.write(verb)
        except Exception as wrong:
            raised[name] = wrong

    threads = [Thread(target=tell, args=(name, verb)) for name, verb in verbs.items()]
    leader = Thread(target=writes.write, args=(first,))
    leader.start()
    assert begun.wait(10)
    for thread in threads:
        thread.start()
    while len(writes._waiting) < len(verbs) and not db.is_postgresql():
        may_end.wait(0.01)
    may_end.set()
    for thread in (leader, *threads):
        thread.join(20)
    return raised


def test_everything_written_at_once_is_kept():
    writes = SharedWrites()
    assert at_once(writes, {name: keeping(name) for name in "abcdef"}) == {}
    assert kept() == [*"abcdef"]


@pytest.mark.database("sqlite")
def test_those_who_wait_share_one_transaction():
    writes, sessions = SharedWrites(), set()
    at_once(writes, dict.fromkeys("abc", lambda session: sessions.add(id(session))))
    assert len(sessions) == 1


def test_one_that_cannot_be_written_spoils_nobody_elses():
    raised = at_once(SharedWrites(), {"a": keeping("a"), "bad": lambda _: 1 / 0, "c": keeping("c")})
    assert list(raised) == ["bad"]
    assert isinstance(raised["bad"], ZeroDivisionError)
    assert kept() == ["a", "c"]


def test_a_database_that_is_away_is_told_to_everybody():
    def gone(_session):
        raise OperationalError("INSERT", {}, Exception("down"))

    raised = at_once(SharedWrites(), {"a": gone, "b": gone})
    assert set(raised) == {"a", "b"}
    assert kept() == []


def test_what_is_told_as_written_is_written():
    writes, barrier = SharedWrites(), Barrier(8)

    def write(number):
        barrier.wait(10)
        for nth in range(10):
            writes.write(keeping(f"{number}-{nth}"))
            with db.reading() as session:
                assert session.exec(select(StrayReport).where(StrayReport.about == f"{number}-{nth}")).first()

    threads = [Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(kept()) == 80
