"""What an error code asks of us beyond its text: of the person, the number, the ledgers and the campaigns."""

from datetime import datetime, timedelta

from sqlmodel import Session

from phonebank import logs
from phonebank.campaigns import ledger as books
from phonebank.campaigns import lifecycle as campaigns
from phonebank.campaigns import queries as campaign_queries
from phonebank.campaigns.contact_hours import NeverOpen
from phonebank.campaigns.models import StopCause
from phonebank.contacts import ledger as numbers
from phonebank.contacts.queries import TEXTLESS
from phonebank.errors import RefusedError
from phonebank.gateway.codes import CodeAction, action, meaning
from phonebank.messages import composing, lifecycle, queries, tidying
from phonebank.messages.composing import NewText
from phonebank.messages.lifecycle import Claimed
from phonebank.messages.models import BY_A_PERSON, MessageKind, Priority
from phonebank.optouts import ledger
from phonebank.recipients import lifecycle as recipients

_SAID_AGAIN = {
    CodeAction.LATER: (timedelta(minutes=10), 4),
    CodeAction.TOMORROW: (timedelta(), 4),
    CodeAction.NEXT_HOURS: (timedelta(minutes=30), 4),
    CodeAction.ONCE_MORE: (timedelta(hours=3), 2),
    CodeAction.PAUSE_CAMPAIGN: (timedelta(), 4),
    CodeAction.STOP_EVERYTHING: (timedelta(), 4),
}
"""How long a text that certainly did not arrive waits (its contact hours aside), and how often it is said at most."""

log = logs.get("messages")


def act_on_code(
    session: Session, text: Claimed, code: int | None, now: datetime, *, still_queued: bool = False
) -> None:
    """What an error code asks of us once its text has failed; or, `still_queued`, has only been put back."""
    asked = action(code)
    log.warning("the carrier refused", message=text.id, code=code, action=asked.value)
    match asked:
        case CodeAction.OPTED_OUT:
            ledger.record(session, text.phone, because=meaning(code), by="the carrier", now=now)
            _unreachable(session, text, code)
            tidying.leave_alone(session, text.phone, now)
        case CodeAction.BAD_NUMBER:
            _leave_text_pool(session, text, code, now)
        case CodeAction.PAUSE_CAMPAIGN | CodeAction.STOP_EVERYTHING:
            stop(session, text.campaign_id, code, now)
        case CodeAction.TOMORROW:
            day_is_full(session, code, now)
        case CodeAction.FILTERED | CodeAction.FAILED:
            _unreachable(session, text, code)
        case _:  # what may have arrived is not said again; the rest below
            pass
    if asked in _SAID_AGAIN and not still_queued:
        _say_again(session, text, code, now)


def day_is_full(session: Session, code: int | None, now: datetime) -> None:
    """The carrier takes no more today: asks wait for its midnight."""
    log.error("the carrier's day is full; asks wait until midnight in Los Angeles", code=code)
    books.full_at_carrier(session, now)


def stop(session: Session, of_campaign: int | None, code: int | None, now: datetime) -> None:
    """Stop this campaign; all of them when it is the account that is refused."""
    if action(code) is CodeAction.STOP_EVERYTHING:
        log.error("the account was refused; every campaign is paused", code=code)
        for campaign_id in campaign_queries.under_way_ids(session):
            why = f"The account was refused: {meaning(code)}."
            campaigns.pause(session, campaign_id, reason=why, now=now, over=StopCause.ACCOUNT)
    elif of_campaign is not None:
        why = f"The carrier refused: {meaning(code)}."
        campaigns.pause(session, of_campaign, reason=why, now=now, over=StopCause.REFUSED)


def _leave_text_pool(session: Session, text: Claimed, code: int | None, now: datetime) -> None:
    """No campaign texts this number any more; whoever has texted us can be texted, whatever the carrier says."""
    _unreachable(session, text, code)
    if queries.last_heard_at(session, text.phone) is None:
        numbers.note_textless(session, text.phone, because=meaning(code), now=now)
        recipients.leave_out_of_texts(session, text.phone, because=TEXTLESS)
        lifecycle.cancel_for(session, text.phone, now)


def _say_again(session: Session, text: Claimed, code: int | None, now: datetime) -> None:
    """Write it down once more as a text of its own, so that late reports on this one touch nothing."""
    if text.kind in BY_A_PERSON or text.recipient_id is None or text.step is None:
        return None
    wait, most = _SAID_AGAIN[action(code)]
    step, _, said = text.step.partition("#")
    times = int(said or 1)
    if times >= most:
        return _unreachable(session, text, code)
    if text.kind == MessageKind.ASK and not recipients.ask_once_more(session, text.recipient_id):
        return None
    at = books.day_ends(now) if action(code) is CodeAction.TOMORROW else now + times * wait
    try:
        composing.compose(session, _once_more(text, f"{step}#{times + 1}", at), now)
    except (RefusedError, NeverOpen):
        _unreachable(session, text, code)


def _once_more(text: Claimed, step: str, due_at: datetime) -> NewText:
    return NewText(
        phone=text.phone,
        sender=text.sender,
        kind=text.kind,
        body=text.body,
        priority=Priority(text.priority),
        campaign_id=text.campaign_id,
        recipient_id=text.recipient_id,
        step=step,
        due_at=due_at,
        useless_at=text.useless_at,
    )


def _unreachable(session: Session, text: Claimed, code: int | None) -> None:
    if text.recipient_id is not None and text.kind == MessageKind.ASK:
        recipients.mark_unreachable(session, [text.recipient_id], because=meaning(code))
