"""What a volunteer may change in a first text, and what must stay in it (pure)."""

import re

from phonebank.asks import coach
from phonebank.asks.coach import DECIDING, Judgement, Principle
from phonebank.asks.typed import sendable
from phonebank.asks.wording import with_required_parts
from phonebank.campaigns.models import Campaign
from phonebank.errors import BadInputError

_UNFILLED = re.compile(r"\{\{|\}\}|\{%")
_KEEP = {
    "disclaimer": "Keep the disclaimer (“{disclaimer}”): it has to stand in the first text.",
    "opt_out": "Keep the words that say how to stop, like “Reply STOP to end”: they have to stand in the first text.",
    "organization": "Keep the name {organization}: people have to know who writes.",
}


def checked(typed: str, prepared: str, campaign: Campaign, language: str) -> str:
    """The words that go. Raises BadInputError that says what to put back, or what to shorten.

    Whatever was prepared may go as it is: only what the volunteer changed is looked at.
    """
    words = sendable(typed, "text")
    if words == sendable(prepared, "text"):
        return words
    _refuse_unfilled(words)
    whole = with_required_parts(
        words, organization=campaign.organization, language=language, disclaimer=campaign.disclaimer
    )
    for part in (*whole.missing, *whole.added):
        raise BadInputError(_KEEP[part].format(disclaimer=campaign.disclaimer, organization=campaign.organization))
    _refuse_a_lost_ask(words, prepared)
    return words


def _refuse_unfilled(words: str) -> None:
    found = coach.check(words).findings
    if _UNFILLED.search(words) or any(one.principle is Principle.PLACEHOLDER and not one.ok for one in found):
        raise BadInputError("A blank is left to fill in: write the word itself in place of the braces or brackets.")


def _refuse_a_lost_ask(words: str, prepared: str) -> None:
    said = coach.check(words)
    if said.verdict is Judgement.WEAK and coach.check(prepared).verdict is not Judgement.WEAK:
        advice = next(one.advice for one in said.findings if not one.ok and one.principle in DECIDING)
        raise BadInputError(f"The ask got lost. {advice}")
