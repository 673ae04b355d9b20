"""How many volunteers keep people from waiting: Erlang's C formula, and a replay of the conversations (pure).

Conversations come as a Poisson process and each takes an exponential time: the M/M/n queue (A. K. Erlang, 1917;
L. Kleinrock, Queueing Systems I, 1975, section 3.5). People answer in a burst, which no formula for a steady stream
knows, so the busiest quarter of an hour counts, and the number is raised until a replay of all keeps the bound too.
"""

import heapq
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

QUARTER_S = 900
_QUARTERS_AN_HOUR = 4


@dataclass(frozen=True)
class Bound:
    """`share` of all conversations begin within `wait`, when each takes a volunteer `handling` on average."""

    wait: timedelta = timedelta(minutes=5)
    handling: timedelta = timedelta(minutes=2)
    share: float = 0.9


def waits_at_all(volunteers: int, load: float) -> float:
    """The chance that a conversation has to wait (Erlang C). `load`: arrivals during one handling time."""
    if load >= volunteers:
        return 1.0
    blocked = 1.0  # Erlang B, by its recursion
    for number in range(1, volunteers + 1):
        blocked = load * blocked / (number + load * blocked)
    return blocked / (1 - load / volunteers * (1 - blocked))


def waits_longer(volunteers: int, per_hour: float, bound: Bound) -> float:
    """The chance that a conversation waits longer than the bound."""
    handling_s = bound.handling.total_seconds()
    load = per_hour * handling_s / 3600
    if load >= volunteers:
        return 1.0
    return waits_at_all(volunteers, load) * math.exp(-(volunteers - load) * bound.wait.total_seconds() / handling_s)


def volunteers_for(per_hour: float, bound: Bound) -> int:
    """The fewest that keep the bound while so many conversations come an hour; none when none come."""
    if per_hour <= 0:
        return 0
    number = max(1, math.ceil(per_hour * bound.handling.total_seconds() / 3600))
    while waits_longer(number, per_hour, bound) > 1 - bound.share:
        number += 1
    return number


def by_hour(quarters: dict[int, int], bound: Bound) -> dict[int, int]:
    """Hour → volunteers for its busiest quarter. `quarters`: quarter → conversations. Both are counted since 1970."""
    busiest: dict[int, int] = {}
    for quarter, number in quarters.items():
        hour = quarter // _QUARTERS_AN_HOUR
        busiest[hour] = max(busiest.get(hour, 0), number)
    return {hour: volunteers_for(number * _QUARTERS_AN_HOUR, bound) for hour, number in sorted(busiest.items())}


def at_once(quarters: dict[int, int], bound: Bound) -> tuple[int, float]:
    """How many are enough all the time, and the share of these conversations that would begin in time."""
    arrivals = list(spread(quarters))
    number = max(by_hour(quarters, bound).values(), default=0)
    if not arrivals:
        return 0, 1.0
    while (share := in_time(arrivals, number, bound)) < bound.share:
        number += max(1, number // 20)
    return number, share


def in_time(arrivals: Sequence[float], volunteers: int, bound: Bound) -> float:
    """The share of conversations that begin within the bound, first come first served. `arrivals`: seconds, sorted."""
    handling_s, wait_s = bound.handling.total_seconds(), bound.wait.total_seconds()
    free_at = [arrivals[0]] * volunteers
    in_time = 0
    for at in arrivals:
        begins = max(at, free_at[0])
        heapq.heapreplace(free_at, begins + handling_s)
        in_time += begins - at <= wait_s
    return in_time / len(arrivals)


def spread(quarters: dict[int, int]) -> Iterable[float]:
    """The moments of these conversations, those of one quarter evenly over it."""
    for quarter, number in sorted(quarters.items()):
        for nth in range(number):
            yield (quarter + nth / number) * QUARTER_S
