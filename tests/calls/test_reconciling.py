"""A call in doubt is settled from the carrier's own log, and never dialed again while it may have rung."""

from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from phonebank.calls import lifecycle, reconciling
from phonebank.calls.models import Call, CallStatus
from phonebank.gateway import voice
from phonebank.gateway.contract import Failure, GatewayError, LoggedCall
from phonebank.settings import Settings
from tests.calls.conftest import SENDER, call_sid
from tests.support.factories import do, fresh, update

pytestmark = [pytest.mark.usefixtures("database"), pytest.mark.database("sqlite")]


class Log:
    """The carrier's log of calls, as a test fills it."""

    def __init__(self):
        self.calls, self.wrong = [], None

    async def calls_to(self, phone, since):
        if self.wrong:
            raise self.wrong
        return [one for one in self.calls if one.to == phone and one.created_at >= since]

    async def fetch_call(self, sid):
        return next((one for one in self.calls if one.sid == sid), None)


@pytest.fixture
def carrier(monkeypatch):
    log = Log()

    @asynccontextmanager
    async def dialing(_settings, in_flight=1):
        yield log

    monkeypatch.setattr(voice, "dialing", dialing)
    monkeypatch.setattr(reconciling.clock, "hurry", lambda: 1.0)
    return log


@pytest.fixture
def doubtful(somebody, queued, clock):
    """The id of a call that was claimed now, and of which nothing more is known."""
    call_id = queued(somebody())
    assert do(lifecycle.claim, SENDER, 5, by_machine=True, now=clock.now())
    return call_id


def look():
    return reconciling.settle_doubtful(Settings())


def logged(call_id, status="completed", **fields):
    row = fresh(Call, call_id)
    words = {"to": row.phone, "created_at": row.claimed_at, "answered_by": "human", "duration_s": 30, **fields}
    return LoggedCall(**{"sid": call_sid(), "status": status, **words})


def test_nothing_is_looked_up_at_once(doubtful, carrier):
    assert look() == 0
    assert fresh(Call, doubtful).status is CallStatus.DIALING


def test_what_the_log_shows_was_dialed(doubtful, carrier, clock):
    carrier.calls = [logged(doubtful)]
    clock.pass_by(seconds=15)
    assert look() == 1
    row = fresh(Call, doubtful)
    assert (row.status, row.carrier_sid, row.duration_s) == (CallStatus.COMPLETED, carrier.calls[0].sid, 30)


def test_what_still_rings_there_goes_on_by_its_reports(doubtful, carrier, clock):
    carrier.calls = [logged(doubtful, "ringing")]
    clock.pass_by(seconds=15)
    look()
    assert fresh(Call, doubtful).status is CallStatus.RINGING


def test_a_log_that_is_empty_twice_and_late_enough_means_not_dialed(doubtful, carrier, clock):
    for seconds in (15, 15, 30):
        clock.pass_by(seconds=seconds)
        assert fresh(Call, doubtful).status is CallStatus.DIALING
        look()
    assert fresh(Call, doubtful).status is CallStatus.QUEUED


def test_another_calls_entry_is_not_taken_for_it(doubtful, somebody, queued, carrier, clock):
    carrier.calls = [logged(doubtful)]
    update(Call, queued(somebody()), carrier_sid=carrier.calls[0].sid)
    clock.pass_by(seconds=15)
    look()
    assert fresh(Call, doubtful).carrier_sid is None


def test_a_log_that_cannot_be_read_ends_in_staffs_hands_and_is_never_dialed_again(doubtful, carrier, clock):
    carrier.wrong = GatewayError("down", Failure.UNKNOWN)
    for _ in range(25):
        clock.pass_by(seconds=15)
        look()
    assert fresh(Call, doubtful).status is CallStatus.UNKNOWN


def test_a_call_whose_end_was_never_told_is_asked_for(doubtful, carrier, clock):
    carrier.calls = [logged(doubtful)]
    update(Call, doubtful, carrier_sid=carrier.calls[0].sid, status=CallStatus.IN_PROGRESS)
    clock.pass_by(seconds=60)
    assert look() == 0
    clock.pass_by(seconds=31)
    look()
    assert fresh(Call, doubtful).status is CallStatus.COMPLETED
    assert fresh(Call, doubtful).ended_at - clock.now() < timedelta(seconds=1)
