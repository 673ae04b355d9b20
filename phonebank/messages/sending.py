"""Speaks a sender's due texts: tokens, claim, last checks, speak, record. Nothing is said that is not claimed first.

One thread takes batches, the event loop speaks them, another thread records what came of it: the carrier's answer
time costs no throughput, and the database never holds up the loop.
"""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from sqlmodel import Session

from phonebank import clock, db, jobs, logs
from phonebank.campaigns import lifecycle as campaigns
from phonebank.campaigns import queries as campaign_queries
from phonebank.gateway import pacing, twilio
from phonebank.gateway.contract import Accepted, Gateway, GatewayError, OutgoingText
from phonebank.gateway.last_second import LastSecond
from phonebank.messages import asking, lifecycle, queries, settling
from phonebank.messages.lifecycle import Claimed, Taken
from phonebank.messages.models import MessageKind
from phonebank.settings import Settings

MOST_AT_ONCE = 200
BUDGET_USED = "The budget is used up: raise it and resume, or close the campaign."

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


def take(sender: str, *, urgent_only: bool) -> Batch | pacing.Wait | None:
    """Tokens, then the claim: a batch in hand and committed, a wait when no slot is free, or None: nothing is due."""
    sizes, pace = _look(sender, urgent_only=urgent_only)
    if not sizes:
        return None
    fitting = _fitting(sizes, pacing.at_once(pace))
    slot = pacing.reserve(sender, sizes[:fitting], pace, urgent=urgent_only)
    if isinstance(slot, pacing.Wait):
        return slot
    time.sleep(max(0.0, slot.starts - time.monotonic() - pacing.LATE_S))
    texts = _claim(sender, fitting, urgent_only=urgent_only)
    if not texts:
        return pacing.Wait(0.01)
    try:
        return Batch(texts, _kept(slot, texts, sender, pace), pace)
    except BaseException:  # Redis is gone: nothing was said, and nothing is in doubt
        _let_go(texts)
        raise


def _look(sender: str, *, urgent_only: bool) -> tuple[list[int], float]:
    now = clock.now()
    with db.reading() as session:
        pace = campaign_queries.pace_of(session, sender) * clock.hurry()
        most = min(MOST_AT_ONCE, pacing.at_once(pace))
        sizes = queries.next_segments(session, sender, most, urgent_only=urgent_only, now=now)
    if not urgent_only and len(sizes) < most:
        with db.transaction() as session:
            looked_at = asking.top_up(session, sender, now)
        if looked_at:
            with db.reading() as session:
                sizes = queries.next_segments(session, sender, most, urgent_only=urgent_only, now=now)
    return sizes, pace


def _fitting(sizes: list[int], room: int) -> int:
    """How many of these texts fit into one slot; always at least one."""
    total = 0
    for number, size in enumerate(sizes):
        total += size
        if total > room:
            return max(1, number)
    return len(sizes)


def _claim(sender: str, most: int, *, urgent_only: bool) -> list[Claimed]:
    """Claim, and charge each campaign's budget in the same transaction: what no budget is left for is not claimed."""
    now = clock.now()
    with db.transaction() as session:
        claimed = lifecycle.claim(session, sender, most, urgent_only=urgent_only, now=now)
        unpaid = _not_paid_for(session, claimed)
        if not unpaid:
            return claimed
        lifecycle.unclaim(session, list(unpaid))
        for campaign_id in {text.campaign_id for text in claimed if text.id in unpaid}:
            assert campaign_id is not None
            campaigns.pause(session, campaign_id, reason=BUDGET_USED, now=now)
    return [text for text in claimed if text.id not in unpaid]


def _not_paid_for(session: Session, claimed: list[Claimed]) -> set[int]:
    """Charge these texts; the ids of those no budget is left for. A campaign is charged once, while it has enough."""
    of_campaign: dict[int, list[Claimed]] = {}
    for text in claimed:
        if text.campaign_id is not None:
            of_campaign.setdefault(text.campaign_id, []).append(text)
    unpaid: set[int] = set()
    for campaign_id, texts in of_campaign.items():
        if not campaigns.charge(session, campaign_id, sum(text.cost_micros for text in texts)):
            unpaid |= {text.id for text in texts if not campaigns.charge(session, campaign_id, text.cost_micros)}
    return unpaid


def _let_go(texts: list[Claimed]) -> None:
    """Claimed and certainly not spoken: back to the queue, and their price back to their campaigns."""
    with db.transaction() as session:
        lifecycle.unclaim(session, [text.id for text in texts])
        for text in texts:
            if text.campaign_id is not None:
                campaigns.refund(session, text.campaign_id, text.cost_micros)


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
        self.in_flight = in_flight
        self.taking = ThreadPoolExecutor(1, "taking")
        self.recording = ThreadPoolExecutor(1, "recording")
        self.speaking: set[asyncio.Task[None]] = set()
        self.results: list[tuple[Claimed, Accepted | GatewayError]] = []
        self.heard = asyncio.Event()
        self.last_second = LastSecond()
        self.is_over = False

    async def run(self) -> None:
        recorder = asyncio.create_task(self._record())
        try:
            async with twilio.speaking(self.settings, self.in_flight) as gateway:
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
        loop = asyncio.get_running_loop()
        while time.monotonic() < self.until and not jobs.should_stop():
            while len(self.speaking) >= self.in_flight:
                await asyncio.wait(self.speaking, return_when=asyncio.FIRST_COMPLETED)
            got = await loop.run_in_executor(self.taking, lambda: take(self.sender, urgent_only=self.urgent_only))
            if got is None:
                return
            if isinstance(got, pacing.Wait):
                await asyncio.sleep(got.seconds)
                continue
            for text, leaves in zip(got.texts, got.slot.leaves, strict=False):
                task = asyncio.create_task(self._speak(gateway, text, leaves, got.pace))
                self.speaking.add(task)
                task.add_done_callback(self.speaking.discard)

    async def _speak(self, gateway: Gateway, text: Claimed, leaves: float, pace: float) -> None:
        await asyncio.sleep(max(0.0, leaves - time.monotonic()))
        while (rest := self.last_second.wait(text.segments, pace, time.monotonic())) > 0:  # noqa: ASYNC110 - time makes room
            await asyncio.sleep(rest)
        said = self.last_second.say(text.segments, time.monotonic())
        try:
            result: Accepted | GatewayError = await gateway.send(self._outgoing(text))
        except GatewayError as wrong:
            result = wrong
        self.last_second.answered(said, time.monotonic())
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
        for text, said in results:
            if isinstance(said, GatewayError):
                settling.refused(session, text, said, now)
