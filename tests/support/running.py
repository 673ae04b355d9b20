"""A `phonebank run` as somebody at a terminal starts it, and the processes it has."""

import os
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

_COMMAND = (sys.executable, "-m", "phonebank", "run")


@dataclass(frozen=True)
class Process:
    pid: int
    parent: int
    name: str


class Running:
    """One run in a home of its own. `told` is what it printed once it was up."""

    def __init__(self, home: Path, port: int, *options: str) -> None:
        self.home, self.port = home, port
        self._log = (home / "stderr").open("w+")
        environment = {**os.environ, "PHONEBANK_HOME": str(home / "home"), "WEB_CONCURRENCY": "1"}
        (home / "home").mkdir()
        self.process = subprocess.Popen(
            [*_COMMAND, "--port", str(port), *options],
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env=environment,
            start_new_session=True,
        )
        self.told = self._listen()

    def _listen(self) -> str:
        told = ""
        assert self.process.stdout
        for line in self.process.stdout:
            told += line
            if line.startswith("Ctrl-C"):
                return told
        self.stop()
        raise AssertionError(f"It did not start: {told}{self.stderr}")

    @property
    def stderr(self) -> str:
        self._log.flush()
        return (self.home / "stderr").read_text()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def link(self, role: str) -> str:
        """Where this role signs in, once."""
        found = re.search(rf"{role} +(\S+)", self.told)
        assert found
        return found[1]

    def delivered(self) -> int:
        """How many texts have arrived, by the rehearsal's own database."""
        rows = sqlite3.connect(self.home / "home" / "var" / "rehearsal" / "phonebank.db", timeout=15)
        with closing(rows):
            return int(rows.execute("SELECT count(*) FROM message WHERE status = 'delivered'").fetchone()[0])

    def parts(self) -> list[Process]:
        """Everything that descends from it."""
        children: dict[int, list[Process]] = {}
        for process in processes():
            children.setdefault(process.parent, []).append(process)
        found: list[Process] = []
        waiting = [self.process.pid]
        while waiting:
            below = children.get(waiting.pop(), [])
            found += below
            waiting += [process.pid for process in below]
        return found

    def named(self, name: str) -> list[Process]:
        return [part for part in self.parts() if part.name.startswith(name)]

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        assert self.process.stdout
        self.process.stdout.close()
        self._log.close()


def processes() -> list[Process]:
    """All that live on this machine now."""
    told = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,stat=,args="], capture_output=True, text=True, check=True)
    rows = [line.split(None, 3) for line in told.stdout.splitlines()]
    return [Process(int(pid), int(parent), name) for pid, parent, state, name in rows if not state.startswith("Z")]


def eventually(is_so: Callable[[], object], within: float = 30.0) -> None:
    deadline = time.monotonic() + within
    while not is_so():
        assert time.monotonic() < deadline, "It never came true."
        time.sleep(0.1)
