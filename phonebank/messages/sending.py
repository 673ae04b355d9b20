"""Speaks a sender's due texts: tokens, claim, last checks, speak, record. Nothing is said that is not claimed first.

One thread takes batches, the event loop speaks them, another thread records what came of it: the carrier's answer
time costs no throughput, and the database never holds up the loop.
"""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from phonebank import clock, db, jobs, logs
from phonebank.campaigns import queries as campaign_queries
from phonebank.gateway import pacing, twilio
from phonebank.gateway.contract import Accepted, Failure, Gateway, GatewayError, OutgoingText
from phonebank.gateway.in_flight import InFlight
from phonebank.gateway.last_second import LastSecond
from phonebank.messages import lifecycle, paying, queries, settling
from phonebank.messages.lifecycle import Claimed, Taken
from phonebank.messages.models import MessageKind
from phonebank.settings import Settings

MOST_AT_ONCE = 200
_IN_HAND = 3
"""So many times what the carrier takes at once is claimed: a claim waits for the disk, the carrier for nobody."""

_LINGER_S, _LOOK_AGAIN_S = 1.5, 0.1
"""How long a turn with nothing due stays: connections and a fork cost more than a look."""


log = logs.get("messages")


@dataclass(frozen=True)
class Batch:
    """Claimed texts, and the slot in which they leave, one after the other."""

    texts: list[Claimed]
    slot: pacing.Slot
    pace: float  # segments a second


def send_due(
    settings: Settings, sender: str, *, urgent_only: bool, until: float, in_flight: int = twilio.IN_FLIGHT
) -> None:
    """Speak what is due for a sender until nothing is, or until this moment of the monotonic clock."""
    asyncio.run(_Turn(settings, sender, urgent_only=urgent_only, until=until, in_flight=in_flight).run())


def take(sender: str, most: int, *, urgent_only: bool) -> Batch | pacing.Wait | None:
    """Tokens, then the claim: a batch in hand and committed, a wait when no slot is free, or None: nothing is due."""
    sizes, pace = _look(sender, most, urgent_only=urgent_only)
    if not sizes:
        return None
    fitting = _fitting(sizes, pacing.at_once(pace))
    slot = pacing.reserve(sender, sizes[:fitting], pace, urgent=urgent_only)
    if isinstance(slot, pacing.Wait):
        return slot
    time.sleep(max(0.0, slot.starts - time.monotonic() - pacing.LATE_S))
    texts = _claim(sender, fitting, urgent_only=urgent_only)
    if not texts:
        return pacing.Wait(0.01) if _may_any_go(sender, urgent_only=urgent_only) else None
    try:
        return Batch(texts, _kept(slot, texts, sender, pace), pace)
    except BaseException:  # Redis is gone: nothing was said, and nothing is in doubt
        _let_go(texts)
        raise


def _look(sender: str, most: int, *, urgent_only: bool) -> tuple[list[int], float]:
    """The sizes of the texts that are due, and the sender's pace."""
    with db.reading() as session:
        pace = campaign_queries.pace_of(session, sender) * clock.hurry()
        most = min(most, MOST_AT_ONCE, pacing.at_once(pace))
        return queries.next_segments(session, sender, most, urgent_only=urgent_only, now=clock.now()), pace


def _may_any_go(sender: str, *, urgent_only: bool) -> bool:
    with db.reading() as session:
        return queries.may_any_go(session, sender, urgent_only=urgent_only, now=clock.now())


def _fitting(sizes: list[int], room: int) -> int:
    """How many of these texts fit into one slot; always at least one."""
    total = 0
    for number, size in enumerate(sizes):
        total += size
        if total > room:
            return max(1, number)
    return len(sizes)


def _claim(sender: str, most: int, *, urgent_only: bool) -> list[Claimed]:
    """Claim, and pay in the same transaction: what no budget, or no room of the day, is left for is not claimed."""
    now = clock.now()
    with db.transaction() as session:
        return paying.pay(session, lifecycle.claim(session, sender, most, urgent_only=urgent_only, now=now), now)


def _let_go(texts: list[Claimed]) -> None:
    """Claimed and certainly not spoken: back to the queue, and what they were charged back."""
    with db.transaction() as session:
        lifecycle.unclaim(session, [text.id for text in texts])
        paying.give_back(session, texts, clock.now())


def _kept(slot: pacing.Slot, texts: list[Claimed], sender: str, pace: float) -> pacing.Slot:
    """The slot, or a later one when the claim took so long that it is missed, or took longer texts than were seen."""
    sizes = [text.segments for text in texts]
    while slot.is_missed() or not slot.fits(sizes):
        again = pacing.reserve(sender, sizes, pace, urgent=True)
        if isinstance(again, pacing.Wait):
            time.sleep(again.seconds)
        else:
            slot = again
            time.sleep(max(0.0, slot.starts - time.monotonic() - pacing.LATE_S))
    return slot


