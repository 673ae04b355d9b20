"""What may be said of several texts, at every look: seldom wrong, found in time, and people dealt as it says."""

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import experiments as trial
from phonebank.campaigns import experiments
from phonebank.campaigns.experiments import Tally, Verdict, allot, differ, difference, judge, rate, shares

COUNTS = st.integers(0, 5000).flatmap(lambda asked: st.tuples(st.just(asked), st.integers(0, asked)))


def tally(asked, yes):
    return Tally(asked=asked, yes=yes)


@pytest.mark.parametrize("share", [0.02, 0.1, 0.5])
def test_two_equal_texts_are_seldom_called_different_though_every_batch_of_replies_is_looked_at(share):
    wrong = sum(trial.experiment(Random(run), (share, share), people=1200, batch=50).found for run in range(100))
    assert wrong <= 100 * experiments.ALPHA


def test_ten_against_fifteen_percent_is_found_within_what_the_docs_state():
    runs = [trial.experiment(Random(run), (0.10, 0.15), people=2 * trial.STATED, batch=200) for run in range(40)]
    assert sum(one.found for one in runs) >= 0.7 * 40, "80 % is claimed"
    assert all(one.best == 1 for one in runs if one.found)


def test_equal_texts_are_seldom_called_different_while_traffic_shifts_and_yeses_come_late():
    wrong = sum(
        trial.experiment(Random(run), (0.1, 0.1), people=2000, batch=200, shifts=True, delay=3).found
        for run in range(25)
    )
    assert wrong <= 2


def test_shifting_earns_more_yeses_than_an_even_split_when_one_text_is_better():
    runs = (trial.experiment(Random(run), (0.05, 0.15), people=1000, batch=100, shifts=True) for run in range(10))
    assert sum(one.yes for one in runs) > 10 * 1000 * 0.10


def test_nobody_asked_says_nothing():
    assert judge([Tally(), Tally()]) == experiments.Finding(Verdict.NOT_YET, None, 1.0)
    assert rate(0, 0).best is None
    assert not differ(Tally(), Tally())


def test_a_better_text_is_named_with_its_number():
    found = judge([tally(3000, 300), tally(3000, 600), tally(3000, 310)])
    assert (found.verdict, found.best) == (Verdict.BETTER, 1)
    assert "Text 2 is better" in str(found)


def test_the_best_of_three_is_not_named_before_it_beats_them_all():
    found = judge([tally(3000, 590), tally(3000, 600), tally(3000, 310)])
    assert (found.verdict, found.best) == (Verdict.NOT_YET, None)


def test_equal_texts_are_alike_once_a_difference_worth_waiting_for_is_excluded():
    found = judge([tally(30_000, 3000), tally(30_000, 3030)])
    assert found.verdict is Verdict.ALIKE
    assert found.largest < experiments.WORTH * 0.1
    assert "excluded" in str(found)


@given(COUNTS)
def test_an_interval_holds_what_was_counted(counted):
    asked, had = counted
    found = rate(asked, had)
    assert 0 <= found.low <= (found.best or 0) <= found.high <= 1


@given(COUNTS, COUNTS)
def test_the_interval_of_a_difference_and_the_test_say_the_same(one, other):
    first, second = tally(*one), tally(*other)
    found = difference(first, second)
    assert found.low <= (found.best or 0) <= found.high
    mirrored = difference(second, first)
    assert mirrored.low == pytest.approx(-found.high, abs=1e-6)
    if min(abs(found.low), abs(found.high)) > 1e-6:
        assert differ(first, second) == (not found.low <= 0 <= found.high)


@given(COUNTS, COUNTS, st.integers(0, 500), st.integers(0, 99))
def test_everyone_is_dealt_a_text_and_no_text_starves_before_the_rule_has_spoken(one, other, people, seed):
    tallies = [tally(*one), tally(*other)]
    dealt = Counter(allot(tallies, people, Random(seed)))
    assert sum(dealt.values()) == people
    if judge(tallies).best is None:
        assert all(dealt[text] >= int(experiments.LEAST_SHARE * people) for text in (0, 1))


def test_twelve_texts_share_evenly_when_a_tenth_for_each_is_too_much():
    assert shares([Tally()] * 12, Random(1)) == pytest.approx([1 / 12] * 12)


def test_once_a_text_is_better_everybody_gets_it():
    assert set(allot([tally(3000, 300), tally(3000, 600)], 50, Random(1))) == {1}


def test_before_anybody_has_answered_the_split_is_even_on_average():
    dealt = Counter(text for seed in range(40) for text in allot([Tally(), Tally()], 100, Random(seed)))
    assert dealt[0] == pytest.approx(2000, abs=200)
