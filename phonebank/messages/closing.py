"""Asks the carrier how those texts ended whose last report never came: it was lost, or their route gives none."""

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from phonebank import clock, db, jobs, logs
from phonebank.gateway import twilio
from phonebank.gateway.contract import GatewayError, LoggedText
from phonebank.gateway.inbound import RANK, DeliveryReport
from phonebank.messages import lifecycle, queries, reconciling, settling
from phonebank.messages.models import Message
from phonebank.settings import Settings

SILENT_FOR = timedelta(seconds=twilio.LONGEST_VALID_S) + timedelta(hours=1)
"""The carrier keeps no text in its queue for longer than ten hours; by then, and an hour's grace, it has said all."""

AGAIN_AFTER = timedelta(minutes=15)
EXPIRED = 30036
_STILL_WAITING = ("accepted", "scheduled", "queued")
_AT_ONCE, _LASTS_S = 40, 20.0

log = logs.get("messages")


def close_unreported(settings: Settings) -> int:
    """Ask once for each of some dozens of texts that should have ended by now. Returns how many were asked for.

    What the carrier knows as ended ends; what it still says was sent stays so for good, its route tells no more.
    """
    with db.reading() as session:
        silent = _silent(session, clock.now(), _AT_ONCE)
    if silent:
        asyncio.run(_ask_for(settings, silent))
    return len(silent)


def is_any(session: Session, now: datetime) -> bool:
    """Whether a text waits to be asked for."""
    return bool(_silent(session, now, 1))


def _silent(session: Session, now: datetime, most: int) -> list[Message]:
    return queries.unreported(
        session, claimed_before=now - SILENT_FOR, looked_before=now - AGAIN_AFTER * clock.hurry(), most=most
    )


async def _ask_for(settings: Settings, silent: Sequence[Message]) -> None:
    until = time.monotonic() + _LASTS_S
    async with twilio.speaking(settings, in_flight=1) as gateway:
        for text in silent:
            if jobs.should_stop() or time.monotonic() > until:
                return
            try:
                if text.carrier_sid is None:  # only their reply, or a person, has told us that it went
                    found = await reconciling.find(gateway, text)
                else:
                    found = await gateway.fetch(text.carrier_sid)
            except GatewayError as wrong:
                log.warning("the carrier does not say how a text ended", message=text.id, code=wrong.code)
                _ask_later(silent)
                return  # a carrier in trouble is left alone, and doubts wait for nobody
            _close(text, found)


def _close(text: Message, found: LoggedText | None) -> None:
    assert text.id is not None
    now = clock.now()
    with db.transaction() as session:
        if found is not None:
            settling.reported(session, text.id, _last_word(found), now)
        lifecycle.close_as_it_is(session, text.id, now)


def _last_word(found: LoggedText) -> DeliveryReport:
    """What still waits in the carrier's queue after its validity never leaves it."""
    if found.status in _STILL_WAITING:
        return DeliveryReport(sid=found.sid, status="failed", rank=RANK["failed"], error_code=EXPIRED)
    rank = RANK.get(found.status, 0)
    return DeliveryReport(sid=found.sid, status=found.status, rank=rank, error_code=found.error_code)


def _ask_later(texts: Sequence[Message]) -> None:
    now = clock.now()
    with db.transaction() as session:
        lifecycle.asked_in_vain(session, [text.id for text in texts if text.id is not None], now)
