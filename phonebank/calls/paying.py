"""Books calls: charged at the claim for one minute, and set right when they end, at the prices of that day."""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import groupby
from math import ceil

from sqlmodel import Session

from phonebank.asks import segments
from phonebank.calls import lifecycle
from phonebank.calls.lifecycle import Claimed
from phonebank.calls.models import Call, CallKind
from phonebank.campaigns import ledger
from phonebank.campaigns import lifecycle as campaigns
from phonebank.campaigns.models import StopCause
from phonebank.messages.paying import BUDGET_USED

_MINUTE_S = 60
_MICROS = 1_000_000


def price_micros(minutes: int, on: date, *, scripted: bool = True) -> int:
    """A call of so many begun minutes, in millionths of a US dollar; `scripted` listens for machines and words."""
    return int(segments.call_cost(minutes, on=on, is_scripted=scripted) * _MICROS)


def pay(session: Session, claimed: list[Claimed], now: datetime) -> list[Claimed]:
    """Charge these calls. Returns those that may be dialed; what no budget is left for is unclaimed and pauses."""
    paid: list[Claimed] = [call for call in claimed if call.campaign_id is None]
    for campaign_id, calls in _of_campaigns(claimed):
        charged = [call for call in calls if ledger.charge(session, campaign_id, **_price(call))]
        if unpaid := [call for call in calls if call not in charged]:
            lifecycle.unclaim(session, unpaid)
            campaigns.pause(session, campaign_id, reason=BUDGET_USED, now=now, over=StopCause.BUDGET)
        paid += charged
    return sorted(paid, key=lambda call: (call.due_at, call.id))


def give_back(session: Session, calls: Iterable[Claimed]) -> None:
    """These were certainly not dialed."""
    for campaign_id, theirs in _of_campaigns(calls):
        for call in theirs:
            ledger.refund(session, campaign_id, **_price(call))


def settle(session: Session, call: Call) -> None:
    """Its end is known, and so what it cost: the difference goes to, or comes from, its campaign."""
    assert call.id is not None
    minutes = ceil((call.duration_s or 0) / _MINUTE_S)
    on = (call.claimed_at or call.created_at).date()
    cost = price_micros(minutes, on, scripted=call.kind is CallKind.SCRIPTED)
    written = lifecycle.set_cost(session, call.id, seen=call.cost_micros, cost_micros=cost)
    if written and call.campaign_id is not None:
        ledger.refund(session, call.campaign_id, micros=call.cost_micros - cost, texts=0, asks=0)


def _of_campaigns(calls: Iterable[Claimed]) -> list[tuple[int, list[Claimed]]]:
    """In the order of their ids, so that no two claims wait for each other in a circle."""
    own = sorted((call for call in calls if call.campaign_id is not None), key=lambda call: call.campaign_id or 0)
    return [(number or 0, list(theirs)) for number, theirs in groupby(own, key=lambda call: call.campaign_id)]


def _price(call: Claimed) -> dict[str, int]:
    return {"micros": call.cost_micros, "texts": 0, "asks": int(call.kind is CallKind.SCRIPTED)}
