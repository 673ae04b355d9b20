"""Who is called next: first tries of those whose hours are open, then others, at other times of day."""

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Table
from sqlmodel import Session

from phonebank.asks.models import Ask
from phonebank.asks.wording import WordingError
from phonebank.calls import paying, queries
from phonebank.calls.models import Call, CallKind, CallStatus
from phonebank.calls.tidying import NO_CALL_ALLOWED
from phonebank.campaigns import lifecycle as campaigns
from phonebank.campaigns import merging
from phonebank.campaigns import queries as campaign_queries
from phonebank.campaigns.call_spec import CallMode, CallSpec, spec_of
from phonebank.campaigns.contact_hours import NeverOpen, Window
from phonebank.campaigns.models import Campaign, StopCause
from phonebank.campaigns.spec_types import span
from phonebank.contacts import queries as contacts
from phonebank.contacts.models import Contact
from phonebank.db import insert_ignoring
from phonebank.errors import RefusedError
from phonebank.jobs import ring_after_commit
from phonebank.messages.asking import EVENT_BEGUN
from phonebank.messages.composing import NewText, compose, window_for
from phonebank.messages.models import MessageKind, Priority
from phonebank.messages.reaching import Reach
from phonebank.recipients import lifecycle as recipients
from phonebank.recipients import queries as recipient_queries
from phonebank.recipients.models import Recipient, RecipientStatus

AHEAD, _AHEAD_S = 20, 5
"""So many calls, or at a fast sender so many seconds of them, are written down before they are dialed."""

NOBODY = "nobody answered"
_AT_ONCE = 200
_NOON, _EVENING = time(12), time(17)
_LOOKS_AHEAD_DAYS = 3
_FIRST = "call"

_calls: Table = Call.__table__  # type: ignore[attr-defined]  # SQLModel hides the table from mypy


def top_up(session: Session, sender: str, now: datetime) -> int:
    """Write down the next first tries of this sender's campaigns. Returns how many people were looked at."""
    looked_at = 0
    for campaign in queries.running_on(session, sender):
        assert campaign.id is not None
        ask = campaign_queries.ask_of(session, campaign)
        if ask.starts_at is not None and ask.starts_at <= now:
            if recipient_queries.any_due(session, campaign.id, now):
                campaigns.pause(session, campaign.id, reason=EVENT_BEGUN, now=now, over=StopCause.EVENT_BEGUN)
        elif wants_more(session, campaign, now):
            looked_at += _write_down(session, campaign, ask, now)
    if looked_at:
        ring_after_commit(session, "calls", sender)
    return looked_at


def wants_more(session: Session, campaign: Campaign, now: datetime) -> bool:
    """Whether an artificial voice calls in this campaign, and few calls of it wait to be dialed."""
    if campaign.asks_wait_since is not None:
        return False
    spec = spec_of(campaign)
    ahead = max(AHEAD, int(_AHEAD_S * spec.calls_per_second))
    return spec.mode is CallMode.SCRIPTED and queries.queued(session, campaign, ahead, now) < ahead


def _write_down(session: Session, campaign: Campaign, ask: Ask, now: datetime) -> int:
    assert campaign.id is not None
    due = recipient_queries.due_to_compose(session, campaign.id, now=now, most=_AT_ONCE)
    unlawful = set(queries.unlawful(session, [one.id for one, _ in due if one.id is not None], now))
    recipients.exclude(session, sorted(unlawful), because=NO_CALL_ALLOWED)
    people = Reach(session, campaign, ask, now).of([one for one in due if one[0].id not in unlawful])
    rows = [_row(campaign, one.recipient, _FIRST, now, one.window, now) for one in people]
    if rows:
        session.connection().execute(insert_ignoring(_calls, session), rows)
        recipients.mark_composed(session, [one.id for one in people], now)
    return len(due)


def try_again(session: Session, call: Call, now: datetime, *, because: str = NOBODY) -> bool:
    """Write down the next try for whoever did not answer this one; after the last, a text, or they are left alone."""
    campaign = campaign_queries.find(session, call.campaign_id)
    recipient = recipient_queries.by_id(session, call.recipient_id or 0)
    if campaign is None or campaign.id is None or recipient is None or recipient.id is None:
        return False
    if recipient.status is not RecipientStatus.PENDING:
        return False  # asked, or left out, by another way meanwhile
    spec, number = spec_of(campaign), int((call.step or "").partition("#")[2] or 1) + 1
    tries = [one.claimed_at for one in queries.tries_of(session, recipient.id, campaign.id) if one.claimed_at]
    at = _next_moment(campaign, recipient, spec, tries, now) if number <= spec.attempts else None
    if at is None:
        _give_up(session, campaign, recipient, because, now)
        return False
    row = _row(campaign, recipient, f"{_FIRST}#{number}", max(now, at.opens_at), at, now)
    session.connection().execute(insert_ignoring(_calls, session), [row])
    return True


