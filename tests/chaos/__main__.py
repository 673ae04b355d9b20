"""`make chaos`: one seed after the other, then the table. `python -m tests.chaos [SEEDS] [FIRST]`; 0 seeds is endless."""

import itertools
import sys

from tests.chaos import report
from tests.chaos.plans import plan
from tests.chaos.run import Outcome, run


def main(seeds: int, first: int) -> int:
    outcomes: list[Outcome] = []
    try:
        for seed in itertools.islice(itertools.count(first), seeds or None):
            outcomes.append(run(plan(seed)))
            print(report.line(outcomes[-1], f"python -m tests.chaos 1 {seed}"), flush=True)
    except KeyboardInterrupt:
        pass
    print(report.table(outcomes))
    return any(outcome.violations for outcome in outcomes)


if __name__ == "__main__":
    words = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*(words + [20, 1][len(words) :])))
