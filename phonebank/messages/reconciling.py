"""Settles texts that may or may not have gone, from the carrier's own log; never by sending again blindly."""

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from phonebank import clock, db, jobs, logs
from phonebank.gateway import twilio
from phonebank.gateway.contract import Failure, Gateway, GatewayError, LoggedText
from phonebank.gateway.inbound import RANK, DeliveryReport
from phonebank.messages import lifecycle, paying, queries, settling
from phonebank.messages.lifecycle import Claimed
from phonebank.messages.models import Message, MessageStatus
from phonebank.settings import Settings

LOOK_AFTER = timedelta(seconds=15)
SURE_AFTER = timedelta(seconds=60)
LOOKS_NEEDED = 2
"""Two looks, at least 15 s apart and the second at least 60 s after the attempt: then an empty log means not sent."""

UNREADABLE_AFTER = timedelta(minutes=5)
_AT_ONCE = 200
_CLOCKS_DIFFER = timedelta(hours=12)
"""A clock of ours ahead of the carrier's must not hide what went; what is older is another text's, and known."""

_MOST_ATTEMPTS = 15
_LONGEST_REST = timedelta(minutes=20)
"""A carrier that fails for hours is asked again and again, ever more seldom, before anybody is given up."""

_SIDE_BY_SIDE = 8
_LOOKS_LAST_S = 100.0
"""A log that hangs holds up eight looks, not two hundred; and whoever comes after this long is looked up next time."""


log = logs.get("messages")


def settle_doubtful(settings: Settings) -> int:
    """One look into the carrier's log for every text in doubt that is due for one. Returns how many were looked up."""
    pace = clock.hurry()  # waiting is for the network and the carrier, which no rehearsal hurries
    now = clock.now()
    with db.reading() as session:
        doubtful = queries.in_doubt(
            session, claimed_before=now - LOOK_AFTER * pace, looked_before=now - LOOK_AFTER * pace, most=_AT_ONCE
        )
    if doubtful:
        asyncio.run(_look_up(settings, doubtful))
    return len(doubtful)


async def _look_up(settings: Settings, doubtful: Sequence[Message]) -> None:
    waiting, until = iter(doubtful), time.monotonic() + _LOOKS_LAST_S
    async with twilio.speaking(settings, in_flight=_SIDE_BY_SIDE) as gateway:

        async def look() -> None:
            for text in waiting:
                if jobs.should_stop() or time.monotonic() > until:
                    return
                await _look(gateway, text)

        await asyncio.gather(*(look() for _ in range(_SIDE_BY_SIDE)))


async def _look(gateway: Gateway, text: Message) -> None:
    now = clock.now()  # the log says how things stood when it was asked, however late it answers
    try:
        found = await find(gateway, text)
    except GatewayError as wrong:
        log.warning("the carrier's log cannot be read", message=text.id, code=wrong.code)
        _log_unreadable(text, now)
    else:
        _settle(text, found, now)  # nothing is awaited since the log was read: an entry is one text's alone


async def find(gateway: Gateway, text: Message) -> LoggedText | None:
    """What the carrier's log holds of it: same number, created since the attempt, same words, nobody else's."""
    assert text.claimed_at is not None
    logged = await gateway.texts_to(text.phone, text.claimed_at - _CLOCKS_DIFFER * clock.hurry())
    for one in logged:
        if _same_words(one.body, text.body) and not _belongs_to_another(one.sid, text):
            return one
    return None


def _same_words(logged: str, ours: str) -> bool:
    return " ".join(logged.split()) == " ".join(ours.split())


def _belongs_to_another(sid: str, text: Message) -> bool:
    with db.reading() as session:
        known = queries.by_sid(session, sid)
    return known is not None and known.id != text.id


def _settle(text: Message, found: LoggedText | None, now: datetime) -> None:
    assert text.id is not None
    with db.transaction() as session:
        if found is not None:
            rank = RANK.get(found.status, 0)
            if lifecycle.found_in_log(session, text.id, sid=found.sid, rank=min(rank, 0), now=now):
                settling.settle_ask(session, text, now)
            told = DeliveryReport(sid=found.sid, status=found.status, rank=rank, error_code=found.error_code)
            settling.reported(session, text.id, told, now)
        elif _is_sure(text, now):
            _put_back(session, text, now)
        else:
            lifecycle.looked_in_vain(session, text.id, now)


def _is_sure(text: Message, now: datetime) -> bool:
    """No further look is needed to know that it did not go."""
    assert text.claimed_at is not None
    return text.looks + 1 >= LOOKS_NEEDED and now - text.claimed_at >= SURE_AFTER * clock.hurry()


def _put_back(session: Session, text: Message, now: datetime) -> None:
    """Certainly not sent: back to the queue, or failed when it has been tried too often."""
    if text.attempts >= _MOST_ATTEMPTS:
        never = GatewayError("The carrier never took it.", Failure.REFUSED)
        settling.refused(session, [(Claimed.of(text), never)], now)
    elif lifecycle.put_back(session, text.id or 0, due_at=now + _rest(text.attempts)):
        paying.give_back(session, [Claimed.of(text)], now)


def _rest(attempts: int) -> timedelta:
    """None after the first two attempts, then 1, 2, 4 … minutes."""
    return min(_LONGEST_REST, timedelta(minutes=2 ** (attempts - 3))) if attempts > 2 else timedelta()  # noqa: PLR2004


def _log_unreadable(text: Message, now: datetime) -> None:
    assert text.id is not None
    assert text.claimed_at is not None
    too_long = now - text.claimed_at >= UNREADABLE_AFTER * clock.hurry()
    with db.transaction() as session:
        if text.status is MessageStatus.SENDING and too_long:
            lifecycle.cannot_tell(session, text.id, now)
        else:
            lifecycle.looked_late(session, text.id, now)
