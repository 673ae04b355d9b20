"""Moves or cancels queued calls that nobody should get as they stand: opted out, closed, unlawful, hours over."""

from datetime import datetime

from sqlmodel import Session

from phonebank.calls import lifecycle, queries
from phonebank.calls.models import Call
from phonebank.campaigns import queries as campaign_queries
from phonebank.campaigns.contact_hours import NeverOpen, Window
from phonebank.messages.composing import window_for
from phonebank.messages.tidying import NO_HOURS_LEFT, OPTED_OUT
from phonebank.recipients import lifecycle as recipients
from phonebank.recipients import queries as recipient_queries

_AT_ONCE = 500
NO_CALL_ALLOWED = "no consent is recorded: only a volunteer may call"


def is_tidy(session: Session, now: datetime) -> bool:
    """Whether `tidy` would find nothing: asked first, since looking holds up no writer."""
    unwanted = queries.to_opted_out() | queries.of_closed_campaigns() | queries.against_the_law(now)
    return not queries.is_any_queued(session, unwanted) and not queries.past_their_hours(session, now, 1)


def tidy(session: Session, now: datetime) -> None:
    """One batch of it."""
    opted_out = lifecycle.cancel_telling(session, queries.to_opted_out(), now)
    recipients.exclude(session, opted_out, because=OPTED_OUT)
    lifecycle.cancel(session, queries.of_closed_campaigns(), now)
    unlawful = lifecycle.cancel_telling(session, queries.against_the_law(now), now)
    recipients.exclude(session, unlawful, because=NO_CALL_ALLOWED)
    for call in queries.past_their_hours(session, now, _AT_ONCE):
        _move(session, call, now)


def _move(session: Session, call: Call, now: datetime) -> None:
    """To the next contact hours; there may be none before the event."""
    assert call.id is not None
    window = _next_hours(session, call, now)
    if window is None:
        spared = lifecycle.cancel_telling(session, queries.is_call(call.id), now)
        recipients.exclude(session, spared, because=NO_HOURS_LEFT)
    elif window.closes_at != call.lapses_at:
        lifecycle.move_hours(session, call.id, due_at=max(now, window.opens_at), lapses_at=window.closes_at)


def _next_hours(session: Session, call: Call, now: datetime) -> Window | None:
    campaign = campaign_queries.find(session, call.campaign_id)
    recipient = recipient_queries.by_id(session, call.recipient_id or 0)
    if campaign is None or recipient is None:
        return None  # a test, or a call that somebody of ours waited for
    zones, state = recipient.zones, recipient.state
    try:
        window = window_for(campaign, zones=zones, state=state, now=now + queries.TOO_LATE, channel=campaign.channel)
    except NeverOpen:
        return None
    begins = campaign_queries.ask_of(session, campaign).starts_at
    return None if begins is not None and max(now, window.opens_at) >= begins else window
