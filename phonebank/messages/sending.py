"""Speaks a sender's due texts, and records what came of each. Nothing is said that is not claimed first.

One thread takes batches, the event loop speaks them, another thread records what came of it: the carrier's answer
time costs no throughput, and the database never holds up the loop.
"""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from phonebank import clock, db, jobs, logs
from phonebank.errors import UnavailableError
from phonebank.gateway import pacing, twilio
from phonebank.gateway.contract import Accepted, Failure, Gateway, GatewayError, OutgoingText
from phonebank.gateway.in_flight import InFlight
from phonebank.gateway.last_second import LastSecond, Said
from phonebank.messages import claiming, settling
from phonebank.messages.claiming import Batch, Taker
from phonebank.messages.lifecycle import Claimed, Taken
from phonebank.messages.models import MessageKind
from phonebank.settings import Settings

_IN_HAND = 6
"""So many times what the carrier takes at once is claimed: a claim waits for the disk, the carrier for nobody."""

_TOGETHER_S = 0.1
"""Answers of so short a while are written down together: a transaction costs more than a row."""

_LINGER_S, _LOOK_AGAIN_S = 1.5, 0.1
"""How long a turn with nothing due stays: connections and a fork cost more than a look."""


_FRESH = timedelta(seconds=10)
"""A claim not said by then is let go: reconciliation looks for it after fifteen, and in the end another says it."""

Result = Accepted | GatewayError | None
"""What the carrier said of a text; None: it was not asked."""

log = logs.get("messages")


def send_due(
    settings: Settings, sender: str, *, urgent_only: bool, until: float, in_flight: int = twilio.IN_FLIGHT
) -> None:
    """Speak what is due for a sender until nothing is, or until this moment of the monotonic clock."""
    asyncio.run(_Turn(settings, sender, urgent_only=urgent_only, until=until, in_flight=in_flight).run())


class _Turn:
    def __init__(self, settings: Settings, sender: str, *, urgent_only: bool, until: float, in_flight: int) -> None:
        self.settings, self.sender, self.urgent_only, self.until = settings, sender, urgent_only, until
        self.taker = Taker(sender, urgent_only=urgent_only)
        self.taking = ThreadPoolExecutor(1, "taking")
        self.recording = ThreadPoolExecutor(1, "recording")
        self.in_flight, self.last_second = InFlight(in_flight), LastSecond(sender)
        self.speaking: set[asyncio.Task[None]] = set()
        self.results: list[tuple[Claimed, Result]] = []
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
                    await self.last_second.close()
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
        while self.last_second.is_full or len(self.speaking) >= _IN_HAND / 2 * self.in_flight.limit:
            self.has_room.clear()
            await self.has_room.wait()
        most = max(1, int(_IN_HAND * self.in_flight.limit) - len(self.speaking))
        return await asyncio.get_running_loop().run_in_executor(self.taking, self.taker.take, most)

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
        said = await self._may_speak(text, pace)
        if said is None:
            self.in_flight.skip()
            self._hear(text, None)
            return
        try:
            result: Accepted | GatewayError = await gateway.send(self._outgoing(text))
        except GatewayError as wrong:
            result = wrong
        self.last_second.answered(said)
        self.in_flight.leave(began, is_too_many=isinstance(result, GatewayError) and result.kind is Failure.LATER)
        self._hear(text, result)

    async def _may_speak(self, text: Claimed, pace: float) -> Said | None:
        """Wait for room in the carrier's second; None: it is too late by then, or nobody knows what others say."""
        try:
            said = await self.last_second.say(text.segments, pace)
        except UnavailableError:
            return None
        if _is_too_late(text):
            self.last_second.forget(said)
            return None
        return said

    def _hear(self, text: Claimed, result: Result) -> None:
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
            if not self.is_over:
                await asyncio.sleep(_TOGETHER_S)
            self.heard.clear()
            batch, self.results = self.results, []
            if batch:
                await loop.run_in_executor(self.recording, record, batch)


def _is_too_late(text: Claimed) -> bool:
    """It waited for room at the carrier until its hours were over, or for so long that others may think it in doubt."""
    now = clock.now()
    ends = [moment for moment in (text.lapses_at, text.useless_at) if moment is not None]
    is_stale = text.claimed_at is not None and now - text.claimed_at > _FRESH * clock.hurry()
    return is_stale or any(end <= now for end in ends)


def record(results: list[tuple[Claimed, Result]]) -> None:
    """Write down what the carrier said of each text, in one transaction; what was not said goes back before."""
    if unsaid := [text for text, said in results if said is None]:
        claiming.let_go(unsaid)
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
