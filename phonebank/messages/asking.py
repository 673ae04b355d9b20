"""Keeps a sender's queue topped up: the asks of people whose hours are open, a few seconds ahead of the claim."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from phonebank.asks.models import Ask
from phonebank.asks.wording import WordingError
from phonebank.campaigns import lifecycle as campaigns
from phonebank.campaigns import merging
from phonebank.campaigns import queries as campaign_queries
from phonebank.campaigns.models import Campaign, SentBy, StopCause
from phonebank.db import insert_ignoring
from phonebank.jobs import ring_after_commit
from phonebank.messages import queries
from phonebank.messages.composing import NewText, messages, row_of
from phonebank.messages.models import MessageKind, Priority
from phonebank.messages.reaching import Reach, Reachable
from phonebank.recipients import dealing
from phonebank.recipients import lifecycle as recipients
from phonebank.recipients import queries as recipient_queries

AHEAD, _AHEAD_S = 1000, 5
"""An ask is written down so many texts, or at a fast sender so many seconds, ahead: a pause or a stop finds few."""

_AT_ONCE = 200  # SQLite has one writer: nobody else writes meanwhile

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
        people = Reach(self.session, self.campaign, self.ask, self.now).of(due)
        dealt = dealing.redeal(self.session, self.campaign_id, self.ask, [one.recipient for one in people], self.now)
        rows = [row for person in people if (row := self._row(person, dealt)) is not None]
        if rows:
            self.session.connection().execute(insert_ignoring(messages, self.session), rows)
            recipients.mark_composed(self.session, [person.id for person in people], self.now)
        return len(due)

    def _row(self, person: Reachable, dealt: Mapping[int, int]) -> dict[str, object] | None:
        try:
            variant = dealt.get(person.id, person.recipient.variant)
            body = merging.ask_text(self.campaign, self.ask, person.contact, variant, self.now)
        except WordingError as wrong:
            recipients.exclude(self.session, [person.id], because=str(wrong)[:200])
            return None
        return ask_row(self.campaign, self.ask, person, body, now=self.now)


def ask_row(
    campaign: Campaign, ask: Ask, person: Reachable, body: str, *, now: datetime, written_by: int | None = None
) -> dict[str, object]:
    """The first text of somebody who may be reached now, as the one Message that their step `ask` can be."""
    text = NewText(
        phone=person.recipient.phone,
        sender=campaign.sender,
        kind=MessageKind.ASK,
        body=body,
        priority=Priority.ASK,
        campaign_id=campaign.id,
        recipient_id=person.id,
        step="ask",
        written_by=written_by,
        useless_at=ask.starts_at,
    )
    return row_of(text, due_at=now, lapses_at=person.window.closes_at, now=now)
