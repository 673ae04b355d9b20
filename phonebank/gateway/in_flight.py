"""How many requests one process keeps in flight: halved when the carrier says too many, one more after a good round.

Twilio limits how many requests of an account are open at once, and tells nobody the number: it answers 429 (20429), and
the request was never taken. Adding slowly and halving (AIMD, as TCP does) finds the number, and shares it fairly with
every other process and machine of the account.
"""

import asyncio
import time
from collections import deque


class InFlight:
    """A gate for requests. Belongs to one event loop."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.limit = float(most)
        self.count = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._halved_at = 0.0

    async def enter(self) -> float:
        """Wait for room. Gives the moment of the monotonic clock at which this request begins."""
        while self.count >= int(self.limit):
            room = asyncio.get_running_loop().create_future()
            self._waiting.append(room)
            await room
        self.count += 1
        return time.monotonic()

    def leave(self, began: float, *, is_too_many: bool) -> None:
        """Said once the request is answered; `is_too_many`: the carrier could not take it now."""
        self.count -= 1
        if not is_too_many:
            self.limit = min(float(self.most), self.limit + 1 / self.limit)
        elif began > self._halved_at:  # the others of the same round say nothing new
            self.limit, self._halved_at = max(1.0, self.limit / 2), time.monotonic()
        self._let_in()

    def skip(self) -> None:
        """Said instead of `leave` by who entered and asked nothing: it tells nothing of the carrier."""
        self.count -= 1
        self._let_in()

    def _let_in(self) -> None:
        room = int(self.limit) - self.count
        while room > 0 and self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_result(None)
                room -= 1
