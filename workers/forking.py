"""One process a queue: `phonebank worker` without a name serves all of them, and a blast blocks no reply."""

import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from setproctitle import setproctitle

from phonebank import jobs
from phonebank.cli import parent


def work_each(queues: Sequence[str]) -> int:
    """Fork a worker for each queue and wait for them. Gives 0 when asked to stop, 1 when one of them died."""
    children = dict(_start(queue) for queue in queues)
    stopping = False

    def stop(_signal: int, _frame: Any) -> None:
        nonlocal stopping
        stopping = True
        _tell(children)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    died = False
    while children:
        child, _ = os.wait()
        children.pop(child, None)
        if not stopping and not died:  # the host starts all of them again
            died = True
            _tell(children)
    return int(died)


def _start(queue: str) -> tuple[int, str]:
    mother = os.getpid()
    child = os.fork()
    if child == 0:
        parent.stay_with(mother)
        setproctitle(f"phonebank worker {queue}")
        jobs.work([queue])
        os._exit(0)
    return child, queue


def _tell(children: dict[int, str]) -> None:
    for child in children:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGTERM)
