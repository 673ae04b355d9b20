"""Goes on with a campaign that stands still, with a new budget where the old one is used up."""

from datetime import datetime

from sqlmodel import Session

from phonebank.asks import segments
from phonebank.campaigns import lifecycle
from phonebank.campaigns.models import Campaign, StopCause
from phonebank.errors import BadInputError, RefusedError

_MICROS = 1_000_000


def resume(session: Session, campaign: Campaign, *, budget: float | None, now: datetime) -> bool:
    """False when it does not stand still. `budget`: what it may spend in all from now on, in US dollars.

    Raises BadInputError for a budget that is spent already, RefusedError when the budget is used up and none is given.
    """
    assert campaign.id is not None
    if budget is not None:
        if not lifecycle.raise_budget(session, campaign.id, round(budget * _MICROS)):
            spent = f"${campaign.spent_micros / _MICROS:,.2f}"
            raise BadInputError(f"Give a budget larger than the {spent} that are spent already.")
    elif campaign.paused_over == StopCause.BUDGET and not _is_enough(campaign, now):
        raise RefusedError("Its budget is used up: say what it may spend in all from now on, then go on.")
    return lifecycle.resume(session, campaign.id, now)


def dollars(typed: str) -> float | None:
    """A budget as a person types it: "$1,250.00"; None for nothing. Raises BadInputError."""
    plain = typed.strip().removeprefix("$").replace(",", "").strip()
    if not plain:
        return None
    try:
        amount = float(plain)
    except ValueError:
        amount = -1.0
    if not 0 < amount <= 10_000_000:  # noqa: PLR2004 - as in a campaign file; refuses nan too
        raise BadInputError("Give the budget in dollars, like 250 or 1250.50.")
    return amount


def _is_enough(campaign: Campaign, now: datetime) -> bool:
    """Whether the budget pays for one more segment."""
    one = int(segments.cost(1, on=now.date()) * _MICROS)
    return campaign.budget_micros is None or campaign.spent_micros + one <= campaign.budget_micros
