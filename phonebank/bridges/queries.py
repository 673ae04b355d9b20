"""Who is ready to take a caller over, who is being rung for whom, and who still waits."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, exists, func, or_
from sqlmodel import Session, col, select

from phonebank.calls.models import Call, CallKind, CallLine, CallOffer, CallSeat, CallStatus, OfferStatus, Speaker
from phonebank.calls.queries import IS_QUEUED, IS_UNDER_WAY, is_power
from phonebank.campaigns.models import Campaign, CampaignStatus, Channel
from phonebank.contacts.models import Contact
from phonebank.people.models import Person, PersonStatus, Shift
from phonebank.recipients.models import Recipient, RecipientStatus

BROWSER_GONE, PHONE_GONE = timedelta(seconds=10), timedelta(minutes=3)
"""Whose page has not asked for itself for so long is gone; who waits by their own phone may lock its screen."""

RINGS_FOR = timedelta(seconds=20)
"""Of somebody who does not answer; then the next is rung."""

_OVER = (CallStatus.COMPLETED, CallStatus.BUSY, CallStatus.NO_ANSWER, CallStatus.FAILED, CallStatus.CANCELED)


def seat_of(session: Session, person_id: int) -> CallSeat | None:
    """Where this volunteer takes calls, if they ever did."""
    return session.get(CallSeat, person_id, populate_existing=True)


def next_free(session: Session, call_id: int, now: datetime) -> int | None:
    """The volunteer on shift who has been ready the longest and was not rung for this caller yet."""
    was_rung = exists().where(col(CallOffer.call_id) == call_id, col(CallOffer.person_id) == col(CallSeat.person_id))
    ready = select(CallSeat.person_id).where(_takes_callers(now), ~was_rung).order_by(col(CallSeat.ready_since))
    return session.exec(ready.limit(1)).first()


def count_free(session: Session, now: datetime) -> int:
    """How many volunteers could take a caller over now."""
    return int(session.exec(select(func.count()).select_from(CallSeat).where(_takes_callers(now))).one())


def ready_in(session: Session, campaign_id: int, now: datetime) -> list[int]:
    """The volunteers on an open line who take whoever answers next in this campaign, the longest ready first."""
    ready = select(CallSeat.person_id).where(
        is_free(now), CallSeat.campaign_id == campaign_id, col(CallSeat.line_sid).is_not(None)
    )
    return list(session.exec(ready.order_by(col(CallSeat.ready_since))))


def count_talking_in(session: Session, campaign_id: int) -> int:
    """How many volunteers of this campaign talk, and are ready for another after that."""
    talking = (col(CallSeat.call_id).is_not(None), col(CallSeat.ready_since).is_not(None))
    own = select(func.count()).select_from(CallSeat).where(CallSeat.campaign_id == campaign_id, *talking)
    return int(session.exec(own).one())


def count_ringing_in(session: Session, campaign_id: int) -> int:
    """How many calls of this campaign are written down or ring, and will need a volunteer when they are answered."""
    on_the_way = (IS_QUEUED | IS_UNDER_WAY, Call.status != CallStatus.UNKNOWN, col(Call.abandoned_at).is_(None))
    ringing = select(func.count()).where(*on_the_way, is_power(), Call.campaign_id == campaign_id)
    return int(session.exec(ringing).one())


def last_live(session: Session, campaign_id: int, most: int) -> Sequence[Call]:
    """The newest calls to people of a campaign that volunteers call, and that are over."""
    over = select(Call).where(
        Call.campaign_id == campaign_id,
        Call.kind == CallKind.LIVE,
        col(Call.claimed_at).is_not(None),
        col(Call.status).in_(_OVER),
    )
    return session.exec(over.order_by(col(Call.claimed_at).desc()).limit(most)).all()


def _takes_callers(now: datetime) -> Any:
    return and_(is_free(now), col(CallSeat.campaign_id).is_(None))


def is_free(now: datetime) -> Any:
    """SQL: whether a seat's volunteer is on shift, ready, there, and speaks with nobody."""
    is_there = or_(
        col(CallSeat.seen_at) > now - BROWSER_GONE,
        and_(col(CallSeat.phone).is_not(None), col(CallSeat.seen_at) > now - PHONE_GONE),
    )
    on_shift = exists().where(
        col(Shift.person_id) == col(CallSeat.person_id),
        col(Shift.started_at).is_not(None),
        col(Shift.ended_at).is_(None),
    )
    may = exists().where(col(Person.id) == col(CallSeat.person_id), col(Person.status) == PersonStatus.ACTIVE)
    return and_(col(CallSeat.ready_since).is_not(None), col(CallSeat.call_id).is_(None), is_there, on_shift, may)


