"""How fast a rehearsal's clock may run: as fast as the engine keeps up, and over dead hours in one leap (pure)."""

from collections import deque
from dataclasses import dataclass

FASTEST = 600.0
"""However idle the engine: a tenth of a second between two parts is then a minute on the clock."""

_LATEST_S = 90.0  # by the clock: nothing that is due waits longer for the engine, in a rehearsal that keeps its hours
_LEAPS_OVER_S = 5.0
_LANDS_BEFORE_S = 1.0
_LOOKS = 4  # the sender speaks in bursts, so that one look says little
_KEEPS_UP, _FALLS_BEHIND = 0.96, 0.93  # of what it reaches at true speed
_AT_BEST, _LEARNS = 0.95, 0.3  # a sender holds back 4 % of its pace (gateway/pacing.py), and a busy machine more
_DOUBLED, _PROBED, _WOUND = 2.0, 1.15, 1.6
_HARDEST = 0.5
_ROOM_S = 3.0  # two looks, a winding that all know of, and a machine that is busy


@dataclass(frozen=True)
class Look:
    """One look at the engine and the carrier. Moments and spans are seconds by the rehearsal's clock.

    `said` counts segments, `moved` everything that ever happened; `is_asking`: asks are due that only the engine and
    its pace hold back; `is_still`: nothing at all is in anybody's hands. `late_s` is how long what is due has waited,
    `next_at` when something comes next, `asks_at` when the next asks fall due.
    """

    at: float
    said: int
    moved: int
    is_asking: bool
    is_still: bool
    late_s: float
    next_at: float | None
    asks_at: float | None = None


@dataclass(frozen=True)
class Wind:
    """How to wind the clock: its speed, and to where if it leaps."""

    speed: float
    to: float | None = None


class Tempo:
    """Looks in, windings out. `pace` is the sender's, in segments a second."""

    def __init__(self, pace: float) -> None:
        self._pace = pace
        self._looks: deque[Look] = deque(maxlen=_LOOKS)
        self._has_fallen_behind = False
        self._best = _AT_BEST
        self.speed = 1.0

    def after(self, look: Look) -> Wind:
        """The winding that this look, after those before it, calls for."""
        before = self._looks[-1] if self._looks else None
        self._looks.append(look)
        if before is None:
            return Wind(self.speed)
        if look.is_still and before.is_still and look.moved == before.moved:
            return self._over_the_gap(look)
        if look.late_s > _LATEST_S:
            self._catch_up(look, before)
        elif look.is_asking:
            self._ask(look)
        else:
            self._wind_on(look)
        return Wind(self.speed)

    def _catch_up(self, look: Look, before: Look) -> None:
        """Slower until the engine gains on what is late, and then no slower."""
        if look.late_s >= before.late_s:
            self._go(self.speed * max(_HARDEST, _LATEST_S / look.late_s))

    def _over_the_gap(self, look: Look) -> Wind:
        """Nothing will happen before the next moment that is known. Asks are met at true speed, and gain on it."""
        if look.next_at is None or look.next_at - look.at < _LEAPS_OVER_S:
            return Wind(self.speed)
        if look.next_at == look.asks_at:
            self._go(1.0)
            self._has_fallen_behind = False
        self._looks.clear()
        return Wind(self.speed, look.next_at - _LANDS_BEFORE_S)

    def _ask(self, look: Look) -> None:
        """As fast as the sender reaches as much of its pace by the clock as it does at true speed, here and now."""
        asking = [one for one in self._looks if one.is_asking and one.said]
        if len(asking) < 2 or look.at <= asking[0].at:  # noqa: PLR2004  # two looks make a stretch
            return
        is_sure = len(asking) == _LOOKS
        reached = (look.said - asking[0].said) / (self._pace * (look.at - asking[0].at))
        if self.speed == 1.0 and is_sure:
            self._best = min(_AT_BEST, (1 - _LEARNS) * self._best + _LEARNS * reached)
        if reached < _FALLS_BEHIND * self._best and self.speed > 1.0:
            self._has_fallen_behind = True
            self._go(self.speed * max(_HARDEST, reached / self._best))
        elif reached > _KEEPS_UP * self._best and is_sure:
            self._go(self.speed * (_PROBED if self._has_fallen_behind else _DOUBLED))

    def _wind_on(self, look: Look) -> None:
        """Nobody is being asked: as fast as replies are still answered in time, and not past the next asks."""
        room = (look.asks_at - look.at) / _ROOM_S if look.asks_at is not None else FASTEST
        self._go(min(self.speed * _WOUND, max(1.0, room)))

    def _go(self, speed: float) -> None:
        """A new speed is judged by looks of its own."""
        speed = min(max(speed, 1.0), FASTEST)
        if speed != self.speed:
            last = self._looks[-1]
            self._looks.clear()
            self._looks.append(last)
        self.speed = speed
