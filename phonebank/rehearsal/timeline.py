"""What happens later, in order, on phonebank's clock: one queue, so that winding it moves everything."""

import asyncio
import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

from phonebank import clock

Action = Callable[[], object]

_LOOK_AGAIN_S = 0.1
"""How often the dial is looked at while nothing is due: a visitor may wind it at any time."""
_BREATH_S = 0.002


class Timeline:
    """`at(moment, action)` now, action then, once started. A moment already past is due at once."""

    def __init__(self) -> None:
        self._queue: list[tuple[datetime, int, Action]] = []
        self._order = count()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._next: asyncio.TimerHandle | None = None
        self._seen = clock.now()
        self.on_action: Action = lambda: None

    def __len__(self) -> int:
        return len(self._queue)

    @property
    def next_at(self) -> datetime | None:
        """When something happens next; None when nothing is to come."""
        return self._queue[0][0] if self._queue else None

    def at(self, moment: datetime, action: Action) -> None:
        heapq.heappush(self._queue, (moment, next(self._order), action))
        if self._queue[0][0] == moment:
            self._set_alarm()

    def after(self, seconds: float, action: Action) -> None:
        self.at(clock.now() + timedelta(seconds=seconds), action)

    async def sleep(self, seconds: float) -> None:
        """Until so many seconds have passed on the clock."""
        if seconds <= 0:
            return
        woken = asyncio.get_running_loop().create_future()
        self.after(seconds, lambda: None if woken.done() else woken.set_result(None))
        await woken

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._set_alarm()

    def stop(self) -> None:
        if self._next:
            self._next.cancel()
        self._loop = None

    def _set_alarm(self) -> None:
        if not self._loop:
            return
        rest = _LOOK_AGAIN_S
        if self._queue and clock.speed() > 0:
            rest = clock.real_seconds(self._queue[0][0] - clock.now())
        rest = min(max(rest, _BREATH_S), _LOOK_AGAIN_S)
        if self._next:
            self._next.cancel()
        self._next = self._loop.call_later(rest, self._run_due)

    def _follow_back(self, now: datetime) -> None:
        """When the clock was wound back, what was a minute away still is."""
        if now < self._seen:
            back = self._seen - now
            self._queue = [(moment - back, order, action) for moment, order, action in self._queue]
        self._seen = now

    def _run_due(self) -> None:
        now = clock.now()
        self._follow_back(now)
        try:
            while self._queue and self._queue[0][0] <= now:
                heapq.heappop(self._queue)[2]()
                self.on_action()
        finally:
            self._set_alarm()
