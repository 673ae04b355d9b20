"""How a campaign's several texts do: counted, with intervals that hold at every look, and what may be said of them."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from phonebank.campaigns import experiments
from phonebank.campaigns import queries as campaigns
from phonebank.campaigns.experiments import ALPHA, ANSWERED_AFTER, Interval, Tally
from phonebank.campaigns.models import Campaign
from phonebank.campaigns.spec_types import FIRST_LANGUAGE
from phonebank.recipients import dealing


def experiment(session: Session, campaign: Campaign, now: datetime) -> dict[str, Any] | None:
    """The key `experiment` of `campaigns status --json`; None of a campaign with one text. Rates are shares of one.

    Each version's yes-rate and opt-out rate come as [counted, low, high], counted None before anybody counts.
    """
    assert campaign.id is not None
    ask = campaigns.ask_of(session, campaign)
    design = experiments.design(ask.texts, FIRST_LANGUAGE)
    if not design.is_experiment:
        return None
    tallies = dealing.tallies_of(session, campaign.id, ask, now, ANSWERED_AFTER)
    found = experiments.judge(tallies)
    return {
        "verdict": found.verdict.value,
        "better": None if found.best is None else found.best + 1,
        "says": str(found),
        "largest_difference": round(found.largest, 4),
        "confidence": 1 - ALPHA,
        "counted_after_minutes": int(ANSWERED_AFTER.total_seconds() // 60),
        "shifts": ask.shift,
        "languages": list(design.languages),
        "languages_left_out": list(design.left_out),
        "texts": [_version(number, tally) for number, tally in enumerate(tallies, 1)],
    }


def _version(number: int, tally: Tally) -> dict[str, Any]:
    return {
        "text": number,
        "asked": tally.asked,
        "asked_lately": tally.recent,
        "yes": tally.yes,
        "no": tally.no,
        "other": tally.other,
        "opted_out": tally.opted_out,
        "yes_rate": _rounded(experiments.rate(tally.asked, tally.yes)),
        "opt_out_rate": _rounded(experiments.rate(tally.asked, tally.opted_out)),
    }


def _rounded(found: Interval) -> list[float | None]:
    return [None if found.best is None else round(found.best, 4), round(found.low, 4), round(found.high, 4)]
