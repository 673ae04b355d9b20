"""Keeps the parts of a run going: starts each, starts again the one that died, and stops all of them in order."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType
from typing import NoReturn, Self

from phonebank import logs
from phonebank.cli import parent
from phonebank.errors import UnavailableError

ROOT = Path(__file__).parents[2]
"""Where `phonebank` and `workers` lie: a checkout, or the site's packages."""

_LOOK_EVERY_S = 0.1
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.2, 15.0
_LIVED_WELL_S = 30.0
_PATIENCE_S, _NO_PATIENCE_S, _LAST_WORD_S = 5.0, 1.1, 1.0
_STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

log = logs.get("run")


class Stopped(KeyboardInterrupt):
    """Somebody asked us to stop: Ctrl-C, SIGTERM, or a terminal that was closed."""


@dataclass(frozen=True)
class Part:
    """One child process. Those of the lowest `rank` are stopped first, and the next rank only when they are gone."""

    name: str
    command: tuple[str, ...]
    rank: int
    environment: Mapping[str, str] | None = None  # None is our own
    folder: Path = ROOT
    stays_by_itself: bool = True  # our own parts notice when we are gone; of others the kernel takes care


def ours(*words: str) -> tuple[str, ...]:
    """The command of a part of our own, a module and its words."""
    return sys.executable, "-m", *words


class Supervisor:
    """Parts started inside its block end with it, whatever happens: `with Supervisor() as parts: parts.start(…)`."""

    def __init__(self) -> None:
        self.afterwards = ExitStack()
        """What to undo once the last part is gone."""
        self._children: dict[str, _Child] = {}
        self._is_hurried = False
        self._before: dict[signal.Signals, Callable[[int, FrameType | None], object] | int | None] = {}

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._stop) for number in _STOPS}
        return self

    def __exit__(self, *_: object) -> None:
        for number in _STOPS:
            signal.signal(number, self._hurry)
        children = self._children.values()
        try:
            for rank in sorted({child.part.rank for child in children}):
                self._end([child for child in children if child.part.rank == rank])
        finally:
            self.afterwards.close()
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def start(self, part: Part) -> None:
        """Start it, in the place of the dead one of its name if there is one."""
        child = self._children[part.name] = _Child(part)
        child.start()

    def watch(self) -> NoReturn:
        """Start again whatever dies, until `Stopped` is raised by a signal."""
        while True:
            self.tend()
            time.sleep(_LOOK_EVERY_S)

    def tend(self) -> None:
        """One look at every part."""
        for child in self._children.values():
            child.tend()

    def wait_until(self, is_so: Callable[[], bool], *, within: float, needs: str) -> None:
        """Raises UnavailableError when it does not come true in time, or the part that it needs gives up before."""
        deadline = time.monotonic() + within
        while not is_so():
            if self._children[needs].process.poll() is not None:
                raise UnavailableError(f"{needs} stopped as it started; what it said stands above.")
            if time.monotonic() > deadline:
                raise UnavailableError(f"{needs} did not answer within {within:.0f} seconds.")
            time.sleep(_LOOK_EVERY_S)

    def _stop(self, _signal: int, _frame: FrameType | None) -> NoReturn:
        for number in _STOPS:
            signal.signal(number, self._hurry)
        raise Stopped

    def _hurry(self, _signal: int, _frame: FrameType | None) -> None:
        self._is_hurried = True

    def _end(self, children: list["_Child"]) -> None:
        """Asked once, a part ends in order; asked twice, a worker takes its turn down with it; then it is killed."""
        began, asked = time.monotonic(), 0
        for child in children:
            child.tell(signal.SIGTERM)
        while any(child.process.poll() is None for child in children):
            late = time.monotonic() - began - (_NO_PATIENCE_S if self._is_hurried else _PATIENCE_S)
            if late > asked * _LAST_WORD_S:
                for child in children:
                    child.tell(signal.SIGKILL if asked else signal.SIGTERM)
                asked += 1
            time.sleep(0.02)


class _Child:
    process: subprocess.Popen[bytes]

    def __init__(self, part: Part) -> None:
        self.part = part
        self._wait_s = _FIRST_WAIT_S
        self._again_at: float | None = None

    def start(self) -> None:
        self._began, self._again_at = time.monotonic(), None
        # A process group of its own: Ctrl-C reaches the run alone, which then stops its parts in order.
        self.process = subprocess.Popen(  # noqa: S603  # our own commands
            self.part.command,
            stdin=subprocess.DEVNULL,
            env=self.part.environment,
            cwd=self.part.folder,
            process_group=0,
            preexec_fn=self._last_step(),  # noqa: PLW1509  # we start no threads
        )

    def tend(self) -> None:
        status, now = self.process.poll(), time.monotonic()
        if status is None:
            return
        if self._again_at is None:
            if now - self._began > _LIVED_WELL_S:
                self._wait_s = _FIRST_WAIT_S
            log.warning("a part ended; starting it again", part=self.part.name, status=status, in_s=self._wait_s)
            self._rest(now)
        elif now >= self._again_at:
            try:
                self.start()
            except OSError as wrong:  # no memory or no process to spare just now
                log.warning("a part cannot be started; trying again", part=self.part.name, error=wrong.strerror)
                self._rest(now)

    def _rest(self, now: float) -> None:
        self._again_at = now + self._wait_s
        self._wait_s = min(self._wait_s * 2, _LONGEST_WAIT_S)

    def tell(self, number: signal.Signals) -> None:
        if self.process.poll() is None:
            self.process.send_signal(number)

    def _last_step(self) -> Callable[[], None] | None:
        if self.part.stays_by_itself or sys.platform != "linux":
            return None
        return partial(parent.stay_with, os.getpid())
