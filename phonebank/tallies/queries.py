"""Which campaigns are to be counted anew, and what was counted last."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import or_
from sqlmodel import Session, col, func, select

from phonebank import clock
from phonebank.campaigns.models import Campaign, CampaignStatus
from phonebank.campaigns.queries import UNDER_WAY
from phonebank.messages.models import Message
from phonebank.recipients.models import Recipient
from phonebank.tallies.models import CampaignTally

CLOSED = CampaignStatus.CLOSED
_COUNTED_AT_ONCE = 5000  # people, and as many texts: what a page may count itself each time it is asked for
_LOOKED_AT, _UNSEEN = 4, 20  # times as long as the count took: so much of a processor goes into it at most
_AT_LEAST, _UNSEEN_AT_LEAST = timedelta(seconds=2), timedelta(seconds=15)


def of(session: Session, campaign_id: int) -> CampaignTally | None:
    """What was counted of this campaign, if it ever was begun."""
    return session.get(CampaignTally, campaign_id, populate_existing=True)


def of_all(session: Session, campaign_ids: Collection[int]) -> dict[int, CampaignTally]:
    """What was counted of each of these campaigns, by campaign."""
    known = select(CampaignTally).where(
        col(CampaignTally.campaign_id).in_(campaign_ids), col(CampaignTally.counted_at).is_not(None)
    )
    return {tally.campaign_id: tally for tally in session.exec(known)}


def is_small(session: Session, campaign_id: int) -> bool:
    """Whether a page may count the campaign's rows itself; looks at a few thousand of them at most."""
    people = select(Recipient.id).where(Recipient.campaign_id == campaign_id).limit(_COUNTED_AT_ONCE + 1)
    texts = select(Message.id).where(Message.campaign_id == campaign_id).limit(_COUNTED_AT_ONCE + 1)
    return all(
        session.exec(select(func.count()).select_from(rows.subquery())).one() <= _COUNTED_AT_ONCE
        for rows in (people, texts)
    )


def is_stale(tally: CampaignTally | None, now: datetime, *, is_looked_at: bool) -> bool:
    """Whether it may be counted anew by now: the longer it took, the longer it stands."""
    if tally is None or tally.counted_at is None:
        return True
    times, least = (_LOOKED_AT, _AT_LEAST) if is_looked_at else (_UNSEEN, _UNSEEN_AT_LEAST)
    rest = max(least, times * timedelta(milliseconds=tally.took_ms)) * clock.hurry()
    return abs(now - tally.counted_at) >= rest  # a rehearsal's clock is wound back, too


def due(session: Session, now: datetime) -> list[tuple[int, CampaignTally | None]]:
    """Campaigns under way whose counts are old, and those that ended since they were counted; with what was counted."""
    ended = (col(Campaign.status) == CLOSED) & (func.coalesce(col(CampaignTally.status), "") != CLOSED)
    known = select(Campaign.id, Campaign.status, CampaignTally).outerjoin(
        CampaignTally, col(CampaignTally.campaign_id) == col(Campaign.id)
    )
    rows = session.exec(known.where(or_(col(Campaign.status).in_(UNDER_WAY), ended)).order_by(col(Campaign.id)))
    return [
        (campaign_id, tally)
        for campaign_id, status, tally in rows
        if campaign_id is not None and (status is CLOSED or is_stale(tally, now, is_looked_at=False))
    ]
