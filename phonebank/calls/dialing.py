"""Dials a sender's due calls, and records what came of each. Nothing is dialed that is not claimed first.

A call costs a second or more of the carrier's pace: one loop takes a call or a few, dials each at its own moment, and
writes down the carrier's answer. Pace is planned (gateway.pacing) and kept (gateway.last_second) as for texts, under a
name of its own; open lines are counted in the claim's own transaction.
"""

import asyncio
import time
from dataclasses import dataclass
from datetime import timedelta

from phonebank import clock, db, jobs, logs
from phonebank.calls import law, lifecycle, paying, queries, settling
from phonebank.calls.lifecycle import Claimed
from phonebank.calls.models import CallKind
from phonebank.campaigns.call_spec import spec_of
from phonebank.errors import UnavailableError
from phonebank.gateway import pacing, voice
from phonebank.gateway.contract import Accepted, GatewayError, OutgoingCall, VoiceGateway
from phonebank.gateway.last_second import LastSecond, Said
from phonebank.settings import Settings

A_CALL = 10
"""How many of pacing's segments a call counts as, so that a pace of one call in many seconds can be said."""

RING_S = 25
_MOST_AT_ONCE = 20
_IN_FLIGHT = 32
_LINGER_S, _LOOK_AGAIN_S = 1.5, 0.1
_LINES_FULL_S = 0.25
_SHARE_KEPT_S = 5.0
_FRESH = timedelta(seconds=10)
"""A claim not dialed by then is let go: reconciliation looks for it after fifteen, and in the end another dials it."""

_ENOUGH_LEFT = timedelta(seconds=RING_S)

log = logs.get("calls")


def dial_due(settings: Settings, sender: str, *, until: float) -> None:
    """Dial what is due for a sender until nothing is, or until this moment of the monotonic clock."""
    asyncio.run(_Turn(settings, sender, until).run())


@dataclass(frozen=True)
class Limits:
    """What the running campaigns of a sender ask for: the least of each."""

    calls_per_second: float = 1.0
    open_lines: int = 20


@dataclass(frozen=True)
class Batch:
    """Claimed calls, and the slot in which they leave, one after the other."""

    calls: list[Claimed]
    slot: pacing.Slot
    pace: float


class Taker:
    """Takes calls in hand for one sender: a slot first, then a claim, charged and committed."""

    def __init__(self, sender: str) -> None:
        self.sender = sender
        self._share, self._share_until = 1.0, 0.0

    def take(self) -> Batch | pacing.Wait | None:
        """Calls in hand and committed; a wait when there is no slot or line; None when nothing is due."""
        for by_machine in (False, True):
            limits = self._limits()
            pace = limits.calls_per_second * A_CALL * clock.hurry()
            most = max(1, min(_MOST_AT_ONCE, int(pace / A_CALL * pacing.BURST_S)))
            due, room = self._look(most, limits, by_machine=by_machine)
            if due and not room:
                return pacing.Wait(_LINES_FULL_S)
            if due:
                return self._claim(min(due, room), pace, limits, by_machine=by_machine)
        return None

    def _claim(self, most: int, pace: float, limits: Limits, *, by_machine: bool) -> Batch | pacing.Wait:
        slot = self._slot(most, pace, urgent=not by_machine)
        if isinstance(slot, pacing.Wait):
            return slot
        with db.transaction() as session:
            if by_machine:  # two machines that count the same free line would both take it
                lifecycle.take_turns(session, self.sender)
                most = min(most, max(0, limits.open_lines - queries.open_lines(session, self.sender)))
            now = clock.now()
            claimed = lifecycle.claim(session, self.sender, most, by_machine=by_machine, now=now)
            calls = paying.pay(session, claimed, now)
        if not calls:
            return pacing.Wait(_LOOK_AGAIN_S)
        try:
            return Batch(calls, self._kept(slot, len(calls), pace), pace)
        except BaseException:  # Redis is gone: nothing was dialed, and nothing is in doubt
            let_go(calls)
            raise

    def _kept(self, slot: pacing.Slot, calls: int, pace: float) -> pacing.Slot:
        """The slot, or a later one when it is missed."""
        while slot.is_missed():
            again = self._slot(calls, pace, urgent=True)
            if isinstance(again, pacing.Wait):
                time.sleep(again.seconds)
            else:
                slot = again
        return slot

    def _slot(self, calls: int, pace: float, *, urgent: bool) -> pacing.Slot | pacing.Wait:
        return pacing.reserve(_pace_name(self.sender), [A_CALL] * calls, pace, urgent=urgent)

    def _look(self, most: int, limits: Limits, *, by_machine: bool) -> tuple[int, int]:
        """How many calls are due, and for how many there is a line. Whoever of ours waits needs none free."""
        with db.reading() as session:
            due = queries.count_due(session, self.sender, most, by_machine=by_machine, now=clock.now())
            if not due or not by_machine:
                return due, most
            return due, max(0, limits.open_lines - queries.open_lines(session, self.sender))

    def _limits(self) -> Limits:
        with db.reading() as session:
            running = queries.running_on(session, self.sender)
            specs = [spec_of(campaign) for campaign in running]
            if time.monotonic() > self._share_until:
                since = clock.now() - timedelta(days=law.waiting_days())
                shares = [
                    law.share_of_pace(*queries.answered_and_abandoned(session, one.id or 0, since)) for one in running
                ]
                self._share, self._share_until = min(shares, default=1.0), time.monotonic() + _SHARE_KEPT_S
        if not specs:
            return Limits()
        slowest = min(spec.calls_per_second for spec in specs)
        return Limits(slowest * self._share, min(spec.open_lines for spec in specs))


