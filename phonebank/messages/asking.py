"""Keeps a sender's queue topped up: the asks of people whose hours are open, a few seconds ahead of the claim."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from phonebank.asks.models import Ask
from phonebank.asks.wording import WordingError
from phonebank.campaigns import lifecycle as campaigns
from phonebank.campaigns import merging
from phonebank.campaigns import queries as campaign_queries
from phonebank.campaigns.contact_hours import NeverOpen, Window
from phonebank.campaigns.models import Campaign, SentBy, StopCause
from phonebank.contacts.models import Contact
from phonebank.db import insert_ignoring
from phonebank.jobs import ring_after_commit
from phonebank.messages import queries
from phonebank.messages.composing import NewText, messages, row_of, window_for
from phonebank.messages.models import MessageKind, Priority
from phonebank.messages.tidying import NO_HOURS_LEFT
from phonebank.optouts import queries as optouts
from phonebank.recipients import dealing
from phonebank.recipients import lifecycle as recipients
from phonebank.recipients import queries as recipient_queries
from phonebank.recipients.models import Recipient

AHEAD, _AHEAD_S = 1000, 5
"""An ask is written down so many texts, or at a fast sender so many seconds, ahead: a pause or a stop finds few."""

_AT_ONCE = 200  # SQLite has one writer: nobody else writes meanwhile
_HELD_FOR = timedelta(minutes=10)

EVENT_BEGUN = "The event has already begun: an ask for it would come too late."


def top_up(session: Session, sender: str, now: datetime) -> int:
    """Write down the next asks of this sender's running campaigns. Returns how many people were looked at."""
    looked_at, is_day_full = 0, campaign_queries.today(session, now).full_until is not None
    for campaign in campaign_queries.running_on(session, sender):
        assert campaign.id is not None
        ask = campaign_queries.ask_of(session, campaign)
        if ask.starts_at is not None and ask.starts_at <= now:
            if recipient_queries.any_due(session, campaign.id, now):
                campaigns.pause(session, campaign.id, reason=EVENT_BEGUN, now=now, over=StopCause.EVENT_BEGUN)
        elif not is_day_full and wants_more(session, campaign):
            looked_at += _Round(session, campaign, campaign.id, ask, now).write_down()
    if looked_at:
        ring_after_commit(session, "texts", sender)
    return looked_at


def wants_more(session: Session, campaign: Campaign) -> bool:
    """Whether fewer asks of this campaign are written down and unspoken than the next seconds need.

    None are needed while asks wait for the inbox to drain, or where volunteers write each down by hand; and nobody's
    are while the carrier's day is full.
    """
    if campaign.asks_wait_since is not None or campaign.sent_by == SentBy.PEOPLE:
        return False
    ahead = max(AHEAD, _AHEAD_S * campaign.segments_per_second)
    return campaign.id is not None and queries.asks_waiting(session, campaign.id, most=ahead) < ahead


@dataclass(frozen=True)
class _Person:
    recipient: Recipient
    contact: Contact
    window: Window

    @property
    def id(self) -> int:
        assert self.recipient.id is not None
        return self.recipient.id


@dataclass(frozen=True)
class _Round:
    """The next few hundred people of one campaign."""

    session: Session
    campaign: Campaign
    campaign_id: int
    ask: Ask
    now: datetime

    def write_down(self) -> int:
        """A Message for each who may be reached now. Returns how many people were looked at."""
        due = recipient_queries.due_to_compose(self.session, self.campaign_id, now=self.now, most=_AT_ONCE)
        people = self._not_banned(self._in_their_hours(due))
        dealt = dealing.redeal(self.session, self.campaign_id, self.ask, [one.recipient for one in people], self.now)
        rows = [row for person in people if (row := self._row(person, dealt)) is not None]
        if rows:
            self.session.connection().execute(insert_ignoring(messages, self.session), rows)
            recipients.mark_composed(self.session, [person.id for person in people], self.now)
        return len(due)

    def _in_their_hours(self, due: Sequence[tuple[Recipient, Contact]]) -> list[_Person]:
        """Those who may be reached now. Whole groups whose hours are closed are parked until they open."""
        windows: dict[tuple[str, str], Window | None] = {}
        people = []
        for recipient, contact in due:
            group = (recipient.zones, recipient.state)
            if group not in windows:
                windows[group] = self._open_window(*group)
            if (window := windows[group]) is not None:
                people.append(_Person(recipient, contact, window))
        return people

    def _open_window(self, zones: str, state: str) -> Window | None:
        group = {"zones": zones, "state": state}
        try:
            window = window_for(self.campaign, zones=zones, state=state, now=self.now)
        except NeverOpen as never:
            recipients.exclude_group(self.session, self.campaign_id, because=str(never)[:200], **group)
            return None
        if window.opens_at <= self.now:
            return window
        if self.ask.starts_at is not None and window.opens_at >= self.ask.starts_at:
            recipients.exclude_group(self.session, self.campaign_id, because=NO_HOURS_LEFT, **group)
        else:
            recipients.park(self.session, self.campaign_id, until=window.opens_at, now=self.now, **group)
        return None

    def _not_banned(self, people: list[_Person]) -> list[_Person]:
        """Leaves out who opted out since they were enrolled, and puts off who is held."""
        opted_out, held = optouts.banned_among(self.session, [person.recipient.phone for person in people])
        if out := [person.id for person in people if person.recipient.phone in opted_out]:
            recipients.exclude(self.session, out, because="opted out")
        if wait := [person.id for person in people if person.recipient.phone in held - opted_out]:
            recipients.put_off(self.session, wait, until=self.now + _HELD_FOR)
        return [person for person in people if person.recipient.phone not in opted_out | held]

    def _row(self, person: _Person, dealt: Mapping[int, int]) -> dict[str, object] | None:
        try:
            variant = dealt.get(person.id, person.recipient.variant)
            body = merging.ask_text(self.campaign, self.ask, person.contact, variant, self.now)
        except WordingError as wrong:
            recipients.exclude(self.session, [person.id], because=str(wrong)[:200])
            return None
        text = NewText(
            phone=person.recipient.phone,
            sender=self.campaign.sender,
            kind=MessageKind.ASK,
            body=body,
            priority=Priority.ASK,
            campaign_id=self.campaign_id,
            recipient_id=person.id,
            step="ask",
            useless_at=self.ask.starts_at,
        )
        return row_of(text, due_at=self.now, lapses_at=person.window.closes_at, now=self.now)
