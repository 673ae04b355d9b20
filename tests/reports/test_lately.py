"""A page's counts load the database by a tenth of one process at most, and are exact where that costs nothing."""

import itertools

import pytest

from phonebank.reports import lately as kept
from phonebank.reports.lately import lately


@pytest.fixture
def clock(monkeypatch):
    """Seconds of the monotonic clock, to be moved by hand."""
    now = [1000.0]
    monkeypatch.setattr(kept.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(kept._Kept, "by_key", {})
    return now


@pytest.fixture
def counting(clock):
    """counting(seconds): something that gives 1, 2, 3 …, and takes so long each time."""

    def made(seconds):
        numbers = itertools.count(1)

        def make():
            clock[0] += seconds
            return next(numbers)

        return make

    return made


def test_what_took_a_second_is_shown_for_ten(clock, counting):
    make = counting(1.0)
    assert lately("campaign", make) == 1
    clock[0] += 9.9
    assert lately("campaign", make) == 1
    clock[0] += 0.2
    assert lately("campaign", make) == 2


def test_what_is_made_in_a_moment_is_always_exact(counting):
    make = counting(0.01)
    assert [lately("campaign", make) for _ in range(3)] == [1, 2, 3]


def test_another_key_is_another_count_and_old_ones_are_let_go(clock, counting):
    for number in range(100):
        assert lately(number, counting(1.0)) == 1
        clock[0] += 20
    assert len(kept._Kept.by_key) == 1
