"""The only writer of Commitment.status and FollowUp.status.

Commitment: pledged → confirmed → kept / missed / withdrawn; whoever took it back and comes all the same is kept, too
FollowUp:   scheduled → sent / lapsed / canceled
"""

from datetime import datetime
from typing import Any

from sqlalchemy import String, case, func, type_coerce, update
from sqlmodel import Session, col, select

from phonebank.followups.models import Commitment, CommitmentStatus, FollowUp, FollowUpStatus
from phonebank.recipients.models import Recipient

PLEDGED, CONFIRMED, KEPT, MISSED, WITHDRAWN = CommitmentStatus

STANDING = (PLEDGED, CONFIRMED)

_AS_BEFORE: Any = func.coalesce(col(Commitment.stood_as), PLEDGED.value)


def pledge_again(session: Session, commitment_id: int, now: datetime) -> bool:
    """A yes taken back and given again. False when it stands."""
    mine = (col(Commitment.id) == commitment_id) & (col(Commitment.status) == WITHDRAWN)
    return _commitment(session, mine, status=PLEDGED, pledged_at=now, withdrawn_at=None)


def confirm(session: Session, commitment_id: int) -> bool:
    """They answered a reminder with yes."""
    mine = (col(Commitment.id) == commitment_id) & (col(Commitment.status) == PLEDGED)
    return _commitment(session, mine, status=CONFIRMED)


def withdraw(session: Session, commitment_id: int, now: datetime) -> bool:
    """The yes is taken back, and its reminders with it. False when it did not stand."""
    mine = (col(Commitment.id) == commitment_id) & col(Commitment.status).in_(STANDING)
    if not _commitment(session, mine, status=WITHDRAWN, withdrawn_at=now):
        return False
    _follow_up(session, col(FollowUp.commitment_id) == commitment_id, FollowUpStatus.CANCELED)
    return True


def withdraw_all_of(session: Session, phone: str, now: datetime) -> int:
    """Every yes of this number is taken back: they asked us to leave them alone."""
    theirs = select(Commitment.id).join(Recipient, col(Commitment.recipient_id) == col(Recipient.id))
    standing = theirs.where(Recipient.phone == phone, col(Commitment.status).in_(STANDING))
    return sum(withdraw(session, commitment_id, now) for commitment_id in session.exec(standing) if commitment_id)


def keep(session: Session, commitment_id: int, *, by: int, now: datetime) -> bool:
    """They came. False when somebody has marked them already."""
    mine = (col(Commitment.id) == commitment_id) & (col(Commitment.status) != KEPT)
    before = case((col(Commitment.status) == MISSED, col(Commitment.stood_as)), else_=_plain(Commitment.status))
    return _commitment(session, mine, status=KEPT, stood_as=before, settled_at=now, settled_by=by)


def take_back_kept(session: Session, commitment_id: int, *, marked_at: datetime) -> bool:
    """The very mark made then was a mistake. False when it is gone, or somebody has marked them anew."""
    mine = (col(Commitment.id) == commitment_id) & (col(Commitment.status) == KEPT)
    return bool(_unsettle(session, mine & (col(Commitment.settled_at) == marked_at)))


def miss_the_rest(session: Session, ask_id: int, *, by: int, now: datetime) -> int:
    """Whoever still stood for this event did not come. Returns how many."""
    rest = (col(Commitment.ask_id) == ask_id) & col(Commitment.status).in_(STANDING)
    stood_as = _plain(Commitment.status)
    return _commitments(session, rest, status=MISSED, stood_as=stood_as, settled_at=now, settled_by=by)


def take_back_missed(session: Session, ask_id: int, *, marked_at: datetime) -> int:
    """Those marked in that one step stand as before; who has come since stays marked. Returns how many."""
    theirs = (col(Commitment.ask_id) == ask_id) & (col(Commitment.status) == MISSED)
    return _unsettle(session, theirs & (col(Commitment.settled_at) == marked_at))


def move_wished(session: Session, commitment_id: int, due_at: datetime) -> bool:
    """The reminder they asked for comes at another time. False when none of their own is scheduled."""
    wished = (
        (col(FollowUp.commitment_id) == commitment_id)
        & col(FollowUp.plan_id).is_(None)
        & (col(FollowUp.status) == FollowUpStatus.SCHEDULED)
    )
    return bool(session.connection().execute(update(FollowUp).where(wished).values(due_at=due_at)).rowcount)


def schedule_again(session: Session, commitment_id: int, *, plan_id: int, due_at: datetime) -> bool:
    """A reminder cancelled with its commitment stands again with it."""
    canceled = (
        (col(FollowUp.commitment_id) == commitment_id)
        & (col(FollowUp.plan_id) == plan_id)
        & (col(FollowUp.status) == FollowUpStatus.CANCELED)
    )
    again = update(FollowUp).where(canceled).values(status=FollowUpStatus.SCHEDULED, due_at=due_at)
    return bool(session.connection().execute(again).rowcount)


def put_off(session: Session, follow_up_id: int, until: datetime) -> bool:
    """It waits: a hold stands on their number."""
    scheduled = (col(FollowUp.id) == follow_up_id) & (col(FollowUp.status) == FollowUpStatus.SCHEDULED)
    return bool(session.connection().execute(update(FollowUp).where(scheduled).values(due_at=until)).rowcount)


def mark_sent(session: Session, follow_up_id: int) -> bool:
    """Its text is written down. False: another turn was first."""
    return _follow_up(session, col(FollowUp.id) == follow_up_id, FollowUpStatus.SENT)


def lapse(session: Session, follow_up_id: int) -> bool:
    """Its moment has passed, or nothing may go to this person any more."""
    return _follow_up(session, col(FollowUp.id) == follow_up_id, FollowUpStatus.LAPSED)


def _unsettle(session: Session, where: Any) -> int:
    return _commitments(session, where, status=_AS_BEFORE, stood_as=None, settled_at=None, settled_by=None)


def _plain(column: Any) -> Any:
    """A status as the word it is stored as."""
    return type_coerce(col(column), String)


def _commitment(session: Session, where: Any, **values: Any) -> bool:
    return bool(_commitments(session, where, **values))


def _commitments(session: Session, where: Any, **values: Any) -> int:
    return int(session.connection().execute(update(Commitment).where(where).values(**values)).rowcount)


def _follow_up(session: Session, where: Any, status: FollowUpStatus) -> bool:
    scheduled = where & (col(FollowUp.status) == FollowUpStatus.SCHEDULED)
    return bool(session.connection().execute(update(FollowUp).where(scheduled).values(status=status)).rowcount)
