"""A sender's calls."""

import time

from phonebank import jobs
from phonebank.calls import dialing
from workers import opening

_SHARE_S = 10.0
"""Where other turns wait for a worker, each gets its own this soon."""


@opening.turn("calls")
def turn(key: str, until: float) -> bool:
    """Dial what is due for this sender. The clock rings for what falls due later."""
    if jobs.is_rung("calls"):
        until = min(until, time.monotonic() + _SHARE_S)
    dialing.dial_due(opening.settings(), key, until=until)
    return time.monotonic() >= until
