"""A process for each queue: `phonebank worker` without a name serves all of them, and a blast blocks no reply."""

import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NoReturn

from setproctitle import setproctitle

from phonebank import jobs, logs
from phonebank.cli import parent

_STOPS = (signal.SIGTERM, signal.SIGINT)
_TOO_SHORT_A_LIFE_S, _REST_S = 5.0, 1.0

log = logs.get("workers")


class _Hands:
    """The workers by process: whose queue it is, and since when."""

    def __init__(self) -> None:
        self.at: dict[int, tuple[str, float]] = {}
        self.is_stopping = False

    def stop(self, _signal: int, _frame: Any) -> None:
        self.is_stopping = True
        for child in self.at:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGTERM)


def work_each(queues: Sequence[str]) -> None:
    """Keep a worker for each queue, forked from this process and so ready at once, until told to stop."""
    hands = _Hands()
    for number in _STOPS:
        signal.signal(number, hands.stop)
    for queue in queues:
        _start(queue, hands)
    while hands.at:
        child, _ = os.wait()
        queue, since = hands.at.pop(child, ("", 0.0))
        if queue and not hands.is_stopping:
            _again(queue, since, hands)


def _again(queue: str, since: float, hands: _Hands) -> None:
    log.warning("a worker ended; starting it again", queue=queue)
    if time.monotonic() - since < _TOO_SHORT_A_LIFE_S:
        time.sleep(_REST_S)
    _start(queue, hands)


def _start(queue: str, hands: _Hands) -> None:
    """Fork one. Signals wait meanwhile, so that none is told before it is known, or after it should have stopped."""
    mother = os.getpid()
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
    if not hands.is_stopping:
        child = os.fork()
        if child == 0:
            _work(queue, mother)
        hands.at[child] = (queue, time.monotonic())
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)


def _work(queue: str, mother: int) -> NoReturn:
    for number in _STOPS:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)
    parent.stay_with(mother)
    setproctitle(f"phonebank worker {queue}")
    jobs.work([queue])
    os._exit(0)
