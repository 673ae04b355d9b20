"""The pace of dialing ahead: simulated floors on which hardly anybody who answers finds nobody."""

import heapq
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phonebank.calls.ahead import Lately, to_dial

CEILING = 0.03
COUNTS = st.integers(0, 40)
RATES = st.floats(0, 1)


def lately(**fields):
    return Lately(**{"dialed": 400, "answered": 80, "talk_s": 120.0, "people": 1000, "abandoned": 0} | fields)


def dial(of=None, *, ready=10, talking=0, ringing=0):
    return to_dial(of or lately(), ready=ready, talking=talking, ringing=ringing, ceiling=CEILING)


def test_nobody_is_called_while_nobody_is_ready():
    assert dial(ready=0, talking=30) == 0


def test_few_answers_let_more_calls_ring_than_volunteers_are_ready():
    assert dial() > 10
    assert dial(lately(answered=40)) > dial(lately(answered=200))


def test_what_rings_already_is_not_dialed_again():
    assert dial(ringing=5) == dial() - 5
    assert dial(ringing=500) == 0


def test_whoever_is_done_soon_counts_a_little():
    assert dial(talking=30) > dial(talking=0)


@given(COUNTS, COUNTS, COUNTS, st.integers(0, 49), RATES)
def test_while_little_is_known_each_ready_volunteer_gets_one_call(ready, talking, ringing, dialed, rate):
    known = lately(dialed=dialed, answered=int(dialed * rate))
    assert dial(known, ready=ready, talking=talking, ringing=ringing) == max(0, ready - ringing)


@given(COUNTS, COUNTS, COUNTS, st.integers(0, 5000), RATES, st.integers(0, 400))
def test_at_the_ceiling_each_ready_volunteer_gets_one_call(ready, talking, ringing, people, rate, more):
    known = lately(answered=int(400 * rate), people=people, abandoned=int(people * CEILING) + more)
    assert dial(known, ready=ready, talking=talking, ringing=ringing) == max(0, ready - ringing)


@given(COUNTS, COUNTS, st.integers(0, 5000), RATES, st.integers(0, 100))
def test_even_if_all_answered_no_more_would_wait_in_vain_than_the_ceiling_lets(ready, talking, people, rate, abandoned):
    known = lately(answered=int(400 * rate), people=people, abandoned=abandoned)
    ring = dial(known, ready=ready, talking=talking)
    assert ring <= ready or abandoned + ring - ready <= CEILING * people


@pytest.mark.parametrize("rate", [0.04, 0.1, 0.2, 0.35, 0.6, 0.9])
@pytest.mark.parametrize("volunteers", [1, 8, 25])
def test_on_a_simulated_floor_fewer_than_three_in_a_hundred_find_nobody(rate, volunteers):
    floor = Floor(volunteers, rate, random.Random(f"{rate} {volunteers}"))
    floor.run(calls=4000)
    assert floor.worst <= CEILING, "at no moment of the day"
    assert floor.answered > 100
    if volunteers == 25 and rate <= 0.35:
        assert floor.most_at_once > volunteers, "they would wait for calls for nothing"


class Floor:
    """Volunteers and people, second by second: calls ring, are answered or not, talks end."""

    def __init__(self, volunteers, rate, rng):
        self.ready, self.talking, self.ringing = volunteers, 0, 0
        self.rate, self.rng = rate, rng
        self.now, self.coming = 0.0, []
        self.dialed = self.ended = self.answered = self.abandoned = self.most_at_once = 0
        self.worst = 0.0

    def run(self, calls):
        while self.dialed < calls:
            known = Lately(self.ended, self.answered, 12.0, 100.0, self.answered, self.abandoned)
            for _ in range(dial(known, ready=self.ready, talking=self.talking, ringing=self.ringing)):
                self._call()
            self.most_at_once = max(self.most_at_once, self.ringing)
            self.now, happens = heapq.heappop(self.coming)
            getattr(self, happens)()

    def _call(self):
        self.dialed, self.ringing = self.dialed + 1, self.ringing + 1
        is_answered = self.rng.random() < self.rate
        rings = self.rng.uniform(4, 20) if is_answered else 25
        heapq.heappush(self.coming, (self.now + rings + self.rng.random() / 1e6, "_taken" if is_answered else "_over"))

    def _over(self):
        self.ended, self.ringing = self.ended + 1, self.ringing - 1

    def _taken(self):
        self._over()
        self.answered += 1
        if not self.ready:
            self.abandoned += 1
            self.worst = max(self.worst, self.abandoned / self.answered)
            return
        self.ready, self.talking = self.ready - 1, self.talking + 1
        heapq.heappush(self.coming, (self.now + self.rng.expovariate(1 / 100), "_done"))

    def _done(self):
        self.ready, self.talking = self.ready + 1, self.talking - 1
