"""What follows from the carrier's word on a call: for the person, the ledger, the campaign and its next try."""

from datetime import datetime, timedelta

from sqlmodel import Session

from phonebank import logs
from phonebank.calls import lifecycle, paying, queries, trying
from phonebank.calls.lifecycle import Claimed
from phonebank.calls.models import AnsweredBy, Call, CallKind, CallStatus
from phonebank.gateway.codes import CodeAction, action, meaning
from phonebank.gateway.contract import Accepted, Failure, GatewayError
from phonebank.gateway.inbound import CallReport
from phonebank.messages import consequences
from phonebank.messages.lifecycle import backoff
from phonebank.messages.tidying import OPTED_OUT
from phonebank.optouts import ledger
from phonebank.recipients import lifecycle as recipients

_OURS = (CodeAction.PAUSE_CAMPAIGN, CodeAction.STOP_EVERYTHING)
_GONE = (CodeAction.BAD_NUMBER, CodeAction.OPTED_OUT)
_A_FAX = "a fax answered"
_OVER = (CallStatus.COMPLETED, CallStatus.BUSY, CallStatus.NO_ANSWER, CallStatus.FAILED, CallStatus.CANCELED)

log = logs.get("calls")


def accepted(session: Session, call: Claimed, yes: Accepted) -> None:
    """The carrier took this call."""
    lifecycle.record_accepted(session, call.id, yes.sid)


def refused(session: Session, call: Claimed, wrong: GatewayError, now: datetime) -> None:
    """The carrier did not plainly take this call. What may have rung stays in doubt, and is reconciled."""
    if wrong.kind is Failure.UNKNOWN:
        log.warning("in doubt", call=call.id, code=wrong.code)
        return
    log.warning("the carrier refused", call=call.id, code=wrong.code, action=action(wrong.code).value)
    is_ours = action(wrong.code) in _OURS and call.kind is CallKind.SCRIPTED
    if wrong.kind is Failure.LATER or is_ours:
        wait = backoff(call.attempts) if wrong.kind is Failure.LATER else timedelta()
        moved = lifecycle.put_back(session, call.id, due_at=now + wait, code=wrong.code)
    else:
        moved = lifecycle.fail(session, call.id, code=wrong.code, now=now)
    if moved:
        paying.give_back(session, [call])
        if is_ours:
            consequences.stop(session, call.campaign_id, wrong.code, now)
        elif wrong.kind is not Failure.LATER:
            _unreachable(session, call, wrong.code, now)


def reported(session: Session, call_id: int, told: CallReport, now: datetime) -> bool:
    """A status report, or the log's word. False when it said nothing new."""
    if not lifecycle.report(session, call_id, told, now):
        return False
    call = queries.by_id(session, call_id)
    assert call is not None
    if call.status in _OVER:
        _ended(session, call, now)
    return True


def _ended(session: Session, call: Call, now: datetime) -> None:
    """It is over, this once: the row can end only in one report."""
    assert call.id is not None
    lifecycle.abandon(session, call.id, now)
    paying.settle(session, call)
    if call.kind is not CallKind.SCRIPTED or call.recipient_id is None:
        return
    if call.status is CallStatus.COMPLETED:
        _answered(session, call, call.recipient_id, now)
    elif call.status is CallStatus.FAILED and action(call.error_code) in (*_OURS, *_GONE):
        if action(call.error_code) in _OURS:
            consequences.stop(session, call.campaign_id, call.error_code, now)
            trying.try_again(session, call, now)
        else:
            _unreachable(session, Claimed.of(call), call.error_code, now)
    else:
        trying.try_again(session, call, now)


def _answered(session: Session, call: Call, recipient_id: int, now: datetime) -> None:
    """Somebody who answered was asked, and so was whoever has a message; an empty machine is tried again."""
    if call.answered_by == AnsweredBy.FAX:
        recipients.mark_unreachable(session, [recipient_id], because=_A_FAX)
    elif call.answered_by == AnsweredBy.MACHINE and call.voicemail_at is None:
        trying.try_again(session, call, now)
    else:
        recipients.mark_asked(session, [recipient_id], now)


def _unreachable(session: Session, call: Claimed, code: int | None, now: datetime) -> None:
    """No call reaches this number, by the carrier's word; where the person told it so, none of ours ever will."""
    if action(code) is CodeAction.OPTED_OUT:
        ledger.record(session, call.phone, because=meaning(code, of_call=True), by="the carrier", now=now)
        lifecycle.cancel_for(session, call.phone, now)
        recipients.leave_out(session, [call.phone], because=OPTED_OUT)
    if call.recipient_id is not None and call.kind is CallKind.SCRIPTED:
        recipients.mark_unreachable(session, [call.recipient_id], because=meaning(code, of_call=True))
