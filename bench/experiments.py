"""What the stopping rule of an experiment claims, tried: false alarms under peeking, and people needed to find a gap.

    python -m bench.experiments            about three minutes on one core

Every person answers like a coin with their text's yes-rate; the evidence is looked at after every batch of replies.
"""

import sys
from dataclasses import dataclass
from random import Random
from statistics import median

from phonebank.campaigns.experiments import ALPHA, Tally, allot, differ, judge

STATED = 2200
"""People a text within which 10 % against 15 % is found at least four times in five (docs/experiments.md)."""

_RUNS = 2000


@dataclass(frozen=True)
class Outcome:
    """One simulated experiment: whether the rule spoke, when (people a text), for which text, and all yeses."""

    found: bool
    after: int
    best: int | None
    yes: int


def looked_at(chance: Random, rates: tuple[float, float], *, people: int, batch: int) -> Outcome:
    """An even split of so many people a text, looked at after every `batch` of each."""
    yes = [0, 0]
    for asked in range(batch, people + 1, batch):
        for text, rate in enumerate(rates):
            yes[text] += sum(chance.random() < rate for _ in range(batch))
        if differ(Tally(asked=asked, yes=yes[0]), Tally(asked=asked, yes=yes[1])):
            return Outcome(True, asked, int(yes[1] > yes[0]), sum(yes))
    return Outcome(False, people, None, sum(yes))


def shifted(chance: Random, rates: tuple[float, ...], *, people: int, batch: int) -> Outcome:
    """So many people in all, dealt anew in batches by what is known, looked at after every batch."""
    asked, yes = [0] * len(rates), [0] * len(rates)
    found, after, best = False, people, None
    for sent in range(batch, people + 1, batch):
        tallies = [Tally(asked=one, yes=had) for one, had in zip(asked, yes, strict=True)]
        for text in allot(tallies, batch, chance):
            asked[text] += 1
            yes[text] += chance.random() < rates[text]
        verdict = judge([Tally(asked=one, yes=had) for one, had in zip(asked, yes, strict=True)])
        if verdict.best is not None and not found:
            found, after, best = True, sent, verdict.best
    return Outcome(found, after, best, sum(yes))


def main() -> None:
    """Print the table that docs/experiments.md quotes."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else _RUNS
    print(f"False alarms among {runs:,} A/A experiments of 2,000 people a text, a look every 25 of each")
    for share in (0.01, 0.05, 0.10, 0.30, 0.50):
        ran = [looked_at(Random(run), (share, share), people=2000, batch=25).found for run in range(runs)]
        print(f"  yes-rate {share:4.0%}   {sum(ran) / runs:6.2%}   claimed: at most {ALPHA:.0%}")
    few = max(1, runs // 10)
    print(f"False alarms among {few:,} A/A experiments of 4,000 people with shifting, a look every 200")
    for share in (0.02, 0.10, 0.30):
        ran = [shifted(Random(run), (share, share), people=4000, batch=200).found for run in range(few)]
        print(f"  yes-rate {share:4.0%}   {sum(ran) / few:6.2%}   claimed: at most {ALPHA:.0%}")
    print(f"People a text until a difference is found, {few:,} experiments, a look every 25 of each")
    for one, other, people in ((0.10, 0.15, STATED), (0.05, 0.10, STATED), (0.10, 0.20, STATED), (0.03, 0.05, 6000)):
        ends = [looked_at(Random(run), (one, other), people=people, batch=25) for run in range(few)]
        after = [end.after for end in ends if end.found]
        wrong = sum(end.found and end.best != 1 for end in ends)
        middle = f"{median(after):,.0f}" if after else "none"
        power = f"{len(after) / few:.0%} within {people:,}; half by {middle}; {wrong} wrong"
        print(f"  {one:.0%} against {other:.0%}: {power}")
    print("Yeses of 4,000 people, 10 % against 15 %")
    gained = [shifted(Random(run), (0.10, 0.15), people=4000, batch=200).yes for run in range(few)]
    print(f"  split evenly 500 on average, shifted {sum(gained) / few:.0f}")


if __name__ == "__main__":
    main()
