"""A clock that a test winds by hand, followed by this process and by any other that is told its path."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from phonebank import clock

WEDNESDAY_NOON_IN_CHICAGO = datetime(2027, 2, 3, 18, 0, tzinfo=UTC)
"""10 a.m. in Los Angeles, 1 p.m. in New York: inside contact hours in every contiguous state, far from any change of time."""


class WoundClock:
    """Stands still at a moment inside contact hours in all of the contiguous US until it is moved or set running."""

    def __init__(self, path: Path) -> None:
        self.path = path
        clock.wind(path, to=WEDNESDAY_NOON_IN_CHICAGO, speed=0.0)
        clock.follow(path)

    def now(self) -> datetime:
        return clock.now()

    def set(self, to: datetime) -> None:
        clock.wind(self.path, to=to)

    def pass_by(self, **span: float) -> datetime:
        """Move on by a span, `pass_by(hours=3)`, and say what it shows then."""
        self.set(clock.now() + timedelta(**span))
        return clock.now()

    def run(self, speed: float = 1.0) -> None:
        """Let time pass, this many times as fast as real time; 0 stops it again."""
        clock.wind(self.path, speed=speed)
