"""Guessing closes a key for a while, and only that key."""

from datetime import UTC, datetime, timedelta

from phonebank.web import throttle
from phonebank.web.throttle import WINDOW, Throttle

NOW = datetime(2027, 2, 3, 18, 0, tzinfo=UTC)


def test_a_key_closes_after_its_limit_and_opens_when_the_window_has_passed():
    door = Throttle(2)
    for _ in range(2):
        assert not door.is_closed("a", NOW)
        door.failed("a", NOW)
    assert door.is_closed("a", NOW + WINDOW - timedelta(seconds=1))
    assert not door.is_closed("b", NOW)
    assert not door.is_closed("a", NOW + WINDOW)


def test_success_forgets_the_failures():
    door = Throttle(1)
    door.failed("a", NOW)
    door.succeeded("a")
    assert not door.is_closed("a", NOW)


def test_many_addresses_do_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(throttle, "_LARGEST", 10)
    door = Throttle(1)
    for number in range(100):
        door.failed(str(number), NOW)
    assert len(door._failures) <= 10
