"""Why a campaign stopped by itself or holds its asks back: the reason, the texts behind it, and what to do about it."""

import tomllib
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import literal_column
from sqlmodel import Session, col, select

from phonebank import phone
from phonebank.campaigns import queries as campaigns
from phonebank.campaigns.models import Campaign, CampaignStatus, StopCause
from phonebank.gateway.codes import CodeAction, codes_of, meaning
from phonebank.intents import Outcome
from phonebank.messages.models import Direction, Message
from phonebank.messages.queries import IS_QUEUED
from phonebank.messages.watching import FAILED
from phonebank.recipients.models import Recipient

_MOST = 10


def stop(session: Session, campaign: Campaign) -> dict[str, Any] | None:
    """{"over", "do", "texts": [{"to", "at", "code", "means", "says"}, …]}, newest first; None: nothing stopped it.

    Numbers are masked. `code` and `means` are the carrier's; of texts from people they are null, and `says` is theirs.
    """
    if campaign.paused_over is None or campaign.status is CampaignStatus.CLOSED:
        return None
    over = StopCause(campaign.paused_over)
    texts = [_shown(one) for one in _behind(session, campaign, over)]
    return {"over": over.value, "do": _advice()[over], "texts": texts}


def holds(session: Session, campaign: Campaign, now: datetime) -> list[str]:
    """Why a campaign that runs asks nobody just now: the carrier's day is full, or the inbox is; sentences."""
    if campaign.status is not CampaignStatus.RUNNING:
        return []
    return [*_full_day(session, now), *_full_inbox(campaign)]


def account_stop(session: Session) -> str | None:
    """Why campaigns stand still for the carrier refuses the whole account; None when none does."""
    refused = select(Campaign.paused_reason).where(
        Campaign.status == CampaignStatus.PAUSED, Campaign.paused_over == StopCause.ACCOUNT
    )
    return session.exec(refused.limit(1)).first()


def _full_day(session: Session, now: datetime) -> Iterator[str]:
    today = campaigns.today(session, now)
    if today.full_until is None:
        return
    ends = f"midnight Pacific time ({today.full_until.astimezone(ZoneInfo('America/Los_Angeles')):%A, %B %-d})"
    if today.is_full_at_carrier:
        yield f"The carrier takes no more asks today: they go on after {ends}, in their contact hours."
    else:
        yield (
            f"The day's limit of {today.limit:,} segments is reached: texts go on after {ends}, "
            "in their contact hours. What volunteers write still goes."
        )


def _full_inbox(campaign: Campaign) -> Iterator[str]:
    if campaign.asks_wait_since is not None:
        yield (
            f"Asks wait: more than {campaign.pace_by_inbox:,} people for each volunteer at the inbox wait for an "
            "answer. They go on by themselves as the inbox drains."
        )


def _behind(session: Session, campaign: Campaign, over: StopCause) -> list[Message]:
    """The latest texts that made it stop."""
    if over in _OUTCOMES:
        return _words_of_people(session, campaign, _OUTCOMES[over])
    codes = codes_of(*_ACTIONS.get(over, ()))
    theirs = select(Message).where(Message.campaign_id == campaign.id, col(Message.error_code).in_(codes))
    failed = theirs.where(literal_column("message.status IN ('undelivered', 'failed')"))
    waiting = theirs.where(Message.direction == Direction.OUT, IS_QUEUED)
    found = [
        *session.exec(failed.order_by(col(Message.claimed_at).desc()).limit(_MOST)),
        *session.exec(waiting.order_by(col(Message.id).desc()).limit(_MOST)),
    ]
    return found[:_MOST]


_OUTCOMES = {StopCause.OPTED_OUT: Outcome.OPTED_OUT, StopCause.WRONG_NUMBER: Outcome.WRONG_NUMBER}
_ACTIONS: dict[StopCause, tuple[CodeAction, ...]] = {
    StopCause.REFUSED: (CodeAction.PAUSE_CAMPAIGN,),
    StopCause.ACCOUNT: (CodeAction.STOP_EVERYTHING,),
    StopCause.FILTERED: (CodeAction.FILTERED,),
    StopCause.FAILED: FAILED,
}


def _words_of_people(session: Session, campaign: Campaign, outcome: Outcome) -> list[Message]:
    asked = select(Recipient.id).where(
        Recipient.campaign_id == campaign.id,
        literal_column("recipient.outcome IN ('opted_out', 'wrong_number')"),
        Recipient.outcome == outcome,
        col(Recipient.asked_at).is_not(None),
    )
    latest = list(session.exec(asked.order_by(col(Recipient.replied_at).desc()).limit(_MOST)))
    wrote = select(Message).where(col(Message.recipient_id).in_(latest), Message.direction == Direction.IN)
    return list(session.exec(wrote.order_by(col(Message.id).desc()).limit(_MOST)))


def _shown(text: Message) -> dict[str, Any]:
    is_theirs = text.direction is Direction.IN
    return {
        "to": phone.mask(text.phone),
        "at": (text.created_at if is_theirs else text.claimed_at or text.created_at).isoformat(),
        "code": text.error_code,
        "means": None if is_theirs else meaning(text.error_code),
        "says": text.body,
    }


@cache
def _advice() -> dict[StopCause, str]:
    read = tomllib.loads(Path(__file__).with_name("stops.toml").read_text())["do"]
    return {StopCause(over): words for over, words in read.items()}
