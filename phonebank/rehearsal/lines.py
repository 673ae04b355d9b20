"""One line that is open: its call, whoever is at the other end, and what they let be heard."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from phonebank import clock
from phonebank.rehearsal.manners import HANGS_UP, Input, Manner, Takes, as_input
from phonebank.rehearsal.phonecalls import PhoneCall, Spoken


class LineEndedError(Exception):
    """The person has hung up in the middle of what we did: nothing more is done."""


@dataclass(eq=False)
class Line:
    """`url`: where its document came from. `task`: what is being done on it. `peer`: whom it is bridged with."""

    call: PhoneCall
    manner: Manner
    url: str = ""
    turn: int = 0
    task: asyncio.Task[Any] | None = None
    peer: "Line | None" = None
    ear: asyncio.Queue[Input] = field(default_factory=asyncio.Queue)
    picked_up: asyncio.Event = field(default_factory=asyncio.Event)
    detected: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    quiet_since: datetime | None = None

    @property
    def is_person(self) -> bool:
        return self.manner.takes is Takes.HUMAN

    def is_by_hand(self) -> bool:
        """Whether a visitor acts for the person, now."""
        return self.manner.by_hand

    def note(self, who: str, words: str = "", **more: Any) -> None:
        self.call.lines.append(Spoken(clock.now(), who, words, **more))

    def hear(self, heard: Input) -> None:
        """The person pressed or said something."""
        if heard.digits or heard.words:
            self.note("them", heard.words, digits=heard.digits)
        self.ear.put_nowait(heard)

    def take_over(self) -> None:
        """A visitor acts for the person from here on."""
        self.manner = self.manner.model_copy(update={"by_hand": True, "takes": Takes.HUMAN})

    def forget(self) -> None:
        """What was pressed before a question is no answer to it."""
        while not self.ear.empty():
            self.ear.get_nowait()

    def next_answer(self) -> Input | None:
        """What they answer now; None when the line is put down instead."""
        answers = self.manner.answers if self.is_person else ()
        answer = answers[self.turn] if self.turn < len(answers) else ""
        self.turn += 1
        return None if answer == HANGS_UP else as_input(answer, self.manner.confidence)

    def sounds(self, now: datetime) -> None:
        """Something is heard from now on; how long it was quiet before is kept."""
        if self.quiet_since:
            quiet = (now - self.quiet_since).total_seconds()
            self.call.longest_quiet_s = max(self.call.longest_quiet_s, quiet)
        self.quiet_since = None

    def falls_quiet(self, now: datetime) -> None:
        self.quiet_since = now
