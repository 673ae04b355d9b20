"""What a supporter is texted about their one-on-one, through the house's own sending, and each thing once."""

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from phonebank import logs
from phonebank.asks import moments, wording
from phonebank.asks.wording import WordingError
from phonebank.campaigns import queries as campaigns
from phonebank.campaigns.contact_hours import NeverOpen
from phonebank.campaigns.models import Campaign
from phonebank.contacts.models import Contact
from phonebank.errors import RefusedError
from phonebank.followups import moments as reminder_moments
from phonebank.followups.moments import Event
from phonebank.messages import composing
from phonebank.messages.models import MessageKind, Priority
from phonebank.one_on_ones import lifecycle, queries, timing
from phonebank.one_on_ones.models import OneOnOne
from phonebank.people.models import Person, PersonStatus
from phonebank.recipients import queries as recipients
from phonebank.recipients.models import Recipient

STEP = "one_on_one:"
"""How the step of every such text begins: what is replied to it is about the one-on-one, not about the ask."""

_WAITS_FOR_SOMEBODY = timedelta(minutes=10)

log = logs.get("one_on_ones")


@dataclass(frozen=True)
class Meeting:
    """A one-on-one with everybody and everything its texts and pages speak of."""

    one: OneOnOne
    recipient: Recipient
    contact: Contact
    campaign: Campaign
    meets: Person

    @property
    def language(self) -> str:
        return self.contact.language if self.contact.language in words() else "en"

    @property
    def from_name(self) -> str:
        """The first name of who meets them."""
        return (self.meets.name.split() or [self.meets.name])[0]


def meeting(session: Session, one: OneOnOne) -> Meeting:
    """All that belongs to this one."""
    recipient, meets = recipients.by_id(session, one.recipient_id), session.get(Person, one.meets_id)
    assert recipient is not None
    assert meets is not None
    campaign = campaigns.by_id(session, one.campaign_id)
    return Meeting(one, recipient, recipients.contact_of(session, recipient), campaign, meets)


def say(session: Session, about: Meeting, name: str, *, by: int, address: str, now: datetime) -> None:
    """Text them that it is booked, moved or called_off, in the name of who meets them.

    Raises RefusedError when nothing may go to this number.
    """
    step = f"{STEP}{about.one.id}:{name}:{about.one.moves}:{about.one.changed_at.timestamp():.0f}"
    words_ = _rendered(about, name, address, now)
    composing.compose(session, _text(about, MessageKind.ANSWER, Priority.ANSWER, words_, step, written_by=by), now)


def next_reminder(recipient: Recipient, campaign: Campaign, starts_at: datetime, timezone: str, after: datetime) -> Any:
    """The moment of the next reminder after this one, inside their contact hours; None when none is left."""
    hours, event = reminder_moments.hours_of(campaign, recipient), Event(starts_at, timezone)
    due = [reminder_moments.inside_hours(hours, starts_at - before, event) for before in timing.REMINDED_BEFORE]
    return min((at for at in due if after < at < starts_at), default=None)


def write_due(session: Session, *, address: str, now: datetime, most: int = 200) -> int:
    """Write down the reminders whose moment has come, each once. Returns how many were looked at."""
    found = queries.due_reminders(session, now, most)
    for one in found:
        about = meeting(session, one)
        if about.meets.status is not PersonStatus.ACTIVE and now < one.starts_at:
            lifecycle.set_reminder(session, one, now + _WAITS_FOR_SOMEBODY)  # who would they be waiting for?
            continue
        following = next_reminder(about.recipient, about.campaign, one.starts_at, one.timezone, now)
        step = f"{STEP}{one.id}:reminder:{one.remind_at:%Y%m%d%H%M%S}"
        if lifecycle.set_reminder(session, one, following) and now < one.starts_at:
            _remind(session, about, step, address, now)
    return len(found)


def _remind(session: Session, about: Meeting, step: str, address: str, now: datetime) -> None:
    try:
        words_ = _rendered(about, "reminder", address, now)
        composing.compose(session, _text(about, MessageKind.REMINDER, Priority.REMINDER, words_, step), now)
    except (RefusedError, WordingError, NeverOpen) as wrong:
        log.warning("a reminder cannot be written", one_on_one=about.one.id, error=type(wrong).__name__)


def _text(  # what differs between what a person says and what goes by itself
    about: Meeting, kind: MessageKind, priority: Priority, body: str, step: str, written_by: int | None = None
) -> composing.NewText:
    return composing.NewText(
        phone=about.recipient.phone,
        sender=about.campaign.sender,
        kind=kind,
        body=body,
        priority=priority,
        campaign_id=about.campaign.id,
        recipient_id=about.recipient.id,
        step=step,
        written_by=written_by,
        useless_at=about.one.starts_at,
    )


def _rendered(about: Meeting, name: str, address: str, now: datetime) -> str:
    spoken = words()[about.language]
    fields = {
        "first_name": about.contact.first_name,
        "from_name": about.from_name,
        "organization": about.campaign.organization,
        "when": when(about.one, about.language, now),
        "where": about.one.place or spoken["call"],
        "minutes": about.one.minutes,
        "link": link_of(about.one, address),
    }
    return wording.render(spoken[name], fields)


def when(one: OneOnOne, language: str, now: datetime) -> str:
    """The moment in words, with its zone: "Wednesday, February 10 at 6 pm EST"."""
    said = moments.when(one.starts_at, timezone=one.timezone, language=language, now=now)
    return f"{said} {one.starts_at.astimezone(ZoneInfo(one.timezone)).tzname()}"


def link_of(one: OneOnOne, address: str) -> str:
    """The supporter's own page."""
    return f"{address}/y/meet/{one.token}"


@cache
def words() -> dict[str, dict[str, Any]]:
    """What is said to a supporter, by language."""
    return tomllib.loads((files("phonebank.one_on_ones") / "words.toml").read_text("utf-8"))
