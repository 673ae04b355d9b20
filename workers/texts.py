"""A sender's asks, and whatever else it has to say."""

import time

from phonebank import jobs
from phonebank.messages import sending
from workers import opening

_SHARE_S = 10.0
"""Where there are more senders than workers, each gets its turn this soon."""


@opening.turn("texts")
def turn(key: str, until: float) -> bool:
    """Speak what is due for this sender. The clock rings for what falls due later."""
    if jobs.is_rung("texts"):
        until = min(until, time.monotonic() + _SHARE_S)
    try:
        sending.send_due(opening.settings(), key, urgent_only=False, until=until)
    finally:
        jobs.lift_flag("texts", key)
    return time.monotonic() >= until
