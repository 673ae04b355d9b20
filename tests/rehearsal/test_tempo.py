"""How fast a rehearsal's clock runs: with the engine, never ahead of it, and over the gaps in one leap."""

from dataclasses import replace

import pytest

from phonebank.rehearsal.tempo import FASTEST, Look, Tempo

PACE = 75.0
ASKING = Look(at=0.0, said=0, moved=0, is_asking=True, is_still=False, late_s=0.0, next_at=None)
WAITING = replace(ASKING, is_asking=False)
STILL = replace(WAITING, is_still=True)
LOOK_EVERY_S = 0.3


class Engine:
    """Says at most `most` segments a real second, and no more than the pace allows by the clock."""

    def __init__(self, tempo, most, reaches=0.96):
        self.tempo, self.most, self.reaches, self.speed = tempo, most, reaches, 1.0
        self.now = self.said = 0.0

    def run(self, seconds):
        for _ in range(round(seconds / LOOK_EVERY_S)):
            self.now += self.speed * LOOK_EVERY_S
            self.said += min(self.most, PACE * self.reaches * self.speed) * LOOK_EVERY_S
            look = replace(ASKING, at=self.now, said=int(self.said), moved=int(self.said))
            self.speed = self.tempo.after(look).speed


@pytest.mark.parametrize("most", [100, 300, 1500, 6000])
def test_the_clock_comes_close_to_what_the_engine_can_do_and_costs_little_of_its_pace(most):
    engine = Engine(Tempo(PACE), most)
    engine.run(60)
    assert engine.said / 60 > 0.8 * most
    assert engine.said / (PACE * engine.now) > 0.96 * 0.9


def test_a_busy_machine_that_never_reaches_its_pace_is_compared_with_itself():
    engine = Engine(Tempo(PACE), most=400, reaches=0.75)
    engine.run(60)
    assert engine.said / 60 > 0.75 * 400
    assert engine.said / (PACE * engine.now) > 0.75 * 0.9


def test_an_engine_slower_than_its_pace_is_given_nearly_true_speed():
    engine = Engine(Tempo(PACE), most=30)
    engine.run(60)
    assert engine.said / (PACE * engine.now) > 0.4 * 0.88


def test_it_winds_on_while_nobody_is_asked_but_not_past_what_the_engine_answers_in_time():
    tempo = Tempo(PACE)
    speeds = [tempo.after(replace(WAITING, at=float(number), moved=number)).speed for number in range(20)]
    assert speeds[-1] == FASTEST
    assert speeds == sorted(speeds)
    assert tempo.after(replace(WAITING, at=21.0, moved=21, late_s=200.0)).speed < FASTEST


def test_it_slows_no_further_once_the_engine_gains_on_what_is_late():
    tempo = Tempo(PACE)
    for number in range(20):
        tempo.after(replace(WAITING, at=float(number), moved=number))
    slowed = tempo.after(replace(WAITING, at=21.0, moved=21, late_s=400.0)).speed
    assert slowed < FASTEST
    assert tempo.after(replace(WAITING, at=22.0, moved=22, late_s=300.0)).speed == slowed
    assert tempo.after(replace(WAITING, at=23.0, moved=23, late_s=10.0)).speed > slowed


def test_a_gap_is_leapt_over_once_two_looks_saw_nothing_move():
    tempo = Tempo(PACE)
    gap = replace(STILL, moved=5, next_at=30_000.0)
    assert tempo.after(gap).to is None
    assert 29_990 < (tempo.after(replace(gap, at=1.0)).to or 0) < 30_000


def test_nothing_is_leapt_over_while_anything_moves():
    tempo = Tempo(PACE)
    for number in range(5):
        assert tempo.after(replace(STILL, at=float(number), moved=number, next_at=30_000.0)).to is None


def test_asks_that_fall_due_are_met_at_true_speed():
    tempo = Tempo(PACE)
    for number in range(20):
        tempo.after(replace(WAITING, at=float(number), moved=number))
    gap = replace(STILL, at=30.0, moved=50, next_at=30_000.0, asks_at=30_000.0)
    tempo.after(gap)
    assert tempo.after(replace(gap, at=31.0)).speed == 1.0


def test_the_next_asks_are_not_overrun():
    tempo = Tempo(PACE)
    for number in range(20):
        tempo.after(replace(WAITING, at=float(number), moved=number))
    assert tempo.after(replace(WAITING, at=1000.0, moved=99, asks_at=1060.0, next_at=1001.0)).speed <= 20
