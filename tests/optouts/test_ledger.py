"""The ledger: one standing ban of a kind a number, counted truthfully on either database, never deleted."""

import pytest

from phonebank import db
from phonebank.optouts import ledger, queries
from phonebank.optouts.models import Ban
from tests.support.factories import at_once, do

pytestmark = pytest.mark.usefixtures("database")
PHONE = "+12025550143"


def _record(clock, phone=PHONE, **more):
    return do(ledger.record, phone, because="texted “STOP”", by="their text", now=clock.now(), **more)


def _lift(clock, **more):
    return do(ledger.lift, PHONE, because="START", by="their text", now=clock.now(), **more)


def test_a_ban_is_new_once_and_again_after_it_was_lifted(clock):
    assert [_record(clock), _record(clock), _lift(clock), _lift(clock), _record(clock)] == [
        True,
        False,
        True,
        False,
        True,
    ]
    with db.reading() as session:
        assert len(list(queries.entries(session, only_standing=False))) == 2
        assert len(list(queries.entries(session))) == 1


def test_an_opt_out_and_a_hold_stand_apart(clock):
    assert _record(clock)
    assert _record(clock, kind=Ban.HOLD)
    assert _lift(clock, kind=Ban.HOLD)
    with db.reading() as session:
        assert list(queries.standing(session, PHONE)) == [Ban.OPT_OUT]


def test_threads_that_record_at_once_make_one_entry(clock):
    assert sum(at_once(4, lambda _: _record(clock))) == 1


def test_many_are_counted_as_they_are_new(clock):
    _record(clock)
    many = [f"+1202{number:07d}" for number in range(2_000_000, 2_007_000)] + [PHONE, PHONE]
    say = {"because": "from the old system", "by": "Ana", "now": clock.now()}
    assert do(ledger.record_many, many, **say) == 7000
    assert do(ledger.record_many, many, **say) == 0
    assert do(ledger.record_many, [], **say) == 0
