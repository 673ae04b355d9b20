"""The only reader of time.

A rehearsal keeps a small file that says how its clock runs; every process of it reads the same file, so that one
person winding the clock from the page moves all of them. Without a file this is the machine's own clock.
"""

import json
import math
import os
import time
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path


@dataclass(frozen=True)
class Dial:
    """At `real` (seconds since the epoch) the clock showed `shown`, and runs `speed` times as fast, until `then`."""

    real: float
    shown: float
    speed: float
    then: "Dial | None" = None

    def at(self, real: float) -> float:
        return self.shown + (real - self.real) * self.speed

    def in_force(self, real: float) -> "Dial":
        """Itself, or the dial that has taken its place by then."""
        return self.then if self.then is not None and real >= self.then.real else self


_REAL_TIME = Dial(real=0.0, shown=0.0, speed=1.0)
_LOOK_AGAIN_S = 0.2
_ALL_KNOW_AFTER_S = _LOOK_AGAIN_S + 0.05


class _Clock:
    def __init__(self) -> None:
        self.path: Path | None = None
        self.dial = _REAL_TIME
        self.looked = 0.0

    def current(self) -> Dial:
        if self.path is not None and time.monotonic() - self.looked > _LOOK_AGAIN_S:
            self.looked = time.monotonic()
            self.dial = _read(self.path)
        self.dial = self.dial.in_force(time.time())
        return self.dial


_clock = _Clock()


def follow(path: Path | None) -> None:
    """Run by the dial in this file from now on (a rehearsal); None goes back to the machine's clock."""
    _clock.path, _clock.looked, _clock.dial = path, 0.0, _REAL_TIME
    if path is not None:
        _clock.dial = _read(path)


def now() -> datetime:
    """The present moment, aware and in UTC."""
    return datetime.fromtimestamp(_clock.current().at(time.time()), UTC)


def speed() -> float:
    """How many of the clock's seconds pass in a real one: 1.0 outside a rehearsal."""
    return _clock.current().speed


def hurry() -> float:
    """The speed where it makes things go faster than real time, and 1.0 where it does not."""
    return max(1.0, speed())


def real_seconds(span: timedelta) -> float:
    """How long to sleep, in real seconds, for this span to pass on the clock; for ever while it stands still."""
    return span.total_seconds() / speed() if speed() > 0 else math.inf


def wind(path: Path, *, to: datetime | None = None, speed: float | None = None, together: bool = False) -> None:
    """Set a rehearsal's dial: to a moment, to a speed, or both. Written whole, so that no reader sees half of it.

    `together`: a quarter of a second later, when every process knows of it, so that none is ahead of another.
    """
    real = time.time()
    old = _read(path).in_force(real)
    turns_at = real + _ALL_KNOW_AFTER_S if together else real
    shown = to.timestamp() if to is not None else old.at(turns_at)
    new = Dial(turns_at, shown, old.speed if speed is None else speed)
    draft = path.with_suffix(f".{os.getpid()}.new")
    draft.write_text(json.dumps(asdict(replace(old, then=new) if together else new)))
    draft.replace(path)
    _clock.looked = 0.0


def _read(path: Path) -> Dial:
    try:
        read = json.loads(path.read_text())
    except FileNotFoundError:
        return _REAL_TIME
    then = read.pop("then", None)
    return Dial(**read, then=Dial(**then) if then else None)
