"""How many calls to dial ahead of the volunteers who are ready, so that whoever answers finds one of them (pure).

Two bounds, of which the narrower holds. What is expected: of the calls that ring, each is answered by the rate of the
last ones, and each volunteer who talks is done by the length of the last talks; the share that finds nobody stays
under `_AIM`. And the worst: even if every call were answered, no more would find nobody than the ceiling has room for.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import comb, exp, floor, sqrt

_AIM = 0.02
"""Of the calls that people answer, the share that may be expected to find nobody: below the ceiling, on purpose."""

_ENOUGH = 50
"""Calls; fewer say nothing of how many are answered, and each volunteer gets one call."""

_MOST_EACH = 5
"""Calls for one volunteer, however few are answered: who is called has more than a moment's patience by then."""

_SURE = 1.64
"""Standard errors: the rate is taken so much higher than it was seen."""


@dataclass(frozen=True)
class Lately:
    """What came of the last calls; `people` and `abandoned` are those of the days in which the ceiling is counted."""

    dialed: int = 0
    answered: int = 0
    ring_s: float = 15.0
    talk_s: float = 300.0
    people: int = 0
    abandoned: int = 0


def to_dial(lately: Lately, *, ready: int, talking: int, ringing: int, ceiling: float) -> int:
    """How many calls to dial now, while `ringing` are under way; none where no volunteer is ready."""
    if not ready:
        return 0
    room = floor(ceiling * lately.people) - lately.abandoned
    if lately.dialed < _ENOUGH or room < 1:
        return max(0, ready - ringing)
    soon = 1 - exp(-lately.ring_s / max(1.0, lately.talk_s))
    expected = _most_expected(ready, talking, _in_percent(_rate(lately)), floor(100 * soon))
    return max(0, min(expected, ready + room) - ringing)


def _rate(lately: Lately) -> float:
    """How many of the calls are answered, rather too many than too few."""
    seen = (lately.answered + 1) / (lately.dialed + 2)
    return min(1.0, seen + _SURE * sqrt(seen * (1 - seen) / lately.dialed))


def _in_percent(share: float) -> int:
    return min(100, floor(100 * share) + 1)


@lru_cache(maxsize=4096)
def _most_expected(ready: int, talking: int, rate: int, soon: int) -> int:
    """The most calls that may ring for so many volunteers. The shares are in percent, so that many cases are one."""
    calls = ready
    while calls < ready * _MOST_EACH and _in_vain(calls + 1, ready, talking, rate / 100, soon / 100) <= _AIM:
        calls += 1
    return calls


def _in_vain(calls: int, ready: int, talking: int, rate: float, soon: float) -> float:
    """Of the calls that are answered, the expected share that finds nobody."""
    done = _chances(talking, soon)
    expected = sum(
        answers * frees * max(0, people - ready - free)
        for people, answers in enumerate(_chances(calls, rate))
        for free, frees in enumerate(done)
    )
    return expected / (calls * rate)


def _chances(of: int, rate: float) -> list[float]:
    """How likely none, one, two... of so many are, each by itself."""
    return [comb(of, some) * rate**some * (1 - rate) ** (of - some) for some in range(of + 1)]
