"""Settles calls that may or may not have been dialed, and those whose end was never told, from the carrier's log."""

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from phonebank import clock, db, jobs, logs
from phonebank.calls import lifecycle, paying, queries, settling
from phonebank.calls.lifecycle import Claimed
from phonebank.calls.models import Call, CallStatus
from phonebank.gateway import voice
from phonebank.gateway.contract import Failure, GatewayError, LoggedCall, VoiceGateway
from phonebank.gateway.inbound import CALL_RANK, LAST_WORD, CallReport, answered_by
from phonebank.messages.reconciling import LOOK_AFTER, LOOKS_NEEDED, SURE_AFTER, UNREADABLE_AFTER
from phonebank.settings import Settings

SILENT_FOR, AGAIN_AFTER = timedelta(seconds=90), timedelta(seconds=60)
"""A call that is not over so long after it was dialed is asked for, and again: its last report may be lost."""

_AT_ONCE = 100
_LASTS_S = 60.0
_CLOCKS_DIFFER = timedelta(hours=12)
_MOST_ATTEMPTS = 15
_GONE = CallReport(sid="", status="failed", sequence=LAST_WORD)

log = logs.get("calls")


def settle_doubtful(settings: Settings) -> int:
    """One look into the carrier's log for every call that is due for one. Returns how many were looked up."""
    with db.reading() as session:
        calls = [*_in_doubt(session, clock.now(), _AT_ONCE), *_silent(session, clock.now(), _AT_ONCE)]
    if calls:
        asyncio.run(_look_up(settings, calls))
    return len(calls)


def is_any(session: Session, now: datetime) -> bool:
    """Whether a call is due for a look."""
    return bool(_in_doubt(session, now, 1) or _silent(session, now, 1))


def _in_doubt(session: Session, now: datetime, most: int) -> list[Call]:
    ago = now - LOOK_AFTER * clock.hurry()
    return queries.in_doubt(session, claimed_before=ago, looked_before=ago, most=most)


def _silent(session: Session, now: datetime, most: int) -> list[Call]:
    hurry = clock.hurry()
    claimed, looked = now - SILENT_FOR * hurry, now - AGAIN_AFTER * hurry
    return queries.silent(session, claimed_before=claimed, looked_before=looked, most=most)


async def _look_up(settings: Settings, calls: Sequence[Call]) -> None:
    until = time.monotonic() + _LASTS_S
    async with voice.dialing(settings, in_flight=1) as gateway:
        for call in calls:
            if jobs.should_stop() or time.monotonic() > until:
                return
            await _look(gateway, call)


async def _look(gateway: VoiceGateway, call: Call) -> None:
    now = clock.now()  # the log says how things stood when it was asked, however late it answers
    try:
        found = await find(gateway, call)
    except GatewayError as wrong:
        log.warning("the carrier's log cannot be read", call=call.id, code=wrong.code)
        _log_unreadable(call, now)
    else:
        await asyncio.to_thread(_settle, call, found, now)


async def find(gateway: VoiceGateway, call: Call) -> LoggedCall | None:
    """What the carrier's log holds of it; without an id: to the same number, since the attempt, and nobody else's."""
    if call.carrier_sid is not None:
        return await gateway.fetch_call(call.carrier_sid)
    assert call.claimed_at is not None
    for one in await gateway.calls_to(call.phone, call.claimed_at - _CLOCKS_DIFFER * clock.hurry()):
        if not _belongs_to_another(one.sid, call):
            return one
    return None


def _belongs_to_another(sid: str, call: Call) -> bool:
    with db.reading() as session:
        known = queries.by_sid(session, sid)
    return known is not None and known.id != call.id


def _settle(call: Call, found: LoggedCall | None, now: datetime) -> None:
    assert call.id is not None
    with db.transaction() as session:
        if found is not None:
            settling.reported(session, call.id, _told(found), now)
            lifecycle.looked_late(session, call.id, now)
        elif call.carrier_sid is not None:  # the carrier keeps its log for months: it never was
            settling.reported(session, call.id, _GONE.model_copy(update={"sid": call.carrier_sid}), now)
        elif _is_sure(call, now):
            _put_back(session, call, now)
        else:
            lifecycle.looked_in_vain(session, call.id, now)


def _told(found: LoggedCall) -> CallReport:
    """The log's word as a report: of a call that is over the last, else one that every later report outranks."""
    return CallReport(
        sid=found.sid,
        status=found.status,
        sequence=0 if found.status in CALL_RANK else LAST_WORD,
        answered_by=answered_by(found.answered_by),
        duration_s=found.duration_s,
    )


def _is_sure(call: Call, now: datetime) -> bool:
    """No further look is needed to know that it was not dialed."""
    assert call.claimed_at is not None
    return call.looks + 1 >= LOOKS_NEEDED and now - call.claimed_at >= SURE_AFTER * clock.hurry()


def _put_back(session: Session, call: Call, now: datetime) -> None:
    """Certainly not dialed: back to the queue, or failed when it has been tried too often."""
    assert call.id is not None
    if call.attempts >= _MOST_ATTEMPTS:
        never = GatewayError("The carrier never took it.", Failure.REFUSED)
        settling.refused(session, Claimed.of(call), never, now)
    elif lifecycle.put_back(session, call.id, due_at=now):
        paying.give_back(session, [Claimed.of(call)])


def _log_unreadable(call: Call, now: datetime) -> None:
    assert call.id is not None
    assert call.claimed_at is not None
    too_long = now - call.claimed_at >= UNREADABLE_AFTER * clock.hurry()
    with db.transaction() as session:
        if call.status is CallStatus.DIALING and call.carrier_sid is None and too_long:
            lifecycle.cannot_tell(session, call.id, now)
        else:
            lifecycle.looked_late(session, call.id, now)
