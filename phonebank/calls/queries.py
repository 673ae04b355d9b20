"""Reads of calls: what is due, what is in doubt, how many lines are open, who waited in vain."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, exists, literal_column, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from phonebank.calls import law
from phonebank.calls.models import AnsweredBy, Call, CallAudio, CallKind, CallLine, CallSeat, CallStatus
from phonebank.campaigns.models import Campaign, CampaignStatus, Channel
from phonebank.contacts.queries import has_consent, is_landline
from phonebank.optouts.models import Ban, OptOut
from phonebank.recipients.models import Recipient, RecipientStatus

TOO_LATE = timedelta(seconds=30)
"""A call that rings for so long must still find its hours open when it is answered."""

BY_MACHINE = (CallKind.SCRIPTED,)

# A status stands in a statement as a word, so that the database sees that its small index of just these will do.
IS_QUEUED: Any = literal_column("call.status = 'queued'")
IS_UNDER_WAY: Any = literal_column("call.status IN ('dialing', 'ringing', 'in_progress', 'unknown')")


def may_go_now(sender: str, *, by_machine: bool, now: datetime) -> Any:
    """SELECT of the ids of due calls of a sender that pass every last check, the oldest first.

    Nothing standing against the number and contact hours open; of an artificial voice's also: its campaign runs, the
    recipient still waits to be asked, and the law lets it call this line. Of one dialed ahead: a volunteer is ready.
    """
    kind = col(Call.kind).in_(BY_MACHINE)
    due = select(Call.id).where(
        Call.sender == sender,
        IS_QUEUED,
        kind if by_machine else ~kind,
        col(Call.due_at) <= now,
        or_(col(Call.lapses_at).is_(None), col(Call.lapses_at) > now + TOO_LATE),
        ~_is_banned(),
    )
    if by_machine:
        due = due.where(_campaign_runs(), _recipient_waits(), is_lawful(Call.phone, now))
    else:
        due = due.where(or_(~is_power(), and_(_campaign_runs(), _recipient_waits(), _somebody_is_ready())))
    return due.order_by(col(Call.due_at), col(Call.id))


def is_power() -> Any:
    """SQL: whether a call is dialed ahead, for whichever volunteer is ready when it is answered."""
    return and_(col(Call.kind) == CallKind.LIVE, col(Call.volunteer_id).is_(None))


def _somebody_is_ready() -> Any:
    is_ready = col(CallSeat.ready_since).is_not(None) & col(CallSeat.line_sid).is_not(None)
    return exists().where(col(CallSeat.campaign_id) == col(Call.campaign_id), is_ready)


def is_lawful(phone: Any, now: datetime) -> Any:
    """SQL: whether an artificial voice may call the number in this column now (see law.toml)."""
    before = aliased(Call)
    since = now - timedelta(days=law.landline_days())
    lately = select(func.count()).where(
        before.phone == phone,
        col(before.kind).in_(BY_MACHINE),
        col(before.claimed_at) > since,
        col(before.status).not_in((CallStatus.QUEUED, CallStatus.CANCELED)),
    )
    few = lately.correlate_except(before).scalar_subquery() < law.landline_calls()
    return or_(has_consent(phone), and_(is_landline(phone), few))


def _campaign_runs() -> Any:
    is_running = col(Campaign.status) == CampaignStatus.RUNNING
    may_ask = col(Campaign.asks_wait_since).is_(None)
    return exists().where(col(Campaign.id) == col(Call.campaign_id), is_running, may_ask)


def _recipient_waits() -> Any:
    return exists().where(col(Recipient.id) == col(Call.recipient_id), col(Recipient.status) == RecipientStatus.PENDING)


def _is_banned() -> Any:
    to_them = col(Call.kind) != CallKind.LEG  # a volunteer's own phone
    return exists().where(to_them, col(OptOut.phone) == col(Call.phone), col(OptOut.lifted_at).is_(None))


def count_due(session: Session, sender: str, most: int, *, by_machine: bool, now: datetime) -> int:
    """How many calls a claim would find, counted no further than `most`."""
    due = may_go_now(sender, by_machine=by_machine, now=now).limit(most).subquery()
    return int(session.exec(select(func.count()).select_from(due)).one())


def senders_with_work(session: Session, now: datetime) -> list[str]:
    """Senders with a call due now."""
    due = select(Call.sender).where(IS_QUEUED, col(Call.due_at) <= now).distinct()
    return list(session.exec(due))


def open_lines(session: Session, sender: str) -> int:
    """How many calls of ours, to people, are being dialed, ring, or are spoken in from this sender."""
    lines = select(func.count()).where(
        IS_UNDER_WAY, Call.sender == sender, Call.status != CallStatus.UNKNOWN, Call.kind != CallKind.INBOUND
    )
    return int(session.exec(lines).one())


def queued(session: Session, campaign: Campaign, most: int, now: datetime) -> int:
    """How many calls of a campaign are written down and due, counted no further than `most`."""
    due = (col(Call.sender) == campaign.sender) & (col(Call.due_at) <= now) & IS_QUEUED
    waiting = select(Call.id).where(due, Call.campaign_id == campaign.id).limit(most)
    return int(session.exec(select(func.count()).select_from(waiting.subquery())).one())


def unlawful(session: Session, recipient_ids: Sequence[int], now: datetime) -> list[int]:
    """Those of these people whom an artificial voice may not call by law."""
    theirs = select(Recipient.id).where(col(Recipient.id).in_(recipient_ids), ~is_lawful(Recipient.phone, now))
    return [one for one in session.exec(theirs) if one is not None]


def tries_of(session: Session, recipient_id: int, campaign_id: int) -> list[Call]:
    """Every call to this person in this campaign, the first first."""
    theirs = select(Call).where(Call.recipient_id == recipient_id, Call.campaign_id == campaign_id)
    return list(session.exec(theirs.order_by(col(Call.id))))


def in_doubt(session: Session, *, claimed_before: datetime, looked_before: datetime, most: int) -> list[Call]:
    """Calls that may or may not have been dialed, due for a look into the carrier's log, the longest first."""
    doubtful = select(Call).where(
        IS_UNDER_WAY,
        col(Call.carrier_sid).is_(None),
        col(Call.status).in_((CallStatus.DIALING, CallStatus.UNKNOWN)),
        *_due_for_a_look(claimed_before, looked_before),
    )
    return list(session.exec(doubtful.order_by(col(Call.claimed_at)).limit(most)))


