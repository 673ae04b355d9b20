"""How many volunteers keep people from waiting: the formula against known values and against a simulated queue."""

import heapq
import random
from datetime import timedelta
from fractions import Fraction
from math import factorial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phonebank.reports import staffing
from phonebank.reports.staffing import Bound


@pytest.mark.parametrize(
    ("volunteers", "load", "chance"),
    [(1, 0.5, 0.5), (2, 1.0, 1 / 3), (3, 2.0, 4 / 9), (10, 8.0, 0.4092)],
)
def test_the_chance_to_wait_is_erlangs(volunteers, load, chance):
    assert staffing.waits_at_all(volunteers, load) == pytest.approx(chance, abs=5e-4)


@given(st.integers(1, 120), st.fractions(0, 1, max_denominator=50))
def test_the_recursion_is_the_sum_that_erlang_wrote(volunteers, used):
    load = used * volunteers * Fraction(99, 100)
    last = load**volunteers / factorial(volunteers) * volunteers / (volunteers - load)
    told = last / (sum(load**n / factorial(n) for n in range(volunteers)) + last)
    assert staffing.waits_at_all(volunteers, float(load)) == pytest.approx(float(told), abs=1e-9)


def test_a_queue_that_grows_for_ever_makes_everybody_wait():
    assert staffing.waits_at_all(5, 5.0) == 1.0
    assert staffing.waits_longer(5, 150.0, Bound(handling=timedelta(minutes=2))) == 1.0


def test_the_formula_agrees_with_a_simulated_queue():
    bound = Bound(wait=timedelta(minutes=1), handling=timedelta(minutes=2))
    volunteers, per_hour, chance = 7, 180.0, random.Random(7)
    now, free_at, late, people = 0.0, [0.0] * volunteers, 0, 200_000
    for _ in range(people):
        now += chance.expovariate(per_hour / 3600)
        begins = max(now, free_at[0])
        heapq.heapreplace(free_at, begins + chance.expovariate(1 / 120))
        late += begins - now > 60
    assert late / people == pytest.approx(staffing.waits_longer(volunteers, per_hour, bound), abs=0.02)


@given(st.floats(0.1, 3000), st.integers(1, 1200), st.integers(10, 600))
def test_the_number_is_the_fewest_that_keep_the_bound(per_hour, wait_s, handling_s):
    bound = Bound(timedelta(seconds=wait_s), timedelta(seconds=handling_s))
    enough = staffing.volunteers_for(per_hour, bound)
    assert staffing.waits_longer(enough, per_hour, bound) <= 0.1
    assert enough == 1 or staffing.waits_longer(enough - 1, per_hour, bound) > 0.1


def test_nobody_is_needed_for_nothing():
    assert staffing.volunteers_for(0, Bound()) == 0
    assert staffing.at_once({}, Bound()) == (0, 1.0)


def test_an_hour_is_staffed_for_its_busiest_quarter():
    bound = Bound()
    assert staffing.by_hour({8: 3, 9: 40, 12: 1}, bound) == {
        2: staffing.volunteers_for(160, bound),
        3: staffing.volunteers_for(4, bound),
    }


@given(st.dictionaries(st.integers(0, 30), st.integers(1, 60), min_size=1, max_size=12))
def test_the_number_for_all_the_time_keeps_the_bound_when_all_is_replayed(quarters):
    number, share = staffing.at_once(quarters, Bound())
    assert share >= 0.9
    assert staffing.in_time(list(staffing.spread(quarters)), number, Bound()) == share
