"""What follows from the carrier's word on a text: for the person, the ledger, the campaign and its budget."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from phonebank import logs
from phonebank.campaigns import lifecycle as campaigns
from phonebank.gateway.codes import CodeAction, action
from phonebank.gateway.contract import Failure, GatewayError
from phonebank.gateway.inbound import DeliveryReport
from phonebank.messages import consequences, lifecycle, queries
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


def refused(session: Session, text: Claimed, wrong: GatewayError, now: datetime) -> None:
    """The carrier did not plainly take this claimed text. One that may have gone stays in doubt, and is reconciled."""
    if wrong.kind is Failure.UNKNOWN:
        log.warning("in doubt", message=text.id, code=wrong.code)
        return
    if wrong.kind is Failure.LATER:
        moved = lifecycle.put_back(session, text.id, due_at=now + lifecycle.backoff(text.attempts))
    elif action(wrong.code) in _NOT_THEIRS and text.kind not in BY_A_PERSON:
        moved = lifecycle.put_back(session, text.id, due_at=now)  # it waits in the queue while its campaign is paused
    else:
        moved = lifecycle.fail(session, text.id, code=wrong.code, now=now)
    if not moved:
        return
    if text.campaign_id is not None:
        campaigns.refund(session, text.campaign_id, text.cost_micros)
    if wrong.kind is Failure.REFUSED:
        consequences.act_on_code(session, text, wrong.code, now)


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
    """A member of staff has it sent again: it is charged again, so what it cost so far is given back."""
    text = queries.by_id(session, message_id)
    if text is None or not lifecycle.staff_says_again(session, message_id, now):
        return False
    if text.campaign_id is not None:
        campaigns.refund(session, text.campaign_id, text.cost_micros)
    return True


def settle_ask(session: Session, text: Any, now: datetime) -> None:
    """A text (a Message, or a row with its kind and recipient_id) that was in doubt went: its ask was asked."""
    if text.kind == MessageKind.ASK and text.recipient_id is not None:
        recipients.mark_asked(session, [text.recipient_id], now)
