"""What happens later, in order, on phonebank's clock: one queue, so that winding it moves everything."""

import asyncio
import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

from phonebank import clock

_LOOK_AGAIN_S = 0.1


class Timeline:
    """`at(moment, action)` now, action then. A moment already past is due at once."""

    def __init__(self) -> None:
        self._queue: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = count()
        self._sooner = asyncio.Event()

    def at(self, moment: datetime, action: Callable[[], None]) -> None:
        heapq.heappush(self._queue, (moment, next(self._order), action))
        if self._queue[0][0] == moment:
            self._sooner.set()

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        self.at(clock.now() + timedelta(seconds=seconds), action)

    def __len__(self) -> int:
        return len(self._queue)

    async def run(self) -> None:
        """Runs due actions until cancelled. Looks at the dial often, since a visitor may wind it at any time."""
        while True:
            self._sooner.clear()
            now = clock.now()
            while self._queue and self._queue[0][0] <= now:
                heapq.heappop(self._queue)[2]()
            await self._rest(now)

    async def _rest(self, now: datetime) -> None:
        rest = _LOOK_AGAIN_S
        if self._queue:
            rest = min(rest, max(0.0, clock.real_seconds(self._queue[0][0] - now)))
        try:
            await asyncio.wait_for(self._sooner.wait(), rest)
        except TimeoutError:
            return
