"""Deals the versions of a text anew to those about to be asked, where the campaign shifts to the better one."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from sqlmodel import Session

from phonebank.asks.models import Ask
from phonebank.campaigns import experiments
from phonebank.campaigns.experiments import Design, Tally
from phonebank.campaigns.spec_types import FIRST_LANGUAGE
from phonebank.recipients import lifecycle, queries
from phonebank.recipients.models import Recipient


def redeal(session: Session, campaign_id: int, ask: Ask, people: Sequence[Recipient], now: datetime) -> dict[int, int]:
    """The new `variant` by recipient id, written down too; empty where the split stays even. Call it once a batch."""
    design = experiments.design(ask.texts, FIRST_LANGUAGE)
    if not ask.shift or not design.is_experiment:
        return {}
    taking_part = [one.id for one in people if one.id is not None and _speaks(one, ask, design)]
    if not taking_part:
        return {}
    known = tallies_of(session, campaign_id, ask, now, experiments.TELLING_AFTER)
    texts = experiments.allot(known, len(taking_part), Random(f"{campaign_id} {now.timestamp()}"))  # noqa: S311 - dealt, not hidden
    dealt = dict(zip(taking_part, texts, strict=True))
    for text in sorted(set(texts)):
        lifecycle.deal(session, [person for person, theirs in dealt.items() if theirs == text], text)
    return dealt


def tallies_of(session: Session, campaign_id: int, ask: Ask, now: datetime, after: timedelta) -> list[Tally]:
    """What came of each version among those asked so long ago. People whose language has no text got the first one."""
    design = experiments.design(ask.texts, FIRST_LANGUAGE)
    is_first_in = FIRST_LANGUAGE in design.languages
    return queries.tallies(
        session,
        campaign_id,
        versions=design.versions,
        languages=design.left_out if is_first_in else design.languages,
        other_than=is_first_in,
        before=now - after,
    )


def _speaks(person: Recipient, ask: Ask, design: Design) -> bool:
    language = person.language if person.language in ask.texts else FIRST_LANGUAGE
    return language in design.languages