def offer_of(session: Session, call_id: int, person_id: int) -> CallOffer | None:
    """The offer of this caller to this volunteer."""
    theirs = select(CallOffer).where(CallOffer.call_id == call_id, CallOffer.person_id == person_id)
    return session.exec(theirs.execution_options(populate_existing=True)).first()


def standing(session: Session, call_id: int) -> CallOffer | None:
    """Who is rung for this caller, or has said that they take them; None: nobody is."""
    open_ = (OfferStatus.RINGING, OfferStatus.TAKEN)
    found = select(CallOffer).where(CallOffer.call_id == call_id, col(CallOffer.status).in_(open_))
    return session.exec(found.execution_options(populate_existing=True)).first()


def waiting(session: Session, call_id: int) -> Call | None:
    """The call, if somebody in it waited for one of us and nobody came; None for any other."""
    found = select(Call).where(Call.id == call_id, col(Call.wants_person_at).is_not(None))
    return session.exec(found.where(col(Call.bridged_at).is_(None)).execution_options(populate_existing=True)).first()


def unanswered(session: Session, now: datetime, call_id: int | None = None) -> list[CallOffer]:
    """Offers of callers who still wait, that rang too long or were taken by somebody who never came on the line."""
    waits = exists().where(
        col(Call.id) == col(CallOffer.call_id),
        col(Call.status) == CallStatus.IN_PROGRESS,
        col(Call.bridged_at).is_(None),
        col(Call.kind) != CallKind.LEG,
    )
    since = now - RINGS_FOR
    late = or_(
        and_(col(CallOffer.status) == OfferStatus.RINGING, col(CallOffer.offered_at) <= since),
        and_(col(CallOffer.status) == OfferStatus.TAKEN, col(CallOffer.answered_at) <= since),
    )
    found = select(CallOffer).where(waits, late)
    return list(session.exec(found if call_id is None else found.where(CallOffer.call_id == call_id)))


def leg_for(session: Session, call_id: int, person_id: int) -> Call | None:
    """The call to this volunteer's own phone about this caller, while it is not over."""
    theirs = select(Call).where(Call.kind == CallKind.LEG, Call.volunteer_id == person_id, _not_over())
    return next((leg for leg in session.exec(theirs) if leg.script.get("for") == call_id), None)


def ringing_for(session: Session, person_id: int) -> Call | None:
    """The caller this volunteer is rung for, or speaks with, or has before them."""
    theirs = select(Call).join(CallSeat, col(CallSeat.call_id) == col(Call.id)).where(CallSeat.person_id == person_id)
    return session.exec(theirs.execution_options(populate_existing=True)).first()


def note_of(session: Session, call_id: int) -> str:
    """What the volunteer wrote down about this call."""
    theirs = select(CallLine.words).where(CallLine.call_id == call_id, CallLine.speaker == Speaker.VOLUNTEER)
    return session.exec(theirs).first() or ""


def people_to_call(
    session: Session, campaign_id: int, *, attempts: int, tried_before: datetime, now: datetime, most: int
) -> Sequence[tuple[Recipient, Contact]]:
    """Those of a campaign whom volunteers dial whose turn has come: in nobody's hands, and not tried too often."""
    tries = select(func.count()).where(
        col(Call.recipient_id) == col(Recipient.id), Call.campaign_id == campaign_id, col(Call.claimed_at).is_not(None)
    )
    busy = exists().where(
        col(Call.recipient_id) == col(Recipient.id),
        col(Call.campaign_id) == campaign_id,
        or_(_not_over(), col(Call.claimed_at) > tried_before),
    )
    due = select(Recipient, Contact).join(Contact, col(Recipient.contact_id) == col(Contact.id))
    mine = (
        Recipient.campaign_id == campaign_id,
        Recipient.status == RecipientStatus.PENDING,
        col(Recipient.due_at) <= now,
        ~busy.correlate(Recipient),
        tries.correlate(Recipient).scalar_subquery() < attempts,
    )
    return session.exec(due.where(*mine).order_by(col(Recipient.due_at), col(Recipient.id)).limit(most)).all()


def tries_of(session: Session, campaign_id: int, recipient_id: int) -> int:
    """How many calls to them were written down in this campaign, dialed or not."""
    theirs = select(func.count()).where(Call.campaign_id == campaign_id, Call.recipient_id == recipient_id)
    return int(session.exec(theirs).one())


def running_calls(session: Session) -> list[Campaign]:
    """The running campaigns of calls, the newest first."""
    running = select(Campaign).where(Campaign.status == CampaignStatus.RUNNING, Campaign.channel == Channel.CALL)
    return list(session.exec(running.order_by(col(Campaign.id).desc())))


def _not_over() -> Any:
    return col(Call.status).not_in(_OVER)
