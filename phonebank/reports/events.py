"""Events and who said yes to them: counts for the lists, people for the door."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from phonebank.asks.models import Ask
from phonebank.campaigns.models import Alternative, Campaign
from phonebank.contacts.models import Contact
from phonebank.errors import NotFoundError
from phonebank.followups.lifecycle import STANDING
from phonebank.followups.models import Commitment, CommitmentStatus
from phonebank.optouts.keywords import folded
from phonebank.people.models import Person
from phonebank.recipients.models import Recipient

_FAR_AHEAD = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Event:
    """One ask that people said yes to: a campaign's own or an alternative. `counts` names every status."""

    ask: Ask
    campaign: Campaign
    counts: Mapping[str, int]

    @property
    def title(self) -> str:
        return f"{self.ask.action[:1].upper()}{self.ask.action[1:]}" or self.campaign.name

    @property
    def expected(self) -> int:
        """Who still stands by their yes and was not seen yet."""
        return sum(self.counts[status.value] for status in STANDING)

    @property
    def people(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class Guest:
    """Somebody who said yes. Their number is not here: its last digits tell two of the same name apart."""

    id: int
    name: str
    ending: str
    status: CommitmentStatus
    settled_at: datetime | None
    settled_by: str | None
    is_namesake: bool = False


def events(session: Session, *, campaign_id: int | None = None, ask_ids: Collection[int] | None = None) -> list[Event]:
    """Every event that has commitments, or of one campaign, or of these asks; the earliest first, undated last."""
    by = (col(Commitment.ask_id), col(Commitment.campaign_id), col(Commitment.status))
    counted = select(*by, func.count())
    if campaign_id is not None:
        counted = counted.where(col(Commitment.campaign_id) == campaign_id)
    if ask_ids is not None:
        counted = counted.where(col(Commitment.ask_id).in_(ask_ids))
    found: dict[tuple[int, int], dict[str, int]] = {}
    for ask_id, of_campaign, status, number in session.connection().execute(counted.group_by(*by)):
        found.setdefault((ask_id, of_campaign), dict.fromkeys(CommitmentStatus, 0))[status] = number
    made = [_event(session, *ids, counts) for ids, counts in found.items()]
    return sorted(made, key=lambda one: (one.ask.starts_at or _FAR_AHEAD, one.ask.id or 0))


def event(session: Session, ask_id: int) -> Event:
    """One event, with or without commitments. Raises NotFoundError."""
    found = events(session, ask_ids=[ask_id])
    if found:
        return found[0]
    own = select(col(Campaign.id)).where(col(Campaign.ask_id) == ask_id)
    alternative = select(col(Alternative.campaign_id)).where(col(Alternative.ask_id) == ask_id)
    campaign_id = session.scalar(own) or session.scalar(alternative)
    if campaign_id is None:
        raise NotFoundError("There is no such event.")
    return _event(session, ask_id, campaign_id, dict.fromkeys(CommitmentStatus, 0))


def guests(session: Session, ask_id: int) -> list[Guest]:
    """Everybody who said yes to this event, whatever became of it, by name."""
    theirs = (
        select(
            col(Commitment.id),
            col(Contact.first_name),
            col(Contact.last_name),
            col(Contact.phone),
            col(Commitment.status),
            col(Commitment.settled_at),
            col(Person.name),
        )
        .join(Recipient, col(Recipient.id) == col(Commitment.recipient_id))
        .join(Contact, col(Contact.id) == col(Recipient.contact_id))
        .outerjoin(Person, col(Person.id) == col(Commitment.settled_by))
        .where(col(Commitment.ask_id) == ask_id)
    )
    rows = [
        Guest(row.id, f"{row.first_name} {row.last_name}".strip(), row.phone[-4:], *row[4:])
        for row in session.connection().execute(theirs)
    ]
    return sorted(_told_apart(rows), key=lambda guest: (not guest.name, folded(guest.name), guest.ending, guest.id))


def matching(people: Sequence[Guest], words: str) -> list[Guest]:
    """Those whose name has a word beginning with each of these, in any case and without accents; or a number's end."""
    wanted = folded(words).split()
    return [guest for guest in people if all(_fits(guest, word) for word in wanted)]


def last_missed(session: Session, ask_id: int) -> datetime | None:
    """When "the rest did not come" was last said of this event."""
    missed = (col(Commitment.ask_id) == ask_id) & (col(Commitment.status) == CommitmentStatus.MISSED)
    return session.scalar(select(func.max(col(Commitment.settled_at))).where(missed))


def _told_apart(people: Sequence[Guest]) -> list[Guest]:
    often = Counter(folded(guest.name) for guest in people)
    return [replace(guest, is_namesake=not guest.name or often[folded(guest.name)] > 1) for guest in people]


def _fits(guest: Guest, word: str) -> bool:
    return guest.ending.endswith(word) or any(part.startswith(word) for part in folded(guest.name).split())


def _event(session: Session, ask_id: int, campaign_id: int, counts: Mapping[str, int]) -> Event:
    ask, campaign = session.get(Ask, ask_id), session.get(Campaign, campaign_id)
    assert ask is not None
    assert campaign is not None
    return Event(ask, campaign, counts)
