"""The only writer of Campaign.status.

draft → enrolling → running ⇄ paused → closed

Each verb is one UPDATE guarded by the old status; False means that somebody was first, or that it is not the moment.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import case, or_, update
from sqlmodel import Session, col

from phonebank.campaigns.models import Campaign, CampaignStatus
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
    ring_after_commit(session, "texts", row.sender)
    return True


def pause(session: Session, campaign_id: int, *, reason: str, now: datetime) -> bool:
    """From running to paused. While enrolling nothing goes out anyway: the reason is noted, and `begin` heeds it."""
    del now
    going = or_(
        col(Campaign.status) == RUNNING,
        (col(Campaign.status) == ENROLLING) & col(Campaign.paused_reason).is_(None),
    )
    paused = case((col(Campaign.status) == RUNNING, PAUSED.value), else_=ENROLLING.value)
    return _move(session, _campaign(campaign_id).where(going), status=paused, paused_reason=reason)


def resume(session: Session, campaign_id: int, now: datetime) -> bool:
    """From paused to running; takes back a pause that was noted while enrolling."""
    del now
    standing = or_(
        col(Campaign.status) == PAUSED,
        (col(Campaign.status) == ENROLLING) & col(Campaign.paused_reason).is_not(None),
    )
    running = case((col(Campaign.status) == PAUSED, RUNNING.value), else_=ENROLLING.value)
    resumed = _campaign(campaign_id).where(standing).values(status=running, paused_reason=None)
    row = session.execute(resumed.returning(col(Campaign.status), col(Campaign.sender))).first()
    if row is None:
        return False
    if row.status == RUNNING:
        ring_after_commit(session, "texts", row.sender)
        ring_after_commit(session, "answers", row.sender)
    else:
        ring_after_commit(session, "enrolling", str(campaign_id))
    return True


def close(session: Session, campaign_id: int, now: datetime) -> bool:
    """Whatever it was → closed, for good: nothing more is asked, and replies are kept and shown."""
    del now
    return _move(session, _campaign(campaign_id).where(col(Campaign.status) != CLOSED), status=CLOSED, launch_at=None)


def charge(session: Session, campaign_id: int, micros: int) -> bool:
    """Spend so many millionths of a dollar; False, and nothing spent, when the budget would be passed."""
    after = col(Campaign.spent_micros) + micros
    enough = or_(col(Campaign.budget_micros).is_(None), after <= col(Campaign.budget_micros))
    return _move(session, _campaign(campaign_id).where(enough), spent_micros=after)


def refund(session: Session, campaign_id: int, micros: int) -> bool:
    """Give back what was charged for a text that certainly did not go."""
    return _move(session, _campaign(campaign_id), spent_micros=col(Campaign.spent_micros) - micros)


def _campaign(campaign_id: int) -> Any:
    return update(Campaign).where(col(Campaign.id) == campaign_id).execution_options(synchronize_session=False)


def _move(session: Session, guarded: Any, **values: Any) -> bool:
    return bool(session.connection().execute(guarded.values(**values)).rowcount)