def silent(session: Session, *, claimed_before: datetime, looked_before: datetime, most: int) -> list[Call]:
    """Calls the carrier has and has not told the end of, due to be asked for, the longest first."""
    quiet = select(Call).where(
        IS_UNDER_WAY, col(Call.carrier_sid).is_not(None), *_due_for_a_look(claimed_before, looked_before)
    )
    return list(session.exec(quiet.order_by(col(Call.claimed_at)).limit(most)))


def _due_for_a_look(claimed_before: datetime, looked_before: datetime) -> list[Any]:
    return [
        col(Call.claimed_at) <= claimed_before,
        or_(col(Call.looked_at).is_(None), col(Call.looked_at) <= looked_before),
    ]


def by_id(session: Session, call_id: int, *, lock: bool = False) -> Call | None:
    """One call; locked, where the database locks rows, so that two webhooks about it take turns."""
    found = select(Call).where(Call.id == call_id).execution_options(populate_existing=True)
    return session.exec(found.with_for_update() if lock else found).first()


def by_sid(session: Session, sid: str) -> Call | None:
    """The call the carrier knows by this id."""
    return session.exec(select(Call).where(Call.carrier_sid == sid)).first()


def lines_of(session: Session, call_id: int) -> list[CallLine]:
    """What was said in a call, in order."""
    said = select(CallLine).where(CallLine.call_id == call_id)
    return list(session.exec(said.order_by(col(CallLine.turn), col(CallLine.id))))


def said_with(session: Session, phone: str) -> list[tuple[CallLine, Call]]:
    """Everything said in calls with this number, each line with its call, oldest first."""
    said = select(CallLine, Call).join(Call, col(Call.id) == col(CallLine.call_id)).where(Call.phone == phone)
    return list(session.exec(said.order_by(col(CallLine.at), col(CallLine.id))))


def has_pressed(session: Session, call_id: int) -> bool:
    """Whether a key was pressed in this call, which no answering machine does."""
    pressed = select(CallLine.id).where(CallLine.call_id == call_id, CallLine.digits != "")
    return session.exec(pressed.limit(1)).first() is not None


def waiting_for_somebody(session: Session) -> list[Call]:
    """Callers who wait for one of us, the longest first."""
    waiting: Any = literal_column(
        "call.status = 'in_progress' AND call.wants_person_at IS NOT NULL AND call.bridged_at IS NULL"
    )
    return list(session.exec(select(Call).where(waiting).order_by(col(Call.wants_person_at))))


