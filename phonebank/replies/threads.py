"""What our own texts to one number say of the reply that follows them (pure).

Each takes our texts in the order they were written: Messages, or rows with their columns.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from phonebank.intents import Intent
from phonebank.messages.models import MessageKind, MessageStatus

_REMEMBERED = timedelta(days=14)
_LAST_WORDS = 5

_REACHED = (MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.SENDING)
_MAY_HAVE_REACHED = (*_REACHED, MessageStatus.UNKNOWN)
_ASKING = (MessageKind.ASK, MessageKind.ALTERNATIVE, MessageKind.REMINDER)


def last_spoken(ours: Sequence[Any], campaign_id: int | None = None) -> Any:
    """The last text that reached, or may have reached, them; of one campaign, when it is named. None: there is none."""
    gone = [
        text
        for text in ours
        if text.status in _MAY_HAVE_REACHED and (campaign_id is None or text.campaign_id == campaign_id)
    ]
    # a claim that was put back is forgotten
    return max(gone, key=lambda text: (text.claimed_at or text.created_at, text.id), default=None)


def last_words(ours: Sequence[Any], now: datetime) -> list[str]:
    """What they last read of us, oldest first: what a bare "2" or "Y" answers."""
    lately = [text.body for text in ours if text.status in _REACHED and text.created_at >= now - _REMEMBERED]
    return lately[-_LAST_WORDS:]


def last_question(ours: Sequence[Any]) -> str | None:
    """The last thing we asked, in the words they got."""
    asked = [text.body for text in ours if text.kind in _ASKING and text.status in _MAY_HAVE_REACHED]
    return asked[-1] if asked else None


def alternatives_offered(ours: Sequence[Any], recipient_id: int | None) -> list[Intent]:
    """Which answers of this recipient have been met with their alternative, each once, in the order of offering."""
    return [
        Intent(text.step.removeprefix("alternative:"))
        for text in ours
        if text.recipient_id == recipient_id and text.kind is MessageKind.ALTERNATIVE and text.step is not None
    ]
