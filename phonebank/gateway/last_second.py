"""The last word on pace: what any process has said that may still count in the carrier's second, kept in Redis.

A slot is planned; a busy machine speaks late, or is late to be heard, and then two slots meet. The carrier counts a
text when it arrives, which is no later than its answer: each is held against the next ones for a second from then.
"""

import asyncio
import itertools
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from phonebank import jobs
from phonebank.errors import UnavailableError

MOST_PACE = 500.0
"""Segments a second up to which texts are counted. Carriers allow 225 at most; a faster one is a bench's or a wound
clock's, and is kept by its slots alone."""

_SECOND_S = 1.005  # and what two clocks may differ by in it
_MOST_LATE_S = 10.0  # an answer that never comes holds nobody up for longer
_STALE_S = 0.3  # leave that a stall has kept from its text for so long is asked for again
_LOOK_AGAIN_S = 0.02  # an answer heard elsewhere makes room earlier than was foretold
_TELL_WITHIN_S = 0.05  # answers go along with the next question, if there is one so soon
_AT_ONCE = 100


@dataclass(frozen=True)
class Said:
    """A text that counts. `at`: the moment, on this process's monotonic clock, before which it was not spoken."""

    name: str
    at: float


_UNCOUNTED = Said("", 0.0)


def say(sender: str, names: Sequence[str], pace: float, answered: Mapping[str, float]) -> tuple[int, float]:
    """How many of these texts, the first ones, may be spoken now and count from now on; seconds until the next may be.

    A name ends in ":" and the text's segments; one beyond the pace goes alone. `answered`: names, and how many
    seconds after they were asked about the carrier answered. Raises UnavailableError.
    """
    less = [f"{(_MOST_LATE_S - min(late, _MOST_LATE_S)) * 1e6:.0f}" for late in answered.values()]
    counts = round((_SECOND_S + _MOST_LATE_S) * 1e6)
    said, micros = jobs.run_script(
        Path(__file__).with_suffix(".lua"),
        [f"phonebank:said:{sender}", f"phonebank:said:{sender}:segments"],
        [pace, counts, len(less), *itertools.chain.from_iterable(zip(answered, less, strict=True)), *names],
    )
    return int(said), int(micros) / 1e6


class LastSecond:
    """One process's part in it: asks for many texts at a time. Belongs to one event loop."""

    def __init__(self, sender: str) -> None:
        self.sender, self.is_full = sender, False
        self._numbers, self._names_begin = itertools.count(), secrets.token_hex(4)
        self._waiting: dict[str, asyncio.Future[float]] = {}
        self._pace = 0.0
        self._answered: dict[str, float] = {}
        self._asking: asyncio.Task[None] | None = None

    async def say(self, segments: int, pace: float) -> Said:
        """Wait until a text of so many segments may be spoken, and count it. Raises UnavailableError."""
        if pace > MOST_PACE:
            return _UNCOUNTED
        while True:
            name = f"{self._names_begin}.{next(self._numbers)}:{segments}"
            leave = self._waiting[name] = asyncio.get_running_loop().create_future()
            self._pace = pace
            self._ask()
            said = Said(name, await leave)
            if time.monotonic() - said.at < _STALE_S:
                return said
            self.forget(said)

    def answered(self, said: Said) -> None:
        """The carrier has answered it, well or not."""
        self._tell(said, time.monotonic() - said.at)

    def forget(self, said: Said) -> None:
        """It was not spoken after all."""
        self._tell(said, -_SECOND_S)

    async def close(self) -> None:
        """Tell the others the last answers."""
        self._ask()
        if self._asking is not None:
            await self._asking

    def _tell(self, said: Said, late: float) -> None:
        if said is not _UNCOUNTED:
            if not self._answered:
                asyncio.get_running_loop().call_later(_TELL_WITHIN_S, self._ask)
            self._answered[said.name] = late

    def _ask(self) -> None:
        if (self._waiting or self._answered) and (self._asking is None or self._asking.done()):
            self._asking = asyncio.create_task(self._ask_until_all_is_told())

    async def _ask_until_all_is_told(self) -> None:
        try:
            await self._ask_once()
            while self._waiting:  # answers wait for the next question
                await self._ask_once()
        except UnavailableError as wrong:
            for leave in self._waiting.values():
                leave.set_exception(wrong)
            self._waiting.clear()
        self.is_full = False

    async def _ask_once(self) -> None:
        names = list(itertools.islice(self._waiting, _AT_ONCE))
        answered, self._answered = self._answered, {}
        asked_at = time.monotonic()
        said, rest = await asyncio.to_thread(say, self.sender, names, self._pace, answered)
        for name in names[:said]:
            self._waiting.pop(name).set_result(asked_at)
        self.is_full = said < len(names)
        if self.is_full:
            await asyncio.sleep(max(0.001, min(rest, _LOOK_AGAIN_S)))