def _next_moment(
    campaign: Campaign, recipient: Recipient, spec: CallSpec, tries: Sequence[datetime], now: datetime
) -> Window | None:
    """From when on, and until when, they are tried next; None when no hours are left before the event."""

    def hours(moment: datetime) -> Window:
        zones, state = recipient.zones, recipient.state
        return window_for(campaign, zones=zones, state=state, now=moment, channel=campaign.channel)

    zone = ZoneInfo(recipient.zones.split("|", maxsplit=1)[0])
    try:
        return other_time_of_day(now + span(spec.spacing), hours, tries, zone)
    except NeverOpen:
        return None


def other_time_of_day(
    earliest: datetime, hours: Callable[[datetime], Window], tries: Sequence[datetime], zone: ZoneInfo
) -> Window:
    """The first hours from `earliest` on in a part of the day that was not tried; where all were, the first of all.

    A window that opens at that moment, or later, and closes with the contact hours it lies in. Raises NeverOpen.
    """
    tried = {_part_of_day(moment, zone) for moment in tries}
    for moment in _moments(earliest, zone):
        window = hours(moment)
        opens = max(moment, window.opens_at)
        if _part_of_day(opens, zone) not in tried:
            return Window(opens, window.closes_at)
    window = hours(earliest)
    return Window(max(earliest, window.opens_at), window.closes_at)


def _moments(earliest: datetime, zone: ZoneInfo) -> list[datetime]:
    """`earliest`, and each noon and evening after it for some days, the soonest first."""
    today = earliest.astimezone(zone).date()
    begins = [
        datetime.combine(today + timedelta(days=day), at, zone).astimezone(earliest.tzinfo)
        for day in range(_LOOKS_AHEAD_DAYS)
        for at in (time(0), _NOON, _EVENING)
    ]
    return [earliest, *(moment for moment in begins if moment > earliest)]


def _part_of_day(moment: datetime, zone: ZoneInfo) -> int:
    at = moment.astimezone(zone).time()
    return (at >= _NOON) + (at >= _EVENING)


def _give_up(session: Session, campaign: Campaign, recipient: Recipient, because: str, now: datetime) -> None:
    """That was the last try: a text says who called, where the campaign has one and they may get it."""
    assert recipient.id is not None
    if not _text_who_called(session, campaign, recipient, now):
        recipients.mark_unreachable(session, [recipient.id], because=because)


def _text_who_called(session: Session, campaign: Campaign, recipient: Recipient, now: datetime) -> bool:
    template = spec_of(campaign).missed_text
    if not template or contacts.is_known_textless(session, recipient.phone):
        return False
    ask, person = campaign_queries.ask_of(session, campaign), recipient_queries.contact_of(session, recipient)
    try:
        body = _words(campaign, ask, person, template, now)
        return compose(session, _missed(campaign, ask, recipient, body), now) is not None
    except (RefusedError, NeverOpen, WordingError):
        return False


def _words(campaign: Campaign, ask: Ask, person: Contact, template: str, now: datetime) -> str:
    fields = merging.fields_for(person, campaign, ask, now=now)
    return merging.first_text(campaign, template, fields, merging.language_of(person, ask))


def _missed(campaign: Campaign, ask: Ask, recipient: Recipient, body: str) -> NewText:
    """Their first text: it asks, and what they answer goes the way of every answer."""
    return NewText(
        phone=recipient.phone,
        sender=campaign.sender,
        kind=MessageKind.ASK,
        body=body,
        priority=Priority.ASK,
        campaign_id=campaign.id,
        recipient_id=recipient.id,
        step="ask",
        useless_at=ask.starts_at,
    )


def _row(
    campaign: Campaign, recipient: Recipient, step: str, due_at: datetime, window: Window, now: datetime
) -> dict[str, object]:
    return {
        "kind": CallKind.SCRIPTED,
        "status": CallStatus.QUEUED,
        "campaign_id": campaign.id,
        "recipient_id": recipient.id,
        "step": step,
        "phone": recipient.phone,
        "sender": campaign.sender,
        "language": recipient.language,
        "script": {},
        "due_at": due_at,
        "lapses_at": window.closes_at,
        "carrier_sequence": -1,
        "attempts": 0,
        "looks": 0,
        "cost_micros": paying.price_micros(1, now.date()),
        "created_at": now,
    }