def answered_and_abandoned(session: Session, campaign_id: int, since: datetime) -> tuple[int, int]:
    """How many calls of a campaign people answered since a moment, and how many of these waited in vain."""
    by_people = or_(col(Call.answered_by).is_(None), col(Call.answered_by).in_((AnsweredBy.HUMAN, AnsweredBy.UNKNOWN)))
    answered = select(func.count(), func.count(col(Call.abandoned_at))).where(
        Call.campaign_id == campaign_id,
        col(Call.claimed_at) > since,
        col(Call.answered_at).is_not(None),
        col(Call.kind).in_((CallKind.SCRIPTED, CallKind.LIVE)),
        by_people,
    )
    people, waited = session.exec(answered).one()
    return int(people), int(waited)


def to_opted_out() -> Any:
    """SQL: whether somebody who is called told us to stop."""
    is_out = (col(OptOut.kind) == Ban.OPT_OUT) & col(OptOut.lifted_at).is_(None)
    return exists().where(col(Call.kind) != CallKind.LEG, col(OptOut.phone) == col(Call.phone), is_out)


def is_call(call_id: int) -> Any:
    """SQL: whether it is this one."""
    return col(Call.id) == call_id


def against_the_law(now: datetime) -> Any:
    """SQL: whether a call is an artificial voice's to a line that it may not call now."""
    return col(Call.kind).in_(BY_MACHINE) & ~is_lawful(Call.phone, now)


def of_closed_campaigns() -> Any:
    """SQL: whether a call's campaign is closed."""
    return exists().where(col(Campaign.id) == col(Call.campaign_id), col(Campaign.status) == CampaignStatus.CLOSED)


def is_any_queued(session: Session, where: Any) -> bool:
    """Whether a call of which this holds still waits to be dialed."""
    return session.exec(select(Call.id).where(IS_QUEUED, where).limit(1)).first() is not None


def past_their_hours(session: Session, now: datetime, most: int) -> list[Call]:
    """Queued calls whose contact hours have ended."""
    over = select(Call).where(IS_QUEUED, col(Call.lapses_at) <= now + TOO_LATE)
    return list(session.exec(over.order_by(col(Call.due_at), col(Call.id)).limit(most)))


def running_on(session: Session, sender: str) -> list[Campaign]:
    """The running campaigns of calls that dial from this sender, the oldest launch first."""
    running = select(Campaign).where(
        Campaign.sender == sender, Campaign.status == CampaignStatus.RUNNING, Campaign.channel == Channel.CALL
    )
    return list(session.exec(running.order_by(col(Campaign.launched_at), col(Campaign.id))))


def audio_of(session: Session, campaign_id: int) -> dict[tuple[str, str], str]:
    """The token of each recorded line of a campaign, by line and language."""
    rows = session.exec(
        select(CallAudio.line, CallAudio.language, CallAudio.token).where(CallAudio.campaign_id == campaign_id)
    )
    return {(line, language): token for line, language, token in rows}


def last_campaign_from(session: Session, sender: str) -> Campaign | None:
    """The newest campaign that reaches people from this number of ours."""
    ours = select(Campaign).where(Campaign.sender == sender).order_by(col(Campaign.id).desc())
    return session.exec(ours.limit(1)).first()


def is_ours(session: Session, phone: str) -> bool:
    """Whether campaigns call or text from this number."""
    return session.exec(select(Campaign.id).where(Campaign.sender == phone).limit(1)).first() is not None


def seconds_of_audio(session: Session, campaign_id: int) -> dict[tuple[str, str], float]:
    """How long each recorded line of a campaign is, by line and language."""
    rows = session.exec(
        select(CallAudio.line, CallAudio.language, CallAudio.seconds).where(CallAudio.campaign_id == campaign_id)
    )
    return {(line, language): seconds for line, language, seconds in rows}


def audio_by_token(session: Session, token: str) -> CallAudio | None:
    """The recorded line behind this address."""
    return session.exec(select(CallAudio).where(CallAudio.token == token)).first()


def recorded_line(session: Session, campaign_id: int, line: str, language: str) -> CallAudio | None:
    """What was recorded for this line of a campaign."""
    of_line = select(CallAudio).where(
        CallAudio.campaign_id == campaign_id, CallAudio.line == line, CallAudio.language == language
    )
    return session.exec(of_line).first()


def last_test(session: Session, campaign_id: int) -> Call | None:
    """The newest call that somebody made to themselves to try the campaign."""
    tests = select(Call).where(Call.campaign_id == campaign_id, Call.kind == CallKind.TEST)
    return session.exec(tests.order_by(col(Call.id).desc()).limit(1)).first()
