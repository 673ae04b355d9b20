"""Brings a plan's troubles upon a house, starts again what died, and counts what was done."""

import os
import random
import signal
import subprocess
import time
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from zoneinfo import ZoneInfo

import redis

from tests.chaos.plans import ZONES, Plan, Trouble
from tests.support import lineage
from tests.support.servers import MortalPostgres
from tests.support.walk import Walk

_NIGHT_LASTS_S = 4.0


class Troublemaker:
    """`run` lasts as long as the plan says. `jumps` are the moments of the monotonic clock at which the clock was moved."""

    def __init__(self, walk: Walk, plan: Plan, postgres: MortalPostgres | None) -> None:
        self.walk, self.house, self.plan, self.postgres = walk, walk.house, plan, postgres
        self.done: Counter[str] = Counter()
        self.jumps: list[float] = []
        self.set_back_s = 0.0
        self._due: dict[str, float] = {}  # what is down, and when it comes back
        self._morning_at: float | None = None

    def run(self) -> None:
        began = time.monotonic()
        for trouble in self.plan.troubles:
            self._wait_until(began + trouble.at_s)
            self._bring(trouble)
        self._wait_until(began + self.plan.seconds)
        self.walk.carrier.faults(clear=True)
        self._come_back(everything=True)
        if self._morning_at is not None:
            self._morning()

    def wind(self, **span: float) -> None:
        self.jumps.append(time.monotonic())
        self.walk.clock.pass_by(**span)

    def _wait_until(self, moment: float) -> None:
        while time.monotonic() < moment:
            self._come_back()
            if self._morning_at is not None and time.monotonic() >= self._morning_at:
                self._morning()
            time.sleep(0.02)

    def _bring(self, trouble: Trouble) -> None:
        how = trouble.how
        match trouble.what:
            case "carrier":
                self.walk.carrier.faults(clear=True)
                for rule in how["rules"]:
                    self.walk.carrier.faults(rule["kind"], **{k: v for k, v in rule.items() if k != "kind"})
                return
            case "a part killed":
                self._down(how["part"], how["down_s"])
            case "a worker killed":
                self._kill_worker(how["which"])
            case "a turn killed":
                if not self._kill_turns(how["queue"]):
                    return
            case "redis killed":
                self._down("redis", how["down_s"])
            case "redis flushed":
                self._flush()
            case "postgresql killed" | "postgresql restarted":
                self._end_postgres(how["down_s"], by_force=trouble.what == "postgresql killed")
            case "clock wound on":
                self.wind(minutes=how["minutes"])
            case "clock set back":
                self.set_back_s += 60 * how["minutes"]
                self.wind(minutes=-how["minutes"])
            case "night and morning":
                self._to_local_hour(22, ZONES[-1])
                self._morning_at = time.monotonic() + _NIGHT_LASTS_S
        self.done[f"{trouble.what}: {how['part']}" if "part" in how else trouble.what] += 1

    def _down(self, part: str, down_s: float) -> None:
        if self.house.runs(part):
            self.house.kill(part)
        self._due[part] = time.monotonic() + down_s

    def _kill_worker(self, which: float) -> None:
        """One of the workers that the mother forked, with its turn; she starts another."""
        workers = self._workers()
        if workers:
            _kill(lineage.stopped(workers[int(which * len(workers))]))

    def _kill_turns(self, queue: str) -> bool:
        """Every turn that a worker of this queue is at, not the workers. False: there is none."""
        serving = [pid for pid in self._workers() if _title(pid).endswith(f" {queue}")]
        serving += [part.pid for name, part in self.house.parts.items() if name.startswith(f"{queue} ")]
        turns = [turn for worker in serving for turn in lineage.children(worker)]
        _kill(turns)
        return bool(turns)

    def _workers(self) -> list[int]:
        return lineage.children(self.house.parts["workers"].pid) if self.house.runs("workers") else []

    def _flush(self) -> None:
        with redis.Redis.from_url(self.house.settings.redis_url) as bell, suppress(redis.RedisError):
            bell.flushall()

    def _end_postgres(self, down_s: float, *, by_force: bool) -> None:
        if self.postgres is None or "postgresql" in self._due:
            return
        self.postgres.kill() if by_force else self.postgres.stop_fast()
        self._due["postgresql"] = time.monotonic() + down_s

    def _come_back(self, *, everything: bool = False) -> None:
        for part, moment in list(self._due.items()):
            if everything or time.monotonic() >= moment:
                del self._due[part]
                self._start(part)
        for part in self.house.names:  # what ended by itself is started again, as any supervisor would
            if part not in self._due and not self.house.runs(part):
                self._due[part] = time.monotonic() + 0.5

    def _start(self, part: str) -> None:
        if part != "postgresql":
            self.house.start(part)
        elif self.postgres is not None:
            self.postgres.start()

    def _morning(self) -> None:
        self._morning_at = None
        self._to_local_hour(9, ZONES[-1])
        self.done["morning"] += 1

    def _to_local_hour(self, hour: int, zone: str) -> None:
        """On to the next such hour, a minute past it."""
        here = self.walk.clock.now().astimezone(ZoneInfo(zone))
        then = here.replace(hour=hour, minute=1, second=random.Random(self.plan.seed).randint(0, 59))
        self.wind(seconds=((then if then > here else then + timedelta(days=1)) - here).total_seconds())


def _kill(pids: list[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _title(pid: int) -> str:
    """What the process calls itself."""
    shown = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return shown.stdout.strip()
