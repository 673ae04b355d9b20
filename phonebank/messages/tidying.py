"""Moves or cancels queued texts that nobody should get as they stand: hours over, event begun, campaign closed."""

from datetime import datetime

from sqlmodel import Session, col, select

from phonebank.campaigns.contact_hours import NeverOpen
from phonebank.campaigns.models import Campaign, CampaignStatus
from phonebank.messages import lifecycle, queries
from phonebank.messages.composing import hours_of
from phonebank.messages.models import BY_A_PERSON, Message, MessageKind
from phonebank.optouts.models import Ban, OptOut
from phonebank.recipients import lifecycle as recipients

_AT_ONCE = 500
TOO_LATE = "the event began before their contact hours opened again"


def tidy(session: Session, now: datetime) -> int:
    """One batch of it. Returns how many texts were moved or canceled: 0 when all is tidy."""
    return _cancel_of_closed(session, now) + _cancel_of_opted_out(session, now) + _move_lapsed(session, now)


def _cancel_of_closed(session: Session, now: datetime) -> int:
    closed = select(Campaign.id).where(Campaign.status == CampaignStatus.CLOSED)
    of_closed = col(Message.campaign_id).in_(closed) & col(Message.kind).not_in(BY_A_PERSON)
    return lifecycle.cancel(session, of_closed, now)


def _cancel_of_opted_out(session: Session, now: datetime) -> int:
    out = select(OptOut.phone).where(OptOut.kind == Ban.OPT_OUT, col(OptOut.lifted_at).is_(None))
    told = col(Message.phone).in_(out) & (col(Message.kind) != MessageKind.APOLOGY)
    return lifecycle.cancel(session, told, now)


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
    lifecycle.cancel(session, col(Message.id) == text.id, now)
    if text.recipient_id is not None:
        recipients.exclude(session, [text.recipient_id], because=TOO_LATE)