class _Turn:
    def __init__(self, settings: Settings, sender: str, until: float) -> None:
        self.settings, self.sender, self.until = settings, sender, until
        self.taker, self.last_second = Taker(sender), LastSecond(_pace_name(sender))
        self.dialing: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        async with voice.dialing(self.settings, _IN_FLIGHT) as gateway:
            try:
                await self._dial_batches(gateway)
            finally:  # whatever went wrong, what is being dialed is waited for, and so recorded
                if self.dialing:
                    await asyncio.wait(self.dialing)
                await self.last_second.close()

    async def _dial_batches(self, gateway: VoiceGateway) -> None:
        idle_since = None
        while time.monotonic() < self.until and not jobs.should_stop():
            got = await asyncio.to_thread(self.taker.take) if len(self.dialing) < _IN_FLIGHT else pacing.Wait(0.05)
            if isinstance(got, Batch):
                self._dial_all(gateway, got)
                idle_since = None
            elif got is not None:
                await asyncio.sleep(got.seconds)
            else:
                idle_since = idle_since or time.monotonic()
                if time.monotonic() - idle_since > _LINGER_S or jobs.is_rung("calls"):
                    return
                await asyncio.sleep(_LOOK_AGAIN_S)

    def _dial_all(self, gateway: VoiceGateway, batch: Batch) -> None:
        for call, leaves in zip(batch.calls, batch.slot.leaves, strict=False):
            task = asyncio.create_task(self._dial(gateway, call, leaves, batch.pace))
            self.dialing.add(task)
            task.add_done_callback(self.dialing.discard)

    async def _dial(self, gateway: VoiceGateway, call: Claimed, leaves: float, pace: float) -> None:
        if (early := leaves - time.monotonic()) > 0:
            await asyncio.sleep(early)
        said = await self._may_dial(call, pace)
        if said is None:
            await asyncio.to_thread(let_go, [call])
            return
        try:
            result: Accepted | GatewayError = await gateway.dial(outgoing(self.settings, call))
        except GatewayError as wrong:
            result = wrong
        self.last_second.answered(said)
        await asyncio.to_thread(record, call, result)

    async def _may_dial(self, call: Claimed, pace: float) -> Said | None:
        """Wait for room in the carrier's second; None: it is too late by then, or nobody knows what others dial."""
        try:
            said = await self.last_second.say(A_CALL, pace)
        except UnavailableError:
            return None
        if is_too_late(call):
            self.last_second.forget(said)
            return None
        return said


def is_too_late(call: Claimed) -> bool:
    """Its hours would be over before somebody answers, or it waited so long that others may think it in doubt."""
    now = clock.now()
    is_stale = call.claimed_at is not None and now - call.claimed_at > _FRESH * clock.hurry()
    return is_stale or (call.lapses_at is not None and call.lapses_at <= now + _ENOUGH_LEFT)


def outgoing(settings: Settings, call: Claimed) -> OutgoingCall:
    """What the carrier is told of this call. It listens for machines where an artificial voice speaks."""
    ours = f"{settings.address}/twilio/calls/{call.id}"
    machine = f"{ours}/machine" if call.kind is CallKind.SCRIPTED else None
    return OutgoingCall(call.phone, call.sender, f"{ours}/start", f"{ours}/status", RING_S, machine)


def let_go(calls: list[Claimed]) -> None:
    """Claimed and certainly not dialed: back to the queue, and what they were charged back."""
    with db.transaction() as session:
        paying.give_back(session, lifecycle.unclaim(session, calls))


def record(call: Claimed, result: Accepted | GatewayError) -> None:
    """Write down what the carrier said of one call."""
    with db.transaction() as session:
        if isinstance(result, Accepted):
            settling.accepted(session, call, result)
        else:
            settling.refused(session, call, result, clock.now())


def _pace_name(sender: str) -> str:
    return f"calls:{sender}"
