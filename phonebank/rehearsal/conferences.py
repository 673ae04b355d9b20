"""Conferences: rooms that lines meet in, begun and ended as their participants were told to."""

import asyncio
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urljoin
from xml.etree import ElementTree as ET

from phonebank import clock
from phonebank.rehearsal.exchange import Exchange
from phonebank.rehearsal.lines import Line
from phonebank.rehearsal.posting import Form, Posting
from phonebank.rehearsal.talking import Talking
from phonebank.rehearsal.waiting import keep_company

_ENOUGH = 2


@dataclass(eq=False)
class Member:
    """One participant, and what holds for them."""

    line: Line
    noun: ET.Element
    joined_at: datetime

    def is_set(self, name: str, unless: str) -> bool:
        return self.noun.get(name, unless) == "true"


@dataclass(eq=False)
class Conference:
    """`events` and `callback` are those the first participant brought."""

    name: str
    callback: str
    events: tuple[str, ...]
    sid: str = field(default_factory=lambda: "CF" + secrets.token_hex(16))
    members: list[Member] = field(default_factory=list)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    sequence: int = 0


class Conferences:
    """`take_part` lasts as long as the participant does."""

    def __init__(self, exchange: Exchange, talking: Talking, posting: Posting, account_sid: str) -> None:
        self._exchange = exchange
        self._talking = talking
        self._posting = posting
        self._account_sid = account_sid
        self.by_name: dict[str, Conference] = {}

    def of(self, name_or_sid: str) -> Conference | None:
        found = self.by_name.get(name_or_sid)
        return found or next((each for each in self.by_name.values() if each.sid == name_or_sid), None)

    async def take_part(self, line: Line, noun: ET.Element) -> None:
        """Until they leave, or it is over."""
        room = self._room(line, noun)
        member = Member(line, noun, clock.now())
        room.members.append(member)
        self._tell(room, "participant-join", member)
        if len(room.members) >= _ENOUGH and any(each.is_set("startConferenceOnEnter", "true") for each in room.members):
            self._begin(room)
        try:
            await self._wait_for_others(room, member)
            await room.over.wait()
        finally:
            self._leave(room, member)

    async def _wait_for_others(self, room: Conference, member: Member) -> None:
        if room.begun.is_set():
            return
        about = {"ConferenceSid": room.sid, "FriendlyName": room.name}
        wait_url = member.noun.get("waitUrl")
        company = self._exchange.errands.start(
            keep_company(self._talking, member.line, wait_url, "conference", **about)
        )
        begun, over = asyncio.ensure_future(room.begun.wait()), asyncio.ensure_future(room.over.wait())
        try:
            await asyncio.wait({begun, over}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in (company, begun, over):
                each.cancel()

    def _begin(self, room: Conference) -> None:
        if not room.begun.is_set():
            room.begun.set()
            self._tell(room, "conference-start", None)
        for each in room.members:
            each.line.sounds(clock.now())
            each.line.note("line", f"(in conference {room.name})")

    def _leave(self, room: Conference, member: Member) -> None:
        room.members.remove(member)
        self._tell(room, "participant-leave", member)
        if member.is_set("endConferenceOnExit", "false"):
            room.over.set()
        if not room.members:
            room.over.set()
            self.by_name.pop(room.name, None)
            self._tell(room, "conference-end", None)

    def _room(self, line: Line, noun: ET.Element) -> Conference:
        name = (noun.text or "").strip()
        there = self.by_name.get(name)
        if there is None or there.over.is_set():
            callback = noun.get("statusCallback", "")
            told = urljoin(line.url, callback) if callback else ""
            there = Conference(name, told, tuple(noun.get("statusCallbackEvent", "").split()))
            self.by_name[name] = there
        return there

    def _tell(self, room: Conference, event: str, member: Member | None) -> None:
        """`participant-join` is asked for as "join"."""
        if not room.callback or event.split("-")[1] not in room.events:
            return
        form: Form = {
            "AccountSid": self._account_sid,
            "ConferenceSid": room.sid,
            "FriendlyName": room.name,
            "SequenceNumber": str(room.sequence),
            "StatusCallbackEvent": event,
            "Timestamp": clock.now().strftime("%a, %d %b %Y %H:%M:%S +0000"),
        }
        if member:
            form |= {
                "CallSid": member.line.call.sid,
                "EndConferenceOnExit": member.noun.get("endConferenceOnExit", "false"),
                "Muted": member.noun.get("muted", "false"),
                "ParticipantLabel": member.noun.get("participantLabel", ""),
                "StartConferenceOnEnter": member.noun.get("startConferenceOnEnter", "true"),
            }
        room.sequence += 1
        person = member.line.call.person if member else ""
        self._posting.tell(room.sid, person, room.callback, form, is_last=event == "conference-end")
