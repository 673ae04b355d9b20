"""The only writer of Campaign.status.

draft → enrolling → running ⇄ paused → closed

Each verb is one UPDATE guarded by the old status; False means that somebody was first, or that it is not the moment.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import case, or_, update
from sqlmodel import Session, col

from phonebank.campaigns.breaker import WATCHED
from phonebank.campaigns.models import Campaign, CampaignStatus, StopCause
from phonebank.jobs import ring_after_commit

DRAFT, ENROLLING, RUNNING, PAUSED, CLOSED = CampaignStatus


def launch(session: Session, campaign_id: int, *, by: str, because: str | None, now: datetime) -> bool:
    """From draft to enrolling: the recipients' turn enrols everyone and then begins it."""
    changed = _move(
        session,
        _campaign(campaign_id).where(col(Campaign.status) == DRAFT),
        status=ENROLLING,
        launched_at=now,
        launched_by=by,
        launched_because=because,
    )
    if changed:
        ring_after_commit(session, "enrolling", str(campaign_id))
    return changed


def schedule(session: Session, campaign_id: int, *, at: datetime, by: str, because: str | None) -> bool:
    """A draft launches itself at this moment, in this person's name. Calling again moves the moment."""
    waiting = _campaign(campaign_id).where(col(Campaign.status) == DRAFT)
    return _move(session, waiting, launch_at=at, launched_by=by, launched_because=because)


def unschedule(session: Session, campaign_id: int) -> bool:
    """A scheduled draft waits for a person again."""
    scheduled = _campaign(campaign_id).where(col(Campaign.status) == DRAFT, col(Campaign.launch_at).is_not(None))
    return _move(session, scheduled, launch_at=None, launched_by=None, launched_because=None)


def begin(session: Session, campaign_id: int, now: datetime) -> bool:
    """From enrolling to running, once everyone is enrolled; to paused when someone paused it meanwhile (then False)."""
    del now
    enrolled = _campaign(campaign_id).where(col(Campaign.status) == ENROLLING)
    paused_meanwhile = case((col(Campaign.paused_reason).is_(None), RUNNING.value), else_=PAUSED.value)
    row = session.execute(
        enrolled.values(status=paused_meanwhile).returning(col(Campaign.status), col(Campaign.sender)),
    ).first()
    if row is None or row.status != RUNNING:
        return False
    ring_after_commit(session, "asking", row.sender)
    return True


def pause(session: Session, campaign_id: int, *, reason: str, now: datetime, over: StopCause | None = None) -> bool:
    """From running to paused. While enrolling nothing goes out anyway: the reason is noted, and `begin` heeds it.

    `over` says what it stopped over when it was no person who paused it.
    """
    del now
    going = or_(
        col(Campaign.status) == RUNNING,
        (col(Campaign.status) == ENROLLING) & col(Campaign.paused_reason).is_(None),
    )
    paused = case((col(Campaign.status) == RUNNING, PAUSED.value), else_=ENROLLING.value)
    return _move(session, _campaign(campaign_id).where(going), status=paused, paused_reason=reason, paused_over=over)


def resume(session: Session, campaign_id: int, now: datetime) -> bool:
    """From paused to running; takes back a pause that was noted while enrolling.

    Whoever goes on after the breaker has seen what it saw: it begins anew with what is said from now on.
    """
    standing = or_(
        col(Campaign.status) == PAUSED,
        (col(Campaign.status) == ENROLLING) & col(Campaign.paused_reason).is_not(None),
    )
    running = case((col(Campaign.status) == PAUSED, RUNNING.value), else_=ENROLLING.value)
    resumed = _campaign(campaign_id).where(standing)
    resumed = resumed.values(status=running, paused_reason=None, paused_over=None, **_watched_anew(now))
    row = session.execute(resumed.returning(col(Campaign.status), col(Campaign.sender))).first()
    if row is None:
        return False
    if row.status == RUNNING:
        for turn in ("answers", "texts", "asking"):
            ring_after_commit(session, turn, row.sender)
    else:
        ring_after_commit(session, "enrolling", str(campaign_id))
    return True


def raise_budget(session: Session, campaign_id: int, micros: int) -> bool:
    """What it may spend in all, in millionths of a dollar. False when that is spent already."""
    return _move(session, _campaign(campaign_id).where(col(Campaign.spent_micros) < micros), budget_micros=micros)


def hold_asks(session: Session, campaign_id: int, now: datetime) -> bool:
    """Its asks wait, for the inbox to drain; everything else goes on."""
    going = _campaign(campaign_id).where(col(Campaign.asks_wait_since).is_(None))
    return _move(session, going, asks_wait_since=now)


def release_asks(session: Session, campaign_id: int) -> bool:
    """Its asks go on."""
    waiting = _campaign(campaign_id).where(col(Campaign.asks_wait_since).is_not(None)).returning(col(Campaign.sender))
    row = session.connection().execute(waiting.values(asks_wait_since=None)).first()
    if row is not None:
        ring_after_commit(session, "asking", row.sender)
        ring_after_commit(session, "texts", row.sender)
    return row is not None


def close(session: Session, campaign_id: int, now: datetime) -> bool:
    """Whatever it was → closed, for good: nothing more is asked, and replies are kept and shown."""
    del now
    return _move(session, _campaign(campaign_id).where(col(Campaign.status) != CLOSED), status=CLOSED, launch_at=None)


def _watched_anew(now: datetime) -> dict[str, Any]:
    """What the breaker's sample begins with, when it was the breaker that had paused."""
    by_breaker = col(Campaign.paused_over).in_(WATCHED)
    begins = {"watched_from": now, "texts_before": col(Campaign.texts_said), "asks_before": col(Campaign.asks_said)}
    return {name: case((by_breaker, value), else_=getattr(Campaign, name)) for name, value in begins.items()}


def _campaign(campaign_id: int) -> Any:
    return update(Campaign).where(col(Campaign.id) == campaign_id).execution_options(synchronize_session=False)


def _move(session: Session, guarded: Any, **values: Any) -> bool:
    return bool(session.connection().execute(guarded.values(**values)).rowcount)
