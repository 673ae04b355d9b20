"""Who of those due may be reached this minute: their hours are open, and nothing stands against their number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from phonebank.asks.models import Ask
from phonebank.campaigns.contact_hours import NeverOpen, Window
from phonebank.campaigns.models import Campaign
from phonebank.contacts.models import Contact
from phonebank.messages.composing import window_for
from phonebank.messages.tidying import NO_HOURS_LEFT
from phonebank.optouts import queries as optouts
from phonebank.recipients import lifecycle as recipients
from phonebank.recipients import queries as recipient_queries
from phonebank.recipients.models import Recipient

_HELD_FOR = timedelta(minutes=10)
ANSWERED_MEANWHILE = "answered the first ask meanwhile"


@dataclass(frozen=True)
class Reachable:
    """Somebody due, and the contact hours that are open for them."""

    recipient: Recipient
    contact: Contact
    window: Window

    @property
    def id(self) -> int:
        assert self.recipient.id is not None
        return self.recipient.id


@dataclass(frozen=True)
class Reach:
    """A look at people of one campaign at one moment."""

    session: Session
    campaign: Campaign
    ask: Ask
    now: datetime

    def of(self, due: Sequence[tuple[Recipient, Contact]]) -> list[Reachable]:
        """Those who may be reached; the others are parked until they may be, or left out for good."""
        return self._still_silent(self._not_banned(self._in_their_hours(due)))

    def is_open(self, recipient: Recipient) -> bool:
        """Whether their hours are open; `of` would not have to park their whole group."""
        try:
            window = self._window(recipient.zones, recipient.state)
        except NeverOpen:
            return False
        return window.opens_at <= self.now

    def _window(self, zones: str, state: str) -> Window:
        return window_for(self.campaign, zones=zones, state=state, now=self.now, channel=self.campaign.channel)

    def _in_their_hours(self, due: Sequence[tuple[Recipient, Contact]]) -> list[Reachable]:
        """Those who may be reached now. Whole groups whose hours are closed are parked until they open."""
        windows: dict[tuple[str, str], Window | None] = {}
        people = []
        for recipient, contact in due:
            group = (recipient.zones, recipient.state)
            if group not in windows:
                windows[group] = self._open_window(*group)
            if (window := windows[group]) is not None:
                people.append(Reachable(recipient, contact, window))
        return people

    def _open_window(self, zones: str, state: str) -> Window | None:
        group = {"zones": zones, "state": state}
        try:
            window = self._window(zones, state)
        except NeverOpen as never:
            recipients.exclude_group(self.session, self._campaign_id, because=str(never)[:200], **group)
            return None
        if window.opens_at <= self.now:
            return window
        if self.ask.starts_at is not None and window.opens_at >= self.ask.starts_at:
            recipients.exclude_group(self.session, self._campaign_id, because=NO_HOURS_LEFT, **group)
        else:
            recipients.park(self.session, self._campaign_id, until=window.opens_at, now=self.now, **group)
        return None

    def _not_banned(self, people: list[Reachable]) -> list[Reachable]:
        """Leaves out who opted out since they were enrolled, and puts off who is held."""
        opted_out, held = optouts.banned_among(self.session, [person.recipient.phone for person in people])
        if out := [person.id for person in people if person.recipient.phone in opted_out]:
            recipients.exclude(self.session, out, because="opted out")
        if wait := [person.id for person in people if person.recipient.phone in held - opted_out]:
            recipients.put_off(self.session, wait, until=self.now + _HELD_FOR)
        return [person for person in people if person.recipient.phone not in opted_out | held]

    def _still_silent(self, people: list[Reachable]) -> list[Reachable]:
        """Of a second pass: leaves out who answered the first since they were enrolled."""
        if self.campaign.again_of is None or not people:
            return people
        contacts = [person.recipient.contact_id for person in people]
        wrote = recipient_queries.answered(self.session, self.campaign.again_of, contacts)
        if out := [person.id for person in people if person.recipient.contact_id in wrote]:
            recipients.exclude(self.session, out, because=ANSWERED_MEANWHILE)
        return [person for person in people if person.recipient.contact_id not in wrote]

    @property
    def _campaign_id(self) -> int:
        assert self.campaign.id is not None
        return self.campaign.id
