"""A sender's texts that somebody waits for: answers, confirmations, reminders. A blast cannot block these."""

import time

from phonebank import jobs
from phonebank.messages import sending
from workers import opening

_SHARE_S = 5.0
"""Another sender's answers wait behind this turn: it makes way soon, and comes round again."""


@opening.turn("answers")
def turn(key: str, until: float) -> bool:
    """Speak only what is urgent for this sender."""
    until = min(until, time.monotonic() + _SHARE_S)
    jobs.hold_flag("answers", key)  # what comes now is ours to find: a turn for each answer would cost a fork each
    sending.send_due(opening.settings(), key, urgent_only=True, until=until)
    jobs.lift_flag("answers", key)  # one that came between our last look and this, the next sweep rings for
    return time.monotonic() >= until
