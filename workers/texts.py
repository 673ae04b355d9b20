"""A sender's asks, and whatever else it has to say."""

import time

from phonebank.messages import sending
from workers import opening


@opening.turn("texts")
def turn(key: str, until: float) -> bool:
    """Speak what is due for this sender. The clock rings for what falls due later."""
    sending.send_due(opening.settings(), key, urgent_only=False, until=until)
    return time.monotonic() >= until
