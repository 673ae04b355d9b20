"""A sender's texts that somebody waits for: answers, confirmations, reminders. A blast cannot block these."""

from phonebank.messages import sending
from workers import opening


@opening.turn("answers")
def turn(key: str, until: float) -> bool:
    """Speak only what is urgent for this sender."""
    sending.send_due(opening.settings(), key, urgent_only=True, until=until)
    return False
