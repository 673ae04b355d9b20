"""The only writer of tallies: one guarded UPDATE settles who counts, and whoever died at it is not waited for."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, or_, update
from sqlmodel import Session, col

from phonebank import clock
from phonebank.db import insert_ignoring
from phonebank.tallies.models import CampaignTally

_GIVEN_UP_AFTER = timedelta(seconds=30)
_TIMES_AS_LONG = 10  # as the last count took
_tallies: Table = CampaignTally.__table__  # type: ignore[attr-defined]  # SQLModel hides the table from mypy


def begin(session: Session, campaign_id: int, seen: CampaignTally | None, now: datetime) -> bool:
    """Whether it is ours to count: nobody has since the tally that was `seen`, and nobody is at it."""
    if seen is None:
        blank = {"campaign_id": campaign_id, "counts": {}, "status": "", "took_ms": 0, "begun_at": now}
        made = insert_ignoring(_tallies, session).values(blank).returning(_tallies.c.campaign_id)
        return session.connection().execute(made).first() is not None
    lease = max(_GIVEN_UP_AFTER, _TIMES_AS_LONG * timedelta(milliseconds=seen.took_ms)) * clock.hurry()
    begun_at = col(CampaignTally.begun_at)
    is_free = or_(begun_at.is_(None), ~begun_at.between(now - lease, now))  # a rehearsal's clock is wound back, too
    is_as_seen = col(CampaignTally.counted_at).is_not_distinct_from(seen.counted_at)
    return _write(session, campaign_id, is_free & is_as_seen, begun_at=now)


def store(session: Session, campaign_id: int, **counted: Any) -> bool:
    """Write down what was counted: counts, status, counted_at, took_ms. False when the campaign is gone."""
    return _write(session, campaign_id, col(CampaignTally.campaign_id) == campaign_id, begun_at=None, **counted)


def _write(session: Session, campaign_id: int, where: Any, **values: Any) -> bool:
    told = update(CampaignTally).where(col(CampaignTally.campaign_id) == campaign_id, where).values(**values)
    return bool(session.connection().execute(told.execution_options(synchronize_session=False)).rowcount)
