"""How fast one sender may speak: slots in segments a second, shared by every worker of every machine.

A slot is a moment, not a permission: texts leave evenly, each at its own moment, so that no one-second window ever
holds more than the limit, whichever second the carrier begins to count at.
"""

import math
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from phonebank import jobs

BURST_S = 0.2
"""The longest stretch of slots handed out at once."""

LATE_S = 0.03
"""A slot missed by more than this is given up and asked for again, so that stalls never bunch texts together."""

_HELD_BACK = 0.96  # requests cross the network with jitter, and it is arrivals that the carrier counts
_FURTHEST_S = 0.25
_LEAD_S = 0.02


@dataclass(frozen=True)
class Slot:
    """`starts` is on this process's monotonic clock; each text leaves `seconds_each` a segment later."""

    starts: float
    seconds_each: float

    def is_missed(self) -> bool:
        return time.monotonic() > self.starts + LATE_S


@dataclass(frozen=True)
class Wait:
    """No slot yet: ask again after so many seconds."""

    seconds: float


def at_once(segments_per_second: float) -> int:
    """How many segments one slot may hold."""
    return max(1, math.floor(segments_per_second * BURST_S))


def reserve(sender: str, segments: int, segments_per_second: float, *, urgent: bool) -> Slot | Wait:
    """The next free stretch of this many segments. Urgent ones go before every ask that has no slot yet."""
    rate = max(0.1, segments_per_second * _HELD_BACK)
    given, micros = _script()(
        keys=[f"phonebank:pace:{sender}"],
        args=[segments, rate, int(_FURTHEST_S * 1e6), int(_LEAD_S * 1e6), int(urgent)],
    )
    seconds = int(micros) / 1e6
    if not given:
        return Wait(min(seconds + 0.001, 1.0))
    return Slot(starts=time.monotonic() + seconds, seconds_each=1 / rate)


@cache
def _script_source() -> str:
    return Path(__file__).with_name("pacing.lua").read_text()


def _script() -> Any:
    return jobs.connection().register_script(_script_source())
