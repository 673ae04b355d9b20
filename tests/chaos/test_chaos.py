"""The chaos suite's short form: everything breaks at once, and no promise does. `make chaos` is the long form."""

import os

import pytest

from phonebank.rehearsal.faults import FaultKind
from tests.chaos import report
from tests.chaos.plans import WORST_RATE, plan
from tests.chaos.run import run

SEEDS = (2, 3) if os.environ.get("STORIES_ON") == "both" else (3,)
"""Each database once, and in the build one of them: `make chaos` runs as many as you like."""


@pytest.fixture(scope="module")
def outcomes(pytestconfig):
    """What the runs came to; the table is printed at the end (`pytest -s` shows it)."""
    kept = []
    yield kept
    print(f"\n{report.table(kept)}")


@pytest.mark.parametrize("seed", SEEDS)
def test_no_promise_is_broken_whatever_breaks(seed, outcomes):
    outcomes.append(run(plan(seed, seconds=(5, 7), people=(20, 30))))
    said = report.line(outcomes[-1], f"pytest tests/chaos -k 'breaks and {seed}'")
    print(said)
    assert outcomes[-1].faults.total() > 0
    assert not outcomes[-1].violations, said


def test_a_seed_gives_the_same_plan_every_time():
    assert plan(7) == plan(7)
    assert plan(7) != plan(9)


def test_every_fault_comes_up_and_none_beyond_the_worst_rate():
    troubles = [trouble for seed in range(40) for trouble in plan(seed).troubles]
    rules = [rule for trouble in troubles if trouble.what == "carrier" for rule in trouble.how["rules"]]
    assert {rule["kind"] for rule in rules} == {kind.value for kind in FaultKind}
    assert max(rule["rate"] for rule in rules) <= WORST_RATE
    assert {trouble.what for trouble in troubles} >= {"redis flushed", "postgresql killed", "night and morning"}
    assert {trouble.how["part"] for trouble in troubles if "part" in trouble.how} >= {
        "web",
        "workers",
        "clock",
        "bulk 2",
    }
