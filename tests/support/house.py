"""The real parts of a phone bank as processes, each killable: Redis, web, workers, clock, and the stand-in carrier."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import redis
import requests

from phonebank import clock, db, jobs
from phonebank.rehearsal import remote
from phonebank.settings import Settings
from tests.support import lineage, programs, servers
from tests.support.sources import ROOT
from tests.support.winding import WoundClock

SERVICE = "MG" + "0" * 32
LONE = tuple(f"+1{area}5550199" for area in (202, 212, 303, 312, 404, 415, 512, 617, 702, 713))
"""Numbers of ours in no service, each with a queue of its own of a segment a second."""

PARTS = ("redis", "web", "workers", "clock")
_STARTS_WITHIN_S = 60


class House:
    """One phone bank with its own database, Redis, clock and carrier. `stop` leaves nothing running.

    `more` are parts beside the usual ones: "clock 2", "bulk 3" (a worker of its own, on that queue). `carrier` sets the
    stand-in carrier up otherwise (fields of rehearsal.config.Config).
    """

    def __init__(self, database_url: str, home: Path, *, more: Sequence[str] = (), **carrier: Any) -> None:
        self.home, self.port, self.names = home, servers.free_port(), (*PARTS, *more)
        (home / "var" / "rehearsal").mkdir(parents=True)
        self.clock = WoundClock(home / "var" / "rehearsal" / "clock.json")
        quick = {"service_rate": 1000.0, "pick_delay": (0.0, 0.01), "delivery_delay": (0.01, 0.05)}
        quick |= {"talk_pace": 0.0, "calls_per_second": 1000.0}
        self.carrier = remote.spawn(
            inbound_url=f"http://127.0.0.1:{self.port}/twilio/sms",
            voice_url=f"http://127.0.0.1:{self.port}/twilio/voice",
            clock_file=self.clock.path,
            lone_numbers=LONE,
            **quick | carrier,
        )
        self.settings = Settings(
            database_url=database_url,
            redis_url=f"unix://{home / 'redis.sock'}",
            twilio_account_sid=self.carrier.account_sid,
            twilio_auth_token=self.carrier.auth_token,
            twilio_api_base_url=self.carrier.url,
            port=self.port,
            phonebank_home=home,
            rehearsal=True,
        )
        # All parts share this one's process group, and it kills the group when our end of its pipe is closed,
        # so that nothing outlives the tests, however they end.
        command = ["/bin/sh", "-c", 'read line; rm -rf "$0"; kill -9 0', str(home)]
        self._keeper = subprocess.Popen(command, stdin=subprocess.PIPE, process_group=0)
        self.parts: dict[str, subprocess.Popen[bytes]] = {}
        self.workers: dict[int, str] = {}
        self.clock.run()
        try:
            self.start_all()
        except BaseException:
            self.stop()
            raise

    def enter(self) -> None:
        """Make this the house of the test's own process."""
        db.configure(self.settings.database)
        jobs.configure(self.settings)
        clock.follow(self.clock.path)

    def start_all(self) -> None:
        """Start every part that does not run, and wait until it does."""
        started = [name for name in self.names if not self.runs(name)]
        for name in started:
            self.start(name)
        deadline = time.monotonic() + _STARTS_WITHIN_S
        while not self._are_up(started):
            assert time.monotonic() < deadline, f"the house did not come up\n{self.logs()}"
            time.sleep(0.05)

    def start(self, name: str) -> None:
        """Start a part that does not run, without waiting for it."""
        with (self.home / f"{name}.log").open("ab") as log:
            self.parts[name] = subprocess.Popen(
                self._command(name),
                cwd=ROOT,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=self._keeper.pid,
            )

    def runs(self, name: str) -> bool:
        return name in self.parts and self.parts[name].poll() is None

    def kill(self, name: str) -> None:
        """SIGKILL a part and whatever it has forked: nothing of it says another word."""
        for pid in lineage.stopped(self.parts[name].pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.parts[name].wait()

    def kill_turn(self, queue: str) -> bool:
        """SIGKILL the turn that the worker of this queue is at, not the worker. False: there is none."""
        return self._signal(queue, signal.SIGKILL)

    def logs(self, most: int = 4000) -> str:
        """The last words of every part."""
        said = {path.stem: path.read_text(errors="replace")[-most:] for path in sorted(self.home.glob("*.log"))}
        return "\n".join(f"--- {name}\n{words}" for name, words in said.items() if words.strip())

    def is_busy(self, queue: str) -> bool:
        """Whether the worker of this queue is at a turn."""
        return bool(self._turns(queue))

    def freeze(self, queue: str) -> bool:
        """Stop the turn of this queue in its tracks. False: there is none."""
        return self._signal(queue, signal.SIGSTOP)

    def thaw(self, queue: str) -> bool:
        return self._signal(queue, signal.SIGCONT)

    def stop(self) -> None:
        self._keeper.stdin.close()
        for part in (*self.parts.values(), self._keeper):
            part.wait()
        self.carrier.stop()

    def _are_up(self, names: list[str]) -> bool:
        """Whether the web answers, and every queue has a worker when they were just started."""
        try:
            if "workers" in names:
                self.workers = self._look_for_workers()
            return (
                set(self.workers.values()) == set(jobs.QUEUES)
                and requests.get(f"{self.settings.address}/health/live", timeout=5).ok
            )
        except (redis.RedisError, requests.RequestException):
            return False

    def _look_for_workers(self) -> dict[int, str]:
        """The processes of the workers, and which queue each serves, as RQ knows them."""
        ours = {str(child) for child in lineage.children(self.parts["workers"].pid)}
        with redis.Redis.from_url(self.settings.redis_url, decode_responses=True) as bell:
            known = [bell.hmget(key, "pid", "queues") for key in bell.smembers("rq:workers")]
        return {int(pid): queue for pid, queue in known if pid in ours}

    def _signal(self, queue: str, number: signal.Signals) -> bool:
        turns = self._turns(queue)
        for pid in turns:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        return bool(turns)

    def _turns(self, queue: str) -> list[int]:
        return [turn for pid, served in self.workers.items() if served == queue for turn in lineage.children(pid)]

    def _command(self, name: str) -> list[str]:
        if name == "redis":
            socket = ["--port", "0", "--unixsocket", str(self.home / "redis.sock")]
            return [str(programs.redis_server()), "--dir", str(self.home), *socket, "--save", "", "--appendonly", "no"]
        kind = name.split(maxsplit=1)[0]
        modules = {"web": ["phonebank", "web"], "workers": ["workers"], "clock": ["workers.clock"]}
        return [sys.executable, "-m", *modules.get(kind, ["workers", kind])]

    def environment(self) -> dict[str, str]:
        """What a process of this house is started with."""
        ours = {name.upper() for name in Settings.model_fields}
        chosen = {name.upper(): str(value) for name, value in self.settings.model_dump().items() if value}
        kept = {name: value for name, value in os.environ.items() if name not in ours}
        return (
            kept | chosen | {"REHEARSAL": "1", "WEB_CONCURRENCY": "1", "LOG_LEVEL": "WARNING", "PYTHONPATH": str(ROOT)}
        )
