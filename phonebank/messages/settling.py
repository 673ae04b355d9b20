"""What follows from the carrier's word on a text: for the person, the ledger, the campaign and its budget."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from phonebank import logs
from phonebank.gateway.codes import CodeAction, action
from phonebank.gateway.contract import Failure, GatewayError
from phonebank.gateway.inbound import DeliveryReport
from phonebank.messages import consequences, lifecycle, paying, queries
from phonebank.messages.lifecycle import Claimed, Taken
from phonebank.messages.models import BY_A_PERSON, MessageKind, MessageStatus
from phonebank.recipients import lifecycle as recipients

log = logs.get("messages")

_NOT_THEIRS = (CodeAction.PAUSE_CAMPAIGN, CodeAction.STOP_EVERYTHING)
"""What is wrong is ours: nobody misses their ask for it."""

_FAILED = (MessageStatus.FAILED, MessageStatus.UNDELIVERED)


def accepted(session: Session, taken: Sequence[Taken], asked: Sequence[int], now: datetime) -> None:
    """The carrier took these texts; `asked` are the recipients whose ask is among them."""
    lifecycle.record_accepted(session, taken, now)
    if asked:
        recipients.mark_asked(session, asked, now)


def refused(session: Session, refusals: Sequence[tuple[Claimed, GatewayError]], now: datetime) -> None:
    """The carrier did not plainly take these claimed texts. What may have gone stays in doubt, and is reconciled."""
    moved = [(text, wrong) for text, wrong in refusals if _moved(session, text, wrong, now)]
    paying.give_back(session, [text for text, _ in moved], now)
    for text, wrong in moved:
        if wrong.kind is Failure.REFUSED or action(wrong.code) is CodeAction.TOMORROW:
            waits = _goes_back(text, wrong)
            consequences.act_on_code(session, text, wrong.code, now, still_queued=waits)


def _moved(session: Session, text: Claimed, wrong: GatewayError, now: datetime) -> bool:
    """Whether this certainly did not go, and nobody was faster to say so."""
    if wrong.kind is Failure.UNKNOWN:
        log.warning("in doubt", message=text.id, code=wrong.code)
        return False
    if _goes_back(text, wrong):
        # What waits for us to mend something waits in the queue of a campaign that is paused.
        wait = lifecycle.backoff(text.attempts) if wrong.kind is Failure.LATER else timedelta()
        return lifecycle.put_back(session, text.id, due_at=now + wait, code=wrong.code)
    return lifecycle.fail(session, text.id, code=wrong.code, now=now)


def _goes_back(text: Claimed, wrong: GatewayError) -> bool:
    ours = action(wrong.code) in _NOT_THEIRS and text.kind not in BY_A_PERSON
    return wrong.kind is Failure.LATER or ours


def reported(session: Session, message_id: int, told: DeliveryReport, now: datetime) -> bool:
    """A delivery report. False when it said nothing new."""
    before = queries.standing(session, message_id)
    if before is None or not lifecycle.is_news(before, told) or not lifecycle.report(session, message_id, told, now):
        return False
    if before.sent_at is None or before.status is not MessageStatus.SENT:
        settle_ask(session, before, now)
    if told.status in _FAILED:
        text = queries.by_id(session, message_id, fresh=True)
        assert text is not None
        consequences.act_on_code(session, Claimed.of(text), told.error_code, now)
    return True


def staff_says_again(session: Session, message_id: int, now: datetime) -> bool:
    """A member of staff has it sent again. It may have gone, and been billed, already: it is charged a second time."""
    return lifecycle.staff_says_again(session, message_id, now)


def settle_ask(session: Session, text: Any, now: datetime) -> None:
    """A text (a Message, or a row with its kind and recipient_id) that was in doubt went: its ask was asked."""
    if text.kind == MessageKind.ASK and text.recipient_id is not None:
        recipients.mark_asked(session, [text.recipient_id], now)
