"""Books claimed texts: their campaigns' budgets and the day's limit, in the claim's own transaction.

Campaigns are booked in the order of their ids and the day last, so that no two claims wait for each other in a circle.
"""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

from sqlmodel import Session

from phonebank.campaigns import ledger
from phonebank.campaigns import lifecycle as campaigns
from phonebank.campaigns import queries as campaign_queries
from phonebank.campaigns.models import StopCause
from phonebank.messages import lifecycle
from phonebank.messages.lifecycle import Claimed
from phonebank.messages.models import BY_A_PERSON, MessageKind

BUDGET_USED = "The budget is used up: raise it and go on, or close the campaign."


def pay(session: Session, claimed: list[Claimed], now: datetime) -> list[Claimed]:
    """Charge these texts. Returns those that may be said now, in the same order; the others are unclaimed.

    What no budget is left for pauses its campaign; what finds no room today is put off until the day's end.
    """
    unpaid: set[int] = set()
    for campaign_id, texts in _of_campaigns(claimed):
        unpaid |= _not_paid_for(session, campaign_id, texts)
    if unpaid:
        lifecycle.unclaim(session, sorted(unpaid))
        for campaign_id in sorted({text.campaign_id or 0 for text in claimed if text.id in unpaid}):
            campaigns.pause(session, campaign_id, reason=BUDGET_USED, now=now, over=StopCause.BUDGET)
    paid = [text for text in claimed if text.id not in unpaid]
    crowded = _without_room(session, paid, now)
    if crowded:
        lifecycle.unclaim(session, sorted(crowded), due_at=ledger.day_ends(now))
        _refund(session, [text for text in paid if text.id in crowded])
    return [text for text in paid if text.id not in crowded]


def give_back(session: Session, texts: Iterable[Claimed], now: datetime) -> None:
    """These certainly did not go: their price back to their campaigns, their segments back to the day."""
    returned = list(texts)
    _refund(session, returned)
    today = [text for text in returned if text.claimed_at and ledger.day_of(text.claimed_at) == ledger.day_of(now)]
    if today:
        ledger.uncount_today(session, sum(text.segments for text in today), now)


def _not_paid_for(session: Session, campaign_id: int, texts: list[Claimed]) -> set[int]:
    """The ids of those no budget is left for. A campaign is charged once while it has enough for all."""
    if ledger.charge(session, campaign_id, **_price(texts)):
        return set()
    return {text.id for text in texts if not ledger.charge(session, campaign_id, **_price([text]))}


def _without_room(session: Session, texts: list[Claimed], now: datetime) -> set[int]:
    """The ids of those for which the day has no room. A person's own words always have."""
    limit = campaign_queries.segments_per_day(session)
    bound = [text for text in texts if text.kind not in BY_A_PERSON]
    by_hand = sum(text.segments for text in texts if text.kind in BY_A_PERSON)
    if by_hand:
        ledger.count_today(session, by_hand, limit=None, asks=False, now=now)
    if not bound or _count(session, bound, limit, now):
        return set()
    crowded = [text for text in bound if not _count(session, [text], limit, now)]
    if crowded and limit is not None:
        ledger.note_no_room(session, min(text.segments for text in crowded), now)
    return {text.id for text in crowded}


def _count(session: Session, texts: list[Claimed], limit: int | None, now: datetime) -> bool:
    asks = any(text.kind == MessageKind.ASK for text in texts)
    return ledger.count_today(session, sum(text.segments for text in texts), limit=limit, asks=asks, now=now)


def _refund(session: Session, texts: Iterable[Claimed]) -> None:
    for campaign_id, theirs in _of_campaigns(texts):
        ledger.refund(session, campaign_id, **_price(theirs))


def _of_campaigns(texts: Iterable[Claimed]) -> list[tuple[int, list[Claimed]]]:
    own = sorted((text for text in texts if text.campaign_id is not None), key=lambda text: text.campaign_id or 0)
    return [(number or 0, list(theirs)) for number, theirs in groupby(own, key=lambda text: text.campaign_id)]


def _price(texts: list[Claimed]) -> dict[str, int]:
    asks = sum(text.kind == MessageKind.ASK for text in texts)
    return {"micros": sum(text.cost_micros for text in texts), "texts": len(texts), "asks": asks}
