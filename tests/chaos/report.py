"""Says what runs came to: one line each, and the table of a suite."""

import tempfile
from collections import Counter
from pathlib import Path
from statistics import median

from tests.chaos.run import Outcome


def line(outcome: Outcome, again: str) -> str:
    """One run, and by which command to repeat it when it went wrong."""
    drawn = outcome.plan
    said = (
        f"seed {drawn.seed}: {drawn.database}, {sum(drawn.people.values())} people, {drawn.seconds:.0f} s, "
        f"{outcome.faults.total()} faults, {outcome.asks} asks, {outcome.replies} replies, "
        f"{outcome.answers} volunteers' answers, recovered after {outcome.recovered_after_s:.1f} s "
        f"({outcome.by_the_clock.total_seconds() / 60:.1f} min on the clock)"
    )
    if outcome.given_up:
        said += f", {outcome.given_up} given up"
    if outcome.paused:
        said += f", paused: {outcome.paused}"
    if outcome.violations:
        said += "\n" + "\n".join((f"VIOLATED (again: {again}; logs: {_kept(outcome)})", *outcome.violations))
    return said


def _kept(outcome: Outcome) -> Path:
    """What the parts of a run said last, in a file."""
    file = Path(tempfile.gettempdir(), f"phonebank-chaos-{outcome.plan.seed}.log")
    file.write_text(outcome.words)
    return file


def table(outcomes: list[Outcome]) -> str:
    """The summary of a suite."""
    faults = sum((outcome.faults for outcome in outcomes), start=Counter[str]())
    recovered = [outcome.recovered_after_s for outcome in outcomes] or [0.0]
    clock = [outcome.by_the_clock.total_seconds() / 60 for outcome in outcomes] or [0.0]
    broken = [outcome.plan.seed for outcome in outcomes if outcome.violations]
    took = f"median {median(recovered):.1f} s, worst {max(recovered):.1f} s"
    by_clock = f"median {median(clock):.1f} min, worst {max(clock):.1f} min"
    rows = [
        f"runs          {len(outcomes)}",
        f"faults        {faults.total()}",
        *(f"  {number:6d}  {kind}" for kind, number in sorted(faults.items(), key=lambda item: -item[1])),
        f"violations    {len(broken)} runs{f': seeds {broken}' if broken else ''}",
        f"recovery      {took}; on the house's clock {by_clock}",
    ]
    return "\n".join(rows)
