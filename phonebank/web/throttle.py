"""Slows down guessing: a few failures a quarter of an hour, kept in the memory of each web process."""

from collections import defaultdict, deque
from datetime import datetime, timedelta
from threading import Lock

WINDOW = timedelta(minutes=15)
_LARGEST = 10_000  # keys; an attacker's addresses must not fill the memory


class Throttle:
    """Counts failures by key; `limit` of them inside the window close that key."""

    def __init__(self, limit: int, window: timedelta = WINDOW) -> None:
        self._limit, self._window = limit, window
        self._failures: dict[str, deque[datetime]] = defaultdict(deque)
        self._lock = Lock()

    def is_closed(self, key: str, now: datetime) -> bool:
        """Whether this key has failed too often lately."""
        with self._lock:
            return len(self._recent(key, now)) >= self._limit

    def failed(self, key: str, now: datetime) -> None:
        """Count one failure."""
        with self._lock:
            if len(self._failures) >= _LARGEST:
                self._failures.clear()
            self._failures[key].append(now)

    def succeeded(self, key: str) -> None:
        """Forget the failures of a key."""
        with self._lock:
            self._failures.pop(key, None)

    def _recent(self, key: str, now: datetime) -> deque[datetime]:
        kept = self._failures.get(key, deque())
        while kept and kept[0] <= now - self._window:
            kept.popleft()
        return kept
