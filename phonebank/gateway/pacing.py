"""How fast one sender may speak: slots in segments a second, shared by every worker of every machine.

A slot is a moment, not a permission: texts leave evenly, each at its own moment, so that no one-second window ever
holds more than the limit, whichever second the carrier begins to count at.
"""

import math
import operator
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from phonebank import jobs

BURST_S = 0.2
"""The longest stretch of slots handed out at once."""

LATE_S = 0.03
"""A slot missed by more than this is given up and asked for again, so that stalls never bunch texts together."""

_HELD_BACK = 0.96  # requests cross the network with jitter, and it is arrivals that the carrier counts
_WINDOW_S = 1.02  # a second, and the same jitter
_FURTHEST_S = 0.25


@dataclass(frozen=True)
class Slot:
    """The moment at which each text of so many segments leaves, on this process's monotonic clock."""

    leaves: tuple[float, ...]
    sizes: tuple[int, ...]

    @property
    def starts(self) -> float:
        return self.leaves[0]

    def is_missed(self) -> bool:
        return time.monotonic() > self.starts + LATE_S

    def fits(self, sizes: Sequence[int]) -> bool:
        """Whether texts of these sizes, in this order, may take these moments."""
        return len(sizes) <= len(self.sizes) and all(map(operator.le, sizes, self.sizes))


@dataclass(frozen=True)
class Wait:
    """No slot yet: ask again after so many seconds."""

    seconds: float


def at_once(segments_per_second: float) -> int:
    """How many segments one slot may hold."""
    return max(1, math.floor(segments_per_second * BURST_S))


def reserve(
    sender: str, sizes: Sequence[int], segments_per_second: float, *, urgent: bool, ahead_s: float = 0.02
) -> Slot | Wait:
    """The next free moments for texts of these sizes, the first no sooner than `ahead_s`, in seconds, from now.

    Urgent ones go before every ask that has no slot yet. Raises UnavailableError.
    """
    rate = max(0.1, segments_per_second * _HELD_BACK)
    spans = [int(seconds * 1e6) for seconds in (_WINDOW_S, _FURTHEST_S + ahead_s, ahead_s)]
    given, *micros = jobs.run_script(
        Path(__file__).with_suffix(".lua"),
        [f"phonebank:pace:{sender}", f"phonebank:pace:{sender}:texts"],
        [segments_per_second, rate, *spans, int(urgent), *sizes],
    )
    if not given:
        return Wait(min(int(micros[0]) / 1e6 + 0.001, 1.0))
    now = time.monotonic()
    return Slot(leaves=tuple(now + int(one) / 1e6 for one in micros), sizes=tuple(sizes))
