"""The only clock: the machine's own, or a rehearsal's that everybody follows and anybody may wind."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from phonebank import clock as house_clock
from tests.support.winding import WoundClock

NOON = datetime(2027, 2, 3, 18, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def the_machines_own():
    yield
    house_clock.follow(None)


@pytest.fixture
def dial(tmp_path):
    return tmp_path / "clock.json"


def test_outside_a_rehearsal_it_is_the_machines_own_in_utc():
    before = time.time()
    assert before <= house_clock.now().timestamp() <= time.time()
    assert house_clock.now().utcoffset() == timedelta(0)
    assert house_clock.speed() == 1.0


def test_it_can_be_wound_forward_and_back(dial):
    wound = WoundClock(dial)
    for hours in (5, -48, 24 * 400):
        before = wound.now()
        assert wound.pass_by(hours=hours) == before + timedelta(hours=hours)


def test_it_runs_as_fast_as_it_is_told_from_where_it_stood(dial):
    house_clock.wind(dial, to=NOON, speed=0.0)
    house_clock.follow(dial)
    house_clock.wind(dial, speed=3600.0)
    began = time.monotonic()
    time.sleep(0.05)
    passed, real = (house_clock.now() - NOON).total_seconds(), time.monotonic() - began
    assert 0.05 * 3600 <= passed <= (real + 1) * 3600
    house_clock.wind(dial, speed=0.0)
    stood = house_clock.now()
    time.sleep(0.01)
    assert house_clock.now() == stood >= NOON + timedelta(seconds=passed)


def test_winding_the_hands_keeps_the_speed(dial):
    house_clock.wind(dial, to=NOON, speed=60.0)
    house_clock.wind(dial, to=NOON + timedelta(days=1))
    house_clock.follow(dial)
    assert house_clock.speed() == 60.0
    assert house_clock.real_seconds(timedelta(minutes=1)) == 1.0


def test_somebody_else_who_winds_it_is_noticed_soon(dial):
    house_clock.wind(dial, to=NOON, speed=0.0)
    house_clock.follow(dial)
    assert house_clock.now() == NOON
    dial.write_text(f'{{"real": 0, "shown": {NOON.timestamp() + 7200}, "speed": 0.0}}')
    time.sleep(0.25)
    assert house_clock.now() == NOON + timedelta(hours=2)


def test_without_a_dial_it_is_real_time(dial):
    house_clock.follow(dial)
    assert abs(house_clock.now().timestamp() - time.time()) < 1


def test_a_dial_is_written_whole_and_leaves_no_draft(dial):
    house_clock.wind(dial, to=NOON)
    assert [path.name for path in dial.parent.glob("clock*")] == ["clock.json"]


def test_a_clock_that_stands_never_lets_a_span_pass_rather_than_crash(dial):
    house_clock.wind(dial, to=NOON, speed=0.0)
    house_clock.follow(dial)
    assert house_clock.real_seconds(timedelta(seconds=3)) == float("inf")


def test_a_winding_that_all_hear_of_holds_a_little_later_and_turns_no_clock_back(dial):
    house_clock.wind(dial, to=NOON, speed=1000.0)
    house_clock.follow(dial)
    seen = [house_clock.now()]
    house_clock.wind(dial, speed=1.0, together=True)
    assert house_clock.speed() == 1000.0
    ends = time.monotonic() + 0.4
    while time.monotonic() < ends:
        seen.append(house_clock.now())
    assert house_clock.speed() == 1.0
    assert seen == sorted(seen)
    assert seen[-1] - NOON > timedelta(seconds=200)
