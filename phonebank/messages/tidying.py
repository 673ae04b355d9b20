"""Moves or cancels queued texts that nobody should get as they stand: hours over, event begun, campaign closed."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from phonebank.campaigns.contact_hours import NeverOpen
from phonebank.messages import lifecycle, queries
from phonebank.messages.composing import hours_of
from phonebank.messages.models import Message
from phonebank.recipients import lifecycle as recipients

_AT_ONCE = 500
OPTED_OUT = "opted out"
NO_HOURS_LEFT = "no contact hours were left before the event"
BEGUN = "the event began before their turn came"


def is_tidy(session: Session, now: datetime) -> bool:
    """Whether `tidy` would find nothing: asked first, since looking holds up no writer."""
    unwanted = queries.is_any_queued(session, queries.to_opted_out() | queries.of_closed_campaigns())
    return not unwanted and not queries.past_their_hours(session, now, 1)


def tidy(session: Session, now: datetime) -> int:
    """One batch of it. Returns how many texts were moved or canceled: 0 when all is tidy."""
    spared = lifecycle.cancel_opted_out(session, queries.to_opted_out(), now)
    for start in range(0, len(spared), _AT_ONCE):
        recipients.leave_out(session, spared[start : start + _AT_ONCE], because=OPTED_OUT)
    return len(spared) + lifecycle.cancel(session, queries.of_closed_campaigns(), now) + _move_lapsed(session, now)


def leave_alone(session: Session, phone: str, now: datetime) -> None:
    """Somebody has opted this number out: nothing queued goes to it, and no campaign still waits to ask it."""
    lifecycle.cancel_for(session, phone, now)
    recipients.leave_out(session, [phone], because=OPTED_OUT)


def leave_all_alone(session: Session, phones: Sequence[str], now: datetime) -> None:
    """As `leave_alone`, for many numbers."""
    for start in range(0, len(phones), _AT_ONCE):
        some = phones[start : start + _AT_ONCE]
        lifecycle.cancel(session, queries.to_these(some), now)
        recipients.leave_out(session, some, because=OPTED_OUT)


def _move_lapsed(session: Session, now: datetime) -> int:
    lapsed = queries.past_their_hours(session, now, _AT_ONCE)
    for text in lapsed:
        assert text.id is not None
        try:
            window = hours_of(session, text, now)
        except NeverOpen:
            window = None
        if window is None or (text.useless_at is not None and max(now, window.opens_at) >= text.useless_at):
            _give_up(session, text, now)
        elif window.closes_at != text.lapses_at:
            lifecycle.move_hours(session, text.id, due_at=max(now, window.opens_at), lapses_at=window.closes_at)
    return len(lapsed)


def _give_up(session: Session, text: Message, now: datetime) -> None:
    has_begun = text.useless_at is not None and text.useless_at <= now
    lifecycle.cancel_one(session, text.id or 0, now)
    if text.recipient_id is not None:
        recipients.exclude(session, [text.recipient_id], because=BEGUN if has_begun else NO_HOURS_LEFT)
