"""What the stopping rule of an experiment claims, tried: false alarms under peeking, and people needed to find a gap.

    python -m bench.experiments [RUNS]            some minutes on one core

Every person answers like a coin with their text's yes-rate; the evidence is looked at after every batch of replies.
"""

import sys
from collections import defaultdict
from dataclasses import dataclass
from random import Random
from statistics import median

from phonebank.campaigns.experiments import ALPHA, Tally, allot, differ

STATED = 2200
"""People a text within which 10 % against 15 % is found at least four times in five (docs/experiments.md)."""

_RUNS = 2000


@dataclass(frozen=True)
class Outcome:
    """One simulated experiment: whether the rule spoke, after how many people in all, for which text; all yeses."""

    found: bool
    after: int
    best: int | None
    yes: int


def experiment(
    chance: Random, rates: tuple[float, float], *, people: int, batch: int, shifts: bool = False, delay: float = 0
) -> Outcome:
    """So many people in all, asked and looked at in batches; yeses come `delay` batches later on average.

    An even split ends when the rule speaks; with `shifts` everybody is asked.
    """
    asked, yes = [0, 0], [0, 0]
    coming: defaultdict[int, list[int]] = defaultdict(list)
    spoke = Outcome(False, people, None, 0)
    for look in range(people // batch):
        for text in _dealt(_tallies(asked, yes), batch, chance if shifts else None):
            asked[text] += 1
            if chance.random() < rates[text]:
                coming[look + int(chance.expovariate(1 / delay) if delay else 0)].append(text)
        for text in coming.pop(look, ()):
            yes[text] += 1
        first, second = _tallies(asked, yes)
        if not spoke.found and differ(first, second):
            spoke = Outcome(True, (look + 1) * batch, int(yes[1] / asked[1] > yes[0] / asked[0]), 0)
            if not shifts:
                break
    return Outcome(spoke.found, spoke.after, spoke.best, sum(yes))


def _dealt(tallies: list[Tally], people: int, chance: Random | None) -> list[int]:
    return allot(tallies, people, chance) if chance else [number % 2 for number in range(people)]


def _tallies(asked: list[int], yes: list[int]) -> list[Tally]:
    return [Tally(asked=one, yes=had) for one, had in zip(asked, yes, strict=True)]


def main() -> None:
    """Print the table that docs/experiments.md quotes."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else _RUNS
    few = max(1, runs // 10)
    _alarms("an even split, a look every 50", runs, (0.01, 0.05, 0.10, 0.30, 0.50), people=4000, batch=50)
    _alarms("yeses come ten looks late", runs, (0.10, 0.30), people=4000, batch=50, delay=10)
    _alarms("shifting, a look every 200", few, (0.02, 0.10, 0.30), people=4000, batch=200, shifts=True)
    _alarms("shifting, yeses four looks late", few, (0.10, 0.30), people=4000, batch=200, shifts=True, delay=4)
    print(f"People a text until a difference is found, {few:,} experiments, a look every 25 of each")
    for one, other, people in ((0.10, 0.15, STATED), (0.05, 0.10, STATED), (0.10, 0.20, STATED), (0.03, 0.05, 6000)):
        ends = [experiment(Random(run), (one, other), people=2 * people, batch=50) for run in range(few)]
        after = [end.after // 2 for end in ends if end.found]
        wrong = sum(end.found and end.best != 1 for end in ends)
        middle = f"{median(after):,.0f}" if after else "none"
        power = f"{len(after) / few:.0%} within {people:,}; half by {middle}; {wrong} wrong"
        print(f"  {one:.0%} against {other:.0%}: {power}", flush=True)
    gained = [experiment(Random(run), (0.10, 0.15), people=4000, batch=200, shifts=True).yes for run in range(few)]
    print(f"Yeses of 4,000 people, 10 % against 15 %: 500 of an even split, {sum(gained) / few:.0f} with shifting")


def _alarms(how: str, runs: int, rates: tuple[float, ...], *, people: int, batch: int, **more: float) -> None:
    print(f"False alarms of {runs:,} A/A experiments with {people:,} people each, {how}; claimed: at most {ALPHA:.0%}")
    for rate in rates:
        wrong = sum(
            experiment(
                Random(run),
                (rate, rate),
                people=people,
                batch=batch,
                shifts=bool(more.get("shifts")),
                delay=more.get("delay", 0),
            ).found
            for run in range(runs)
        )
        print(f"  yes-rate {rate:4.0%}   {wrong / runs:6.2%}", flush=True)


if __name__ == "__main__":
    main()
