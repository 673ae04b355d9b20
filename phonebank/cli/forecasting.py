"""How a rehearsed campaign fares and how it went: the forecast of `phonebank rehearse`."""

from dataclasses import dataclass
from typing import Any

from phonebank import clock, db
from phonebank.campaigns import queries
from phonebank.campaigns.models import Campaign, CampaignStatus
from phonebank.cli import sayings
from phonebank.cli.printing import say
from phonebank.messages import queries as messages
from phonebank.recipients.models import RecipientStatus
from phonebank.reports import heard
from phonebank.reports.standing import standing

_UNDER_WAY = (CampaignStatus.ENROLLING, CampaignStatus.RUNNING)


@dataclass(frozen=True)
class Look:
    """One look: who still waits to be asked, who is, and whether anything moves."""

    status: str
    pending: int
    asked: int
    is_idle: bool

    @property
    def is_under_way(self) -> bool:
        return self.status in _UNDER_WAY


def look(campaign: Campaign) -> Look:
    """How it stands now."""
    with db.reading() as session:
        now = queries.by_name(session, campaign.name)
        counted = standing(session, now)
        is_sending = bool(messages.senders_with_work(session, clock.now())) or bool(counted["messages"]["sending"])
        is_idle = now.status is not CampaignStatus.ENROLLING and not is_sending and not messages.unread(session, 1)
    pending = counted["recipients"][RecipientStatus.PENDING]
    return Look(now.status.value, pending, sum(counted["recipients"].values()) - pending, is_idle)


def counted(campaign: Campaign) -> dict[str, Any]:
    """The forecast: people, texts out and in, segments, US dollars, replies by intent, outcomes, handoffs."""
    assert campaign.id is not None
    with db.reading() as session:
        stands = standing(session, queries.by_name(session, campaign.name))
        replies = heard.by_intent(session, campaign.id)
    outcomes = stands["outcomes"]
    return {
        "recipients": sum(stands["recipients"].values()),
        "asked": sum(stands["recipients"].values()) - stands["recipients"][RecipientStatus.PENDING],
        "texts": sum(stands["messages"].values()) - stands["messages"]["queued"] - stands["messages"]["canceled"],
        "segments": stands["segments"],
        "cost": stands["cost"],
        "inbound": stands["inbound"],
        "replies": replies,
        "outcomes": outcomes,
        "handoffs": sum(stands["handoffs"].values()),
        "opted_out": outcomes["opted_out"],
    }


def report(name: str, told: dict[str, Any]) -> None:
    """The forecast for a person."""
    say(f"“{name}”, rehearsed: {told['asked']:,} of {told['recipients']:,} people asked.")
    say(f"  texts      {told['texts']:,} in {told['segments']:,} segments, ${told['cost']:,.2f}")
    say(f"  replies    {told['inbound']:,}: {_listed(told['replies'])}")
    say(f"  outcomes   {_listed(told['outcomes'])}")
    say(f"  handoffs   {told['handoffs']:,} conversations for a person")
    say(f"  opted out  {told['opted_out']:,}")
    say(f"  it took    {sayings.span(told['duration_s'])} by the campaign's clock")
    if told["ended"] != "quiet":
        say(f"  it ended because of this: {told['ended'].replace('_', ' ')}")
    if told["rejected"]:
        say(f"  {told['rejected']:,} rows of the list were rejected: `phonebank contacts import --dry-run` says why.")


def _listed(numbers: dict[str, int]) -> str:
    return ", ".join(f"{number:,} {word.replace('_', ' ')}" for word, number in numbers.items() if number) or "none"
