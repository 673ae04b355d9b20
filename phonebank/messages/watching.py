"""Pauses a campaign whose texts fare worse than chance explains, with its reason. Looked at every second."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from sqlmodel import Session

from phonebank import db, logs
from phonebank.campaigns import breaker
from phonebank.campaigns import lifecycle as campaigns
from phonebank.campaigns import queries as campaign_queries
from phonebank.campaigns.models import Campaign, StopCause
from phonebank.gateway.codes import CodeAction, action
from phonebank.intents import Outcome
from phonebank.messages import queries
from phonebank.recipients import queries as recipients

FAILED = (CodeAction.FAILED, CodeAction.ONCE_MORE)
"""What counts as a failure that more of the same text would meet; bad numbers say something of the list alone."""

log = logs.get("messages")


def watch(now: datetime) -> list[int]:
    """Pause every running campaign that has a reason to. Returns which."""
    with db.reading() as session:
        running = campaign_queries.running(session)
        tripped = [(one, *found) for one in running if (found := next(reasons(session, one), None)) is not None]
    stopped = []
    for campaign, cause, reason in tripped:
        assert campaign.id is not None
        with db.transaction() as session:
            if campaigns.pause(session, campaign.id, reason=reason, now=now, over=cause):
                stopped.append(campaign.id)
                log.error("a campaign fares worse than chance explains", campaign=campaign.id, over=cause.value)
    return stopped


def reasons(session: Session, campaign: Campaign) -> Iterator[tuple[StopCause, str]]:
    """Why this campaign should stop, by what was said since somebody last told it to go on."""
    bad = _bad(session, campaign)
    texts, asks = campaign.texts_said - campaign.texts_before, campaign.asks_said - campaign.asks_before
    for cause in breaker.WATCHED:
        said = texts if cause in _OF_TEXTS else asks
        if bad[cause] and breaker.is_beyond_chance(cause, bad[cause], said):
            yield cause, breaker.reason(cause, bad[cause], max(said, bad[cause]))


_OF_TEXTS = (StopCause.FILTERED, StopCause.FAILED)


def _bad(session: Session, campaign: Campaign) -> Counter[StopCause]:
    assert campaign.id is not None
    found: Counter[StopCause] = Counter()
    for code, texts in queries.not_arrived(session, campaign.id, campaign.watched_from).items():
        if action(code) is CodeAction.FILTERED:
            found[StopCause.FILTERED] += texts
        elif code is not None and action(code) in FAILED:  # without a code it is the carrier's outage, not our text
            found[StopCause.FAILED] += texts
    unwilling = recipients.unwilling(session, campaign.id, campaign.watched_from)
    found[StopCause.OPTED_OUT] = unwilling.get(Outcome.OPTED_OUT, 0)
    found[StopCause.WRONG_NUMBER] = unwilling.get(Outcome.WRONG_NUMBER, 0)
    return found
