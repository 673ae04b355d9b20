"""Puts lines together: Dial to a number, a browser's phone, a conference or a queue, and Enqueue to wait in one."""

import asyncio
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin
from xml.etree import ElementTree as ET

from phonebank import clock
from phonebank.rehearsal.admitting_calls import is_dialable
from phonebank.rehearsal.conferences import Conferences
from phonebank.rehearsal.exchange import Exchange
from phonebank.rehearsal.lines import Line, LineEndedError
from phonebank.rehearsal.talking import HANG_UP, Next, Talking
from phonebank.rehearsal.waiting import keep_company

_RINGS_S = 30.0
_TALKS_S = 60.0
"""So long a volunteer of a rehearsal speaks, when nobody hangs up before."""


@dataclass(eq=False)
class Waiting:
    """Somebody in a queue. `taken` says with whom they speak."""

    line: Line
    taken: "asyncio.Future[Line]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Joining:
    """Its verbs are `dial` and `enqueue`; each gives back where the call goes on."""

    def __init__(self, exchange: Exchange, talking: Talking, conferences: Conferences) -> None:
        self._exchange = exchange
        self._talking = talking
        self._conferences = conferences
        self._queues: defaultdict[str, deque[Waiting]] = defaultdict(deque)
        self._came = asyncio.Condition()
        talking.verbs |= {"Dial": self.dial, "Enqueue": self.enqueue}

    async def dial(self, line: Line, verb: ET.Element) -> Next | None:
        nouns = list(verb) or [_number(verb)]
        join = {"Conference": self._confer, "Queue": self._take_from_queue}
        action = verb.get("action")
        try:
            told = await join.get(nouns[0].tag, self._connect)(line, verb, nouns)
        except asyncio.CancelledError:
            self._talking.tell_of_end(line, action, {"DialCallStatus": "completed"})
            raise
        line.falls_quiet(clock.now())
        return Next(urljoin(line.url, action), told) if action else None

    async def enqueue(self, line: Line, verb: ET.Element) -> Next | None:
        name = (verb.text or "").strip()
        waiting, began = Waiting(line), clock.now()
        self._queues[name].append(waiting)
        async with self._came:
            self._came.notify_all()
        company = self._exchange.errands.start(keep_company(self._talking, line, verb.get("waitUrl"), "queue"))
        try:
            either: set[asyncio.Future[Any]] = {company, waiting.taken}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if waiting.taken.done():
                company.cancel()
                await waiting.over.wait()
            elif company.result() is HANG_UP:
                return HANG_UP
        except asyncio.CancelledError:
            result = "bridged" if waiting.taken.done() else "hangup"
            self._talking.tell_of_end(line, verb.get("action"), {"QueueResult": result})
            raise
        finally:
            company.cancel()
            waiting.over.set()
            if waiting in self._queues[name]:
                self._queues[name].remove(waiting)
        result = "bridged" if waiting.taken.done() else "leave"
        seconds = str(round((clock.now() - began).total_seconds()))
        told = {"QueueResult": result, "QueueTime": seconds}
        action = verb.get("action")
        return Next(urljoin(line.url, action), told) if action else None

    async def _take_from_queue(self, line: Line, verb: ET.Element, nouns: list[ET.Element]) -> dict[str, str]:
        """The first who waits; somebody who comes within the timeout; else nobody."""
        name = (nouns[0].text or "").strip()
        try:
            waiting = await asyncio.wait_for(self._first_in(name), float(verb.get("timeout", _RINGS_S)))
        except TimeoutError:
            return {"DialCallStatus": "no-answer"}
        waiting.taken.set_result(line)
        self._introduce(line, waiting.line)
        try:
            await self._until_either_ends(line, waiting.line, waiting.over)
        finally:
            waiting.over.set()
        return {"DialCallStatus": "completed", "DialBridged": "true"}

    async def _first_in(self, name: str) -> Waiting:
        async with self._came:
            await self._came.wait_for(lambda: bool(self._queues[name]))
            return self._queues[name].popleft()

    async def _confer(self, line: Line, _verb: ET.Element, nouns: list[ET.Element]) -> dict[str, str]:
        await self._conferences.take_part(line, nouns[0])
        return {"DialCallStatus": "completed", "DialBridged": "true"}

    async def _connect(self, line: Line, verb: ET.Element, nouns: list[ET.Element]) -> dict[str, str]:
        """All of them ring; the first who answers has the call. None left behind."""
        legs = [self._leg(line, verb, noun) for noun in nouns]
        try:
            answered = await self._first_to_answer(line, legs, nouns)
            if answered is None:
                return {
                    "DialCallStatus": legs[-1].call.status,
                    "DialCallSid": legs[-1].call.sid,
                    "DialBridged": "false",
                }
            for leg in legs:
                if leg is not answered:
                    self._exchange.end(leg, "canceled", "Somebody else took it.")
            self._introduce(line, answered)
            await self._until_either_ends(line, answered, answered.ended)
        finally:
            for leg in legs:
                self._exchange.end(leg, "completed" if leg.call.answered_at else "canceled", "The call was over.")
        seconds = str(answered.call.duration_s)
        told = {"DialCallStatus": "completed", "DialCallSid": answered.call.sid}
        return told | {"DialCallDuration": seconds, "DialBridged": "true"}

    async def _until_either_ends(self, line: Line, other: Line, over: asyncio.Event) -> None:
        """The talk itself. Nobody of a rehearsal talks for ever; a visitor does as they like."""
        ends: list[asyncio.Future[Any]] = [
            asyncio.ensure_future(over.wait()),
            asyncio.ensure_future(other.ended.wait()),
        ]
        if not (line.manner.by_hand or other.manner.by_hand):
            ends.append(asyncio.ensure_future(self._exchange.pause(_TALKS_S)))
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in ends:
                end.cancel()

    def _leg(self, line: Line, verb: ET.Element, noun: ET.Element) -> Line:
        asked: dict[str, Any] = {
            "To": _address(noun),
            "From": verb.get("callerId") or line.call.ours,
            "Timeout": int(verb.get("timeout", "30")),
        }
        if callback := noun.get("statusCallback"):
            asked["StatusCallback"] = urljoin(line.url, callback)
            asked["StatusCallbackEvent"] = noun.get("statusCallbackEvent", "completed").split()
        call = self._exchange.made(asked, "outbound-dial", parent_sid=line.call.sid)
        self._exchange.log.add(call)
        return self._exchange.opened(call)

    async def _first_to_answer(self, line: Line, legs: list[Line], nouns: list[ET.Element]) -> Line | None:
        ringing = {
            asyncio.ensure_future(self._answers(line, leg, noun)): leg for leg, noun in zip(legs, nouns, strict=True)
        }
        waits = set(ringing)
        try:
            while waits:
                done, waits = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
                for each in done:
                    if each.result():
                        return ringing[each]
        finally:
            for each in ringing:
                each.cancel()
        return None

    async def _answers(self, line: Line, leg: Line, noun: ET.Element) -> bool:
        """Rung, and what is told to them alone before they speak, from the noun's url."""
        self._exchange.reports.report(leg.call, "initiated")
        if not is_dialable(leg.call.to):
            self._exchange.end(leg, "failed", "There is no such number.")
            return False
        if not await self._exchange.ring(leg):
            return False
        if not noun.get("url"):
            return True
        try:
            ended = await self._talking.follow(leg, Next(urljoin(line.url, noun.get("url"))))
        except LineEndedError:
            return False
        return ended is None and not leg.ended.is_set()

    def _introduce(self, line: Line, other: Line) -> None:
        line.peer, other.peer = other, line
        for each, peer in ((line, other), (other, line)):
            each.sounds(clock.now())
            each.note("line", f"(bridged with {peer.call.person})")


def _number(verb: ET.Element) -> ET.Element:
    """A number that stands in Dial itself."""
    number = ET.Element("Number")
    number.text = verb.text
    return number


def _address(noun: ET.Element) -> str:
    identity = noun.find("Identity")
    words = ((identity.text if identity is not None else noun.text) or "").strip()
    return f"client:{words}" if noun.tag == "Client" else words
