"""What belongs to a campaign of calls, kept in the process for seconds: the same for everyone it calls."""

import time
from dataclasses import dataclass
from typing import TypeVar

from sqlmodel import Session, SQLModel

from phonebank import db
from phonebank.calls.models import Call, CallKind
from phonebank.calls.preparing import Lines, lines_of
from phonebank.campaigns import queries as campaign_queries
from phonebank.campaigns.models import Campaign, CampaignStatus
from phonebank.intents import Intent
from phonebank.replies import queries
from phonebank.replies.matching import Drive

KEPT_FOR_S = 5.0
"""How late a changed line, alternative, reminder or threshold is heard in calls. Its status is known at once."""

_Row = TypeVar("_Row", bound=SQLModel)


@dataclass(frozen=True)
class CallDrive:
    """Lines to say, what answers lead to, and from which confidence they are acted on."""

    lines: Lines
    answered: Drive
    acts_from: float


class _Kept:
    by_campaign: dict[tuple[object, ...], tuple[float, CallDrive]] = {}  # noqa: RUF012 - one for the process


def of(session: Session, call: Call, status: CampaignStatus | None) -> CallDrive | None:
    """That of this call's campaign, whose status is this. To who tries it or calls us, as it stands this moment."""
    if call.kind is not CallKind.SCRIPTED or call.campaign_id is None or status is None:
        return of_campaign(session, call.campaign_id)
    key, now = (db.engine().url, call.campaign_id, status), time.monotonic()
    until, known = _Kept.by_campaign.get(key, (0.0, None))
    if known is not None and now < until:
        return known
    read = _read(session, call.campaign_id)
    _Kept.by_campaign = {each: kept for each, kept in _Kept.by_campaign.items() if kept[0] > now}
    _Kept.by_campaign[key] = (now + KEPT_FOR_S, read)
    return read


def of_campaign(session: Session, campaign_id: int | None) -> CallDrive | None:
    """That of this campaign as it stands; None where there is none."""
    return _read(session, campaign_id) if campaign_id is not None else None


def _read(session: Session, campaign_id: int) -> CallDrive:
    campaign: Campaign = _own(campaign_queries.by_id(session, campaign_id))
    ask = _own(campaign_queries.ask_of(session, campaign))
    offers = [(row.answers_to, _own(other)) for row, other in campaign_queries.alternatives_of(session, campaign)]
    plans = [_own(plan) for plan in campaign_queries.follow_up_plans_of(session, campaign)]
    return CallDrive(
        lines_of(session, campaign, ask, offers),
        Drive(campaign, ask, {Intent(name): other for name, other in offers}, plans),
        queries.acts_from(session, {campaign_id})[campaign_id],
    )


def _own(row: _Row) -> _Row:
    """A copy that is no session's: it outlives the one that read it, and no rollback empties it."""
    return type(row)(**row.model_dump())
