"""Work started and not waited for, kept from the garbage collector until it ends, and stopped with the carrier."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from phonebank import logs

Result = TypeVar("Result")
_log = logs.get("rehearsal")


class Errands:
    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, Result]) -> asyncio.Task[Result]:
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (wrong := task.exception()):
            _log.error("errand failed", exc_info=wrong)

    async def stop(self) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
