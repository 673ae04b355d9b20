"""The life of a call: dialed in its turn, rung, picked up, talked on, and ended from either side."""

import asyncio
import secrets
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from phonebank import clock
from phonebank.rehearsal.admitting_calls import check_call
from phonebank.rehearsal.call_log import CallLog
from phonebank.rehearsal.call_reports import CallReports
from phonebank.rehearsal.checking import Values
from phonebank.rehearsal.config import Config
from phonebank.rehearsal.errands import Errands
from phonebank.rehearsal.failing import FailingNumbers
from phonebank.rehearsal.faults import Faults
from phonebank.rehearsal.lines import Line, LineEndedError
from phonebank.rehearsal.manners import Manner, Takes
from phonebank.rehearsal.phonecalls import PhoneCall
from phonebank.rehearsal.refusals import CarrierRefusalError
from phonebank.rehearsal.senders import Queue
from phonebank.rehearsal.timeline import Timeline

Talk = Callable[[Line], Coroutine[Any, Any, None]]
_LONGEST_WAIT = timedelta(hours=24)


@dataclass
class Exchange:
    """`talk`: what is done on a line once somebody has picked up."""

    config: Config
    timeline: Timeline
    errands: Errands
    log: CallLog
    failing: FailingNumbers
    faults: Faults
    reports: CallReports
    manner_of: Callable[[str], Manner]
    on_ring: Callable[[str], None]
    talk: Talk = field(init=False)
    detect: Talk = field(init=False)
    open: dict[str, Line] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._queue = Queue(self.config.calls_per_second)

    def accept(self, asked: Values) -> PhoneCall:
        """A call the product asks for, already in the log. Raises CarrierRefusalError."""
        check_call(asked, self.config.owned)
        call = self.made(asked, "outbound-api")
        self.begin(call, self.talk)
        return call

    def made(self, asked: Values, direction: str, **more: Any) -> PhoneCall:
        """A new call of these parameters. Raises CarrierRefusalError for a number that fails."""
        code = self.failing.at_create(asked["To"])
        if code is not None:
            raise CarrierRefusalError(code)
        now = clock.now()
        return PhoneCall(
            sid="CA" + secrets.token_hex(16),
            to=asked["To"],
            sender=asked["From"],
            direction=direction,
            status="queued",
            created_at=now,
            updated_at=now,
            listed_at=now + timedelta(seconds=self.faults.lag(asked["To"])),
            url=asked.get("Url", ""),
            twiml=asked.get("Twiml", ""),
            fallback_url=asked.get("FallbackUrl", ""),
            callback=asked.get("StatusCallback", ""),
            events=tuple(asked.get("StatusCallbackEvent", ["completed"])),
            ring_s=asked.get("Timeout", 60),
            time_limit_s=asked.get("TimeLimit", 14_400),
            detection=asked.get("MachineDetection", ""),
            detects_aside=asked.get("AsyncAmd") == "true",
            machine_callback=asked.get("AsyncAmdStatusCallback", ""),
            arrived_epoch=time.time(),  # noqa: TID251  # the ledger also notes real time, whatever the rehearsal's clock shows
            arrived_monotonic=time.monotonic(),
            **more,
        )

    def begin(self, call: PhoneCall, talk: Talk) -> None:
        """It is dialed as soon as the account's calls a second allow."""
        self.log.add(call)
        now = clock.now()
        self.timeline.at(self._queue.take(now, 1, now + _LONGEST_WAIT) or now, partial(self._dial, call, talk))

    def _dial(self, call: PhoneCall, talk: Talk) -> None:
        if call.status != "queued":
            return
        self.reports.report(call, "initiated")
        line = self.opened(call)
        line.task = self.errands.start(self._ring_and_talk(line, talk))

    def opened(self, call: PhoneCall) -> Line:
        """A line for this call, whoever is at its other end."""
        line = self.open[call.sid] = Line(call, self.manner_of(call.person))
        if not call.person.startswith("client:"):
            self.on_ring(call.person)
        return line

    def line_to(self, person: str) -> Line | None:
        """The newest line that is open to this number or client."""
        return next((line for line in reversed(self.open.values()) if line.call.person == person), None)

    async def _ring_and_talk(self, line: Line, talk: Talk) -> None:
        if await self.ring(line):
            await self.talk_until_over(line, talk)

    async def talk_until_over(self, line: Line, talk: Talk) -> None:
        try:
            await talk(line)
        except LineEndedError:
            return
        self.end(line, "completed", "We hung up.")

    async def ring(self, line: Line) -> bool:
        """Whether it was picked up; otherwise it has come to its end."""
        call, manner = line.call, line.manner
        call.started_at = clock.now()
        self._move(call, "ringing", "ringing")
        if self.failing.at_delivery(call.to) is not None or manner.takes is Takes.FAILED:
            self.end(line, "failed", "It could not be connected.")
        elif manner.takes is Takes.BUSY:
            await self.pause(1)
            self.end(line, "busy", "Busy.")
        elif await self._is_picked_up(line):
            self.pick_up(line)
        elif not line.ended.is_set():
            self.end(line, "no-answer", "Nobody answered.")
        return line.call.status == "in-progress"

    async def _is_picked_up(self, line: Line) -> bool:
        """A visitor has the seconds of real time; a simulated person those of the clock."""
        by_hand = asyncio.ensure_future(line.picked_up.wait())
        picks_up = line.manner.picks_up_within(line.call.ring_s)
        rings_s = line.manner.rings_s if picks_up else line.call.ring_s
        by_itself = asyncio.ensure_future(asyncio.sleep(rings_s) if line.manner.by_hand else self.pause(rings_s))
        either: set[asyncio.Future[Any]] = {by_hand, by_itself}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            by_hand.cancel()
            by_itself.cancel()
        return picks_up or line.picked_up.is_set()

    def pick_up(self, line: Line) -> None:
        """Somebody, or something, has taken it."""
        line.call.answered_at = clock.now()
        line.falls_quiet(clock.now())
        self._move(line.call, "in-progress", "answered")
        if line.call.detection:
            self.errands.start(self.detect(line))
        if line.manner.hangs_up_after_s is not None:
            self.errands.start(self._hang_up_later(line, line.manner.hangs_up_after_s * self.config.talk_pace))
        self.timeline.after(line.call.time_limit_s, partial(self.end, line, "completed", "The call was too long."))

    async def _hang_up_later(self, line: Line, seconds: float) -> None:
        await self.timeline.sleep(seconds)
        if not line.is_by_hand():
            self.put_down(line)

    def put_down(self, line: Line) -> None:
        """The person hangs up, or declines to pick up."""
        self.end(line, "completed" if line.call.answered_at else "busy", "They hung up.")

    def hang_up(self, call: PhoneCall) -> None:
        """The product ends it, wherever it stands. One that is over is left as it is."""
        if line := self.open.get(call.sid):
            self.end(line, "completed" if call.answered_at else "canceled", "We hung up.")
        elif call.status == "queued":
            call.ended_at = clock.now()
            self._move(call, "canceled", "completed")

    def redirect(self, line: Line, talk: Talk) -> None:
        """Leave what is being done on the line, and do this."""
        left = line.task
        line.task = self.errands.start(self.talk_until_over(line, talk))
        if left:
            left.cancel()

    def end(self, line: Line, status: str, because: str) -> None:
        """Once: what happens to a line that is over happens to nobody."""
        if line.ended.is_set():
            return
        line.ended.set()
        self.open.pop(line.call.sid, None)
        line.note("line", because)
        line.call.ended_at = clock.now()
        self._move(line.call, status, "completed")
        if line.task and line.task is not asyncio.current_task():
            line.task.cancel()

    def forget(self, call: PhoneCall) -> None:
        """After a restart of the carrier: a line that was open is dead."""
        call.ended_at = clock.now()
        self._move(call, "completed" if call.answered_at else "failed", "completed")

    async def pause(self, seconds: float) -> None:
        """So many seconds of a call."""
        await self.timeline.sleep(seconds * self.config.talk_pace)

    def _move(self, call: PhoneCall, status: str, event: str) -> None:
        self.log.move(call, status)
        call.updated_at = clock.now()
        self.reports.report(call, event)