class _Turn:
    def __init__(self, settings: Settings, sender: str, *, urgent_only: bool, until: float, in_flight: int) -> None:
        self.settings, self.sender, self.urgent_only, self.until = settings, sender, urgent_only, until
        self.taking = ThreadPoolExecutor(1, "taking")
        self.recording = ThreadPoolExecutor(1, "recording")
        self.in_flight, self.last_second = InFlight(in_flight), LastSecond()
        self.speaking: set[asyncio.Task[None]] = set()
        self.results: list[tuple[Claimed, Accepted | GatewayError]] = []
        self.has_room, self.heard = asyncio.Event(), asyncio.Event()
        self.is_over, self.held_until = False, 0.0

    async def run(self) -> None:
        recorder = asyncio.create_task(self._record())
        try:
            async with twilio.speaking(self.settings, self.in_flight.most) as gateway:
                try:
                    await self._speak_batches(gateway)
                finally:  # whatever went wrong, what is being said is waited for, and so recorded
                    if self.speaking:
                        await asyncio.wait(self.speaking)
        finally:
            self.is_over = True
            self.heard.set()
            await recorder
            self.taking.shutdown()
            self.recording.shutdown()

    async def _speak_batches(self, gateway: Gateway) -> None:
        idle_since = None
        while time.monotonic() < self.until and not jobs.should_stop():
            got = await self._take()
            if isinstance(got, Batch):
                self._speak_all(gateway, got)
                idle_since = None
            elif got is not None:
                await self._wait_for_pace(got.seconds)
            else:
                idle_since = idle_since or time.monotonic()
                if time.monotonic() - idle_since > _LINGER_S or self._is_someone_waiting():
                    return
                await asyncio.sleep(_LOOK_AGAIN_S)

    async def _wait_for_pace(self, seconds: float) -> None:
        """The sender says all it may: a second turn for it would only keep another sender's from its worker."""
        if not self.urgent_only and time.monotonic() > self.held_until:
            self.held_until = time.monotonic() + 1.0
            await asyncio.get_running_loop().run_in_executor(None, jobs.hold_flag, "texts", self.sender)
        await asyncio.sleep(seconds)

    def _is_someone_waiting(self) -> bool:
        """Whether another sender's turn waits behind this one."""
        return jobs.is_rung("answers" if self.urgent_only else "texts")

    async def _take(self) -> Batch | pacing.Wait | None:
        """The next batch, taken while the last one is still being said, so that the carrier never waits for us."""
        while len(self.speaking) >= _IN_HAND * self.in_flight.limit:
            self.has_room.clear()
            await self.has_room.wait()
        most = max(1, int(self.in_flight.limit))
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.taking, lambda: take(self.sender, most, urgent_only=self.urgent_only))

    def _speak_all(self, gateway: Gateway, batch: Batch) -> None:
        for text, leaves in zip(batch.texts, batch.slot.leaves, strict=False):
            task = asyncio.create_task(self._speak(gateway, text, leaves, batch.pace))
            self.speaking.add(task)
            task.add_done_callback(self._is_said)

    def _is_said(self, task: asyncio.Task[None]) -> None:
        self.speaking.discard(task)
        self.has_room.set()

    async def _speak(self, gateway: Gateway, text: Claimed, leaves: float, pace: float) -> None:
        if (early := leaves - time.monotonic()) > 0:
            await asyncio.sleep(early)
        began = await self.in_flight.enter()
        while (rest := self.last_second.wait(text.segments, pace, time.monotonic())) > 0:  # noqa: ASYNC110 - time makes room
            await asyncio.sleep(rest)
        said = self.last_second.say(text.segments, time.monotonic())
        try:
            result: Accepted | GatewayError = await gateway.send(self._outgoing(text))
        except GatewayError as wrong:
            result = wrong
        self.last_second.answered(said, time.monotonic())
        self.in_flight.leave(began, is_too_many=isinstance(result, GatewayError) and result.kind is Failure.LATER)
        self.results.append((text, result))
        self.heard.set()

    def _outgoing(self, text: Claimed) -> OutgoingText:
        ends = [moment for moment in (text.lapses_at, text.useless_at) if moment is not None]
        left = min((moment - clock.now()).total_seconds() for moment in ends) if ends else twilio.LONGEST_VALID_S
        callback = f"{self.settings.address}/twilio/status/{text.id}"
        return OutgoingText(text.phone, text.sender, text.body, int(left), callback)

    async def _record(self) -> None:
        loop = asyncio.get_running_loop()
        while not self.is_over or self.results:
            await self.heard.wait()
            self.heard.clear()
            batch, self.results = self.results, []
            if batch:
                await loop.run_in_executor(self.recording, record, batch)


def record(results: list[tuple[Claimed, Accepted | GatewayError]]) -> None:
    """Write down what the carrier said of each text, in one transaction."""
    now = clock.now()
    taken = [Taken(text.id, said.sid, said.rank) for text, said in results if isinstance(said, Accepted)]
    asked = [
        text.recipient_id
        for text, said in results
        if isinstance(said, Accepted) and text.kind == MessageKind.ASK and text.recipient_id is not None
    ]
    with db.transaction() as session:
        settling.accepted(session, taken, asked, now)
        settling.refused(session, [(text, said) for text, said in results if isinstance(said, GatewayError)], now)
