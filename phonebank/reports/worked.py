"""Which advice of the coach's paid: what came, in all campaigns, of texts that follow it and of those that do not."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from phonebank.asks import coach
from phonebank.asks.coach import Judgement, Principle
from phonebank.asks.models import Ask
from phonebank.campaigns.experiments import ANSWERED_AFTER
from phonebank.campaigns.models import Alternative, Campaign, Channel
from phonebank.campaigns.spec_types import FIRST_LANGUAGE
from phonebank.intents import Outcome
from phonebank.recipients.models import Recipient
from phonebank.replies.shares import Share

SAYS = (
    "This is no experiment: texts that follow an advice went to other people, at other times and for other things than "
    "those that do not, and most of the difference may come from that. To know, give one campaign two texts."
)
_COACHED = ("en", "es")
_ONLY_WHEN_MISSED = {"template", "room", "length", "placeholder", "encoding"}


@dataclass(frozen=True)
class _Text:
    """One text as it went out: whom it reached, how many said yes, its verdict and each principle as met or missed."""

    campaign_id: int
    asked: int
    yes: int
    verdict: Judgement
    met: dict[str, bool]


def worked(session: Session, now: datetime) -> dict[str, Any]:
    """Yes-rates by what the coach finds in each text today, over everyone asked an hour ago or earlier.

    {"campaigns", "texts", "asked", "yes", "says", "verdicts": [{"verdict", "texts", "asked", "yes", "yes_rate"}, …],
    "findings": [{"principle", "met": {"texts", …}, "missed": {…}}, …]} with rates as [counted or None, low, high]:
    Wilson's 95 % interval, which counts people as if each had decided alone. Calls and languages that the coach does
    not read are left out; so is a principle of which no text that went out says anything.
    """
    texts = list(_texts(session, now))
    return {
        "campaigns": len({text.campaign_id for text in texts}),
        **_earned(texts),
        "says": SAYS,
        "verdicts": [
            {"verdict": verdict.value, **_earned(text for text in texts if text.verdict is verdict)}
            for verdict in Judgement
        ],
        "findings": [_finding(texts, one.value) for one in Principle if any(one.value in text.met for text in texts)],
    }


def _finding(texts: list[_Text], principle: str) -> dict[str, Any]:
    return {
        "principle": principle,
        "met": _earned(text for text in texts if text.met.get(principle) is True),
        "missed": _earned(text for text in texts if text.met.get(principle) is False),
    }


def _earned(texts: Iterable[_Text]) -> dict[str, Any]:
    of = list(texts)
    asked, yes = sum(text.asked for text in of), sum(text.yes for text in of)
    return {"texts": len(of), "asked": asked, "yes": yes, "yes_rate": Share(yes, asked).as_json()}


def _texts(session: Session, now: datetime) -> Iterator[_Text]:
    theirs = select(Campaign.id, Ask).join(Ask, col(Ask.id) == col(Campaign.ask_id))
    asks = {campaign_id: ask for campaign_id, ask in session.exec(theirs.where(Campaign.channel == Channel.TEXT))}  # noqa: C416
    ready: defaultdict[int, list[str]] = defaultdict(list)
    for other in session.exec(select(Alternative)):
        ready[other.campaign_id].append(other.answers_to)
    earned: dict[tuple[int, str, int], tuple[int, int]] = {}
    for row in _tallies(session, now):
        ask = asks.get(row.campaign_id)
        language = row.language if ask and row.language in ask.texts else FIRST_LANGUAGE
        if ask is None or language not in _COACHED or not ask.texts.get(language):
            continue
        key = (row.campaign_id, language, row.variant % len(ask.texts[language]))
        asked, yes = earned.get(key, (0, 0))
        earned[key] = (asked + row.asked, yes + row.yes)
    for (campaign_id, language, version), (asked, yes) in earned.items():
        ask = asks[campaign_id]
        verdict = coach.check(str(ask.texts[language][version]), ask=ask, alternatives=ready[campaign_id])
        yield _Text(campaign_id, asked, yes, verdict.verdict, _met(verdict))


def _tallies(session: Session, now: datetime) -> Iterable[Any]:
    said_yes = func.sum(case((col(Recipient.outcome) == Outcome.YES, 1), else_=0))
    by = (col(Recipient.campaign_id), col(Recipient.language), col(Recipient.variant))
    counted = columns(*by, func.count().label("asked"), said_yes.label("yes"))
    asked = counted.where(col(Recipient.asked_at) <= now - ANSWERED_AFTER)
    return session.connection().execute(asked.group_by(*by))


def _met(verdict: coach.Verdict) -> dict[str, bool]:
    """Each principle once: missed when any finding says so, met when it is told of only where it is missed."""
    found: dict[str, bool] = dict.fromkeys(_ONLY_WHEN_MISSED, True)
    for finding in verdict.findings:
        name = str(finding.principle.value)
        found[name] = found.get(name, True) and finding.ok
    return found
