"""Faults on demand: what the caller sees, and what the carrier really took."""

import time

import pytest
import requests
from twilio.base.exceptions import TwilioException, TwilioRestException

from phonebank.rehearsal.faults import Fault, FaultKind, Faults, Touched

SERVICE = "MG" + "0" * 32
POOL = "+12025550190"


@pytest.fixture(autouse=True)
def no_faults_left(shared_carrier):
    yield
    shared_carrier.faults(clear=True)
    shared_carrier.errors(clear=True)


def _create(client, number, **more):
    return client.messages.create(to=number, messaging_service_sid=SERVICE, body="Hi", **more)


@pytest.mark.parametrize(
    ("kind", "raised", "taken"),
    [
        ("too_many_requests", TwilioRestException, 0),
        ("error_before", TwilioRestException, 0),
        ("error_after", TwilioRestException, 1),
        ("reset_before", requests.ConnectionError, 0),
        ("reset_after", requests.ConnectionError, 1),
        ("hang_before", requests.ConnectionError, 0),
        ("hang_after", requests.ConnectionError, 1),
        ("html_before", TwilioRestException, 0),
        ("html_after", ValueError, 1),
    ],
)
def test_a_fault_shows_as_it_would_and_the_ledger_knows_what_was_taken(
    shared_carrier, client, number, kind, raised, taken
):
    shared_carrier.faults(kind, number=number, times=1, seconds=0.3)
    with pytest.raises(raised):
        _create(client, number)
    assert len(shared_carrier.ledger(to=number)) == taken
    _create(client, number)
    assert len(shared_carrier.ledger(to=number)) == taken + 1


def test_429_and_500_carry_twilios_codes(shared_carrier, client, number):
    for kind, status, code in (("too_many_requests", 429, 20429), ("error_after", 500, 20500)):
        shared_carrier.faults(kind, number=number, times=1)
        with pytest.raises(TwilioRestException) as failed:
            _create(client, number)
        assert (failed.value.status, failed.value.code) == (status, code)


def test_a_hang_holds_the_connection_for_its_seconds(shared_carrier, client, number):
    shared_carrier.faults("hang_after", number=number, seconds=1.0)
    started = time.monotonic()
    with pytest.raises(requests.ConnectionError):
        _create(client, number)
    assert 1.0 <= time.monotonic() - started < 4.0


def test_an_answer_may_come_without_a_sid(shared_carrier, client, number):
    shared_carrier.faults("no_sid", number=number)
    assert _create(client, number).sid is None
    assert len(shared_carrier.ledger(to=number)) == 1


def test_a_listing_may_fail_while_creates_go_on(shared_carrier, client, number):
    shared_carrier.faults("error_before", on="list")
    _create(client, number)
    with pytest.raises(TwilioException, match="20500"):
        client.messages.list(to=number)


def test_a_lagging_listing_shows_a_text_only_after_its_seconds(shared_carrier, client, number, eventually):
    shared_carrier.faults("listing_lags", number=number, seconds=0.8)
    made = _create(client, number)
    assert client.messages.list(to=number) == []
    assert client.messages(made.sid).fetch().sid == made.sid
    eventually(lambda: [text.sid for text in client.messages.list(to=number)] == [made.sid])


@pytest.mark.parametrize(
    ("kind", "seen"),
    [
        ("callback_dropped", []),
        ("callback_doubled", ["queued", "queued", "sent", "sent", "delivered", "delivered"]),
        ("callback_reordered", ["delivered", "queued", "sent"]),
        ("callback_late", ["queued", "sent", "delivered"]),
    ],
)
def test_callbacks_go_astray_as_told(shared_carrier, client, door, number, eventually, kind, seen):  # pytest names them
    shared_carrier.faults(kind, number=number, seconds=0.5)
    started = time.monotonic()
    made = _create(client, number, status_callback=f"{door.url}/status/1")
    eventually(lambda: client.messages(made.sid).fetch().status == "delivered")
    eventually(lambda: len(door.posted) == len(seen))
    assert door.statuses("/status/1") == seen
    if kind == "callback_late":
        assert door.posted[0].at - started > 0.5


@pytest.mark.parametrize(("code", "status"), [(30003, "undelivered"), (30022, "failed")])
def test_a_number_may_fail_at_delivery(
    shared_carrier, client, door, number, eventually, code, status
):  # pytest names them
    shared_carrier.errors({number: code})
    made = _create(client, number, status_callback=f"{door.url}/status/1")
    eventually(lambda: status in door.statuses("/status/1"))
    assert door.posted[-1].form["ErrorCode"] == str(code)
    after = client.messages(made.sid).fetch()
    assert (after.status, after.error_code) == (status, code)
    assert after.error_message
    assert shared_carrier.thread(number) == []


def test_a_number_may_fail_at_create_by_its_last_digits(shared_carrier, client, number):
    shared_carrier.errors({"0183": 21614})
    with pytest.raises(TwilioRestException) as refused:
        _create(client, "+13125550183")
    assert refused.value.code == 21614
    assert _create(client, "+13125550184").sid


def test_seeded_rates_strike_the_same_requests_again_and_about_as_often_as_told():
    numbers = [f"+1312555{n:04d}" for n in range(2000)]

    def struck(seed):
        faults = Faults(seed, [Fault(kind=FaultKind.RESET_AFTER, rate=0.1)])
        kinds = frozenset({FaultKind.RESET_AFTER})
        return [number for number in numbers if faults.strike(kinds, Touched.CREATE, number)]

    assert struck(1) == struck(1)
    assert struck(1) != struck(2)
    assert 140 < len(struck(1)) < 260


def test_a_second_try_after_a_seeded_fault_is_judged_anew():
    faults = Faults(1, [Fault(kind=FaultKind.ERROR_BEFORE, rate=0.5)])
    kinds = frozenset({FaultKind.ERROR_BEFORE})
    tries = [bool(faults.strike(kinds, Touched.CREATE, "+13125550100")) for _ in range(40)]
    assert set(tries) == {True, False}
