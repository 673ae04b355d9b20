"""What goes wrong in one run, and when: a seed gives a plan, the same every time (pure)."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from phonebank.rehearsal.faults import FaultKind

DATABASES = ("sqlite", "postgresql")
ZONES = ("America/New_York", "America/Chicago", "America/Los_Angeles")
WORST_RATE = 0.3

_PARTS = {"web": 3, "workers": 1, "clock": 1, "clock 2": 1, "bulk 2": 1}
_TROUBLES = {
    "a part killed": 6,
    "a worker killed": 5,
    "a turn killed": 6,
    "redis killed": 2,
    "redis flushed": 3,
    "clock wound on": 2,
    "night and morning": 1,
    "clock set back": 1,
}
_OF_POSTGRESQL = {"postgresql killed": 2, "postgresql restarted": 1}
_BETWEEN_WINDS_S = 5.0  # requests in flight see no clock: two winds on end would make one look an hour old
_NIGHT_LASTS_S = 5.0
_STARTS_IN_S = 10.0

_HANGS = (FaultKind.HANG_BEFORE, FaultKind.HANG_AFTER)


@dataclass(frozen=True)
class Trouble:
    """One fault: when in the run (real seconds), what, and its particulars."""

    at_s: float
    what: str
    how: dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """One run. `people` by time zone; `speed` is how many of the clock's seconds pass in a real one."""

    seed: int
    database: str
    seconds: float
    speed: float
    pace: int
    people: dict[str, int]
    troubles: tuple[Trouble, ...]


def plan(seed: int, *, seconds: tuple[float, float] = (20, 40), people: tuple[int, int] = (60, 200)) -> Plan:
    """What this seed does: databases take turns, everything else is drawn."""
    chance = random.Random(seed)
    database = DATABASES[seed % len(DATABASES)]
    lasts = chance.uniform(*seconds)
    counts = _people(chance, chance.randint(*people))
    pace = max(4, round(sum(counts.values()) / (lasts * chance.uniform(0.4, 0.8))))
    troubles = [*_troubles(chance, lasts, database), *_carrier(chance, lasts)]
    speed = chance.choice((1.0, 1.0, 5.0))
    return Plan(seed, database, lasts, speed, pace, counts, tuple(sorted(troubles, key=lambda one: one.at_s)))


def _people(chance: random.Random, total: int) -> dict[str, int]:
    east = round(total * chance.uniform(0.5, 0.7))
    central = round((total - east) * chance.uniform(0.3, 0.7))
    return dict(zip(ZONES, (east, central, total - east - central), strict=True))


def _troubles(chance: random.Random, lasts: float, database: str) -> Iterator[Trouble]:
    weights = _TROUBLES | (_OF_POSTGRESQL if database == "postgresql" else {})
    last: dict[str, float] = {}
    at = chance.uniform(0.5, 2.0)
    while at < lasts:
        what = chance.choices(list(weights), list(weights.values()))[0]
        how = _how(chance, what)
        spared, rest_s = _rest(what, how)
        if at - last.get(spared, -rest_s) >= rest_s:
            yield Trouble(at, what, how)
            last[spared] = at + (_NIGHT_LASTS_S if what == "night and morning" else 0)
        at += chance.uniform(0.6, 2.4)


def _rest(what: str, how: dict[str, Any]) -> tuple[str, float]:
    """What must be left alone for how long after it was struck, so that something else may be seen to break."""
    if what in {"clock wound on", "night and morning", "clock set back"}:
        return "clock", _BETWEEN_WINDS_S
    if "part" in how or what.startswith("postgresql"):
        return how.get("part", "postgresql"), _STARTS_IN_S
    return what, 0.0


def _how(chance: random.Random, what: str) -> dict[str, Any]:
    match what:
        case "a part killed":
            part = chance.choices(list(_PARTS), list(_PARTS.values()))[0]
            return {"part": part, "down_s": chance.uniform(0.05, 2.0)}
        case "a worker killed":
            return {"which": chance.random()}
        case "a turn killed":
            return {"queue": chance.choice(("bulk", "bulk", "replies", "urgent", "asks", "slow"))}
        case "redis killed" | "postgresql killed" | "postgresql restarted":
            return {"down_s": chance.uniform(0.05, 2.0)}
        case "clock wound on":
            return {"minutes": chance.choice((2, 11, 40))}
        case "clock set back":
            return {"minutes": chance.uniform(0.5, 3.0)}
        case _:
            return {}


def _carrier(chance: random.Random, lasts: float) -> Iterator[Trouble]:
    """The carrier's faults change a few times in a run; every kind comes up, at up to 30 %."""
    rounds = max(2, round(lasts / 8))
    for number in range(rounds):
        kinds = chance.sample(list(FaultKind), chance.randint(4, 7))
        yield Trouble(lasts * number / rounds, "carrier", {"rules": [_rule(chance, kind) for kind in kinds]})


def _rule(chance: random.Random, kind: FaultKind) -> dict[str, Any]:
    """A hang is shorter than our patience, but for a few; a log that lags does so by less than a minute."""
    on = "create" if kind.startswith(("callback", "listing")) else chance.choice(("create", "create", "list", "fetch"))
    seconds = chance.choice((2.0, 5.0, 40.0)) if kind in _HANGS else chance.uniform(5, 40)
    return {"kind": kind.value, "on": on, "rate": chance.uniform(0.03, WORST_RATE), "seconds": seconds}
