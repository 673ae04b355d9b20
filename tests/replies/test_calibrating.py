"""The threshold is lowered only on proof and raised on a suspicion, and by nothing that nobody judged."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phonebank.errors import RefusedError
from phonebank.intents import Intent
from phonebank.replies import calibrating
from phonebank.replies.calibrating import LEAST_VERDICTS, PRECISION, Sample, refit, samples_of
from phonebank.replies.reading import Reading
from phonebank.replies.replaying import Replayed
from phonebank.replies.shares import Share, least_all_right

NOW = 0.90


def some(number, confidence, *, is_right=True, is_yes=False):
    return [Sample(confidence, is_right, is_yes)] * number


def test_too_few_verdicts_are_refused_and_how_many_are_needed_is_said():
    samples = [*some(LEAST_VERDICTS - 1, 0.85), *some(1000, 0.95, is_right=None)]
    with pytest.raises(RefusedError, match=r"99 verdicts.*at least 100"):
        refit(samples, NOW)


def test_enough_right_ones_just_below_lower_it():
    found = refit(some(least_all_right(PRECISION), 0.85), NOW)
    assert found.proposed == 0.85  # not to where nothing was seen
    assert (found.answered_now, found.answered_then, found.changed) == (0, 381, 381)
    assert found.precision_low >= PRECISION


def test_one_short_of_proof_changes_nothing_and_says_what_it_takes():
    found = refit(some(least_all_right(PRECISION) - 1, 0.85), NOW)
    assert not found.is_change
    assert "at least 381 judged replies" in found.says
    assert "there are 380" in found.says


def test_a_wrong_yes_among_a_thousand_keeps_it_from_falling_that_far():
    samples = [*some(2000, 0.88), *some(2000, 0.84), *some(1, 0.84, is_right=False, is_yes=True)]
    assert refit(samples, NOW).proposed == 0.88
    samples = [*some(2000, 0.88), *some(2000, 0.84), *some(1, 0.84, is_right=False)]
    assert refit(samples, NOW).proposed == 0.84


def test_it_never_falls_more_than_a_step_nor_below_the_floor():
    everywhere = [sample for hundredth in range(100) for sample in some(400, hundredth / 100)]
    assert refit(everywhere, NOW).proposed == 0.80
    assert refit(everywhere, 0.55).proposed == 0.50
    assert refit(everywhere, 0.50).proposed == 0.50


def test_corrections_of_what_it_answered_raise_it_past_them():
    samples = [*some(100, 0.99), *some(100, 0.91, is_right=None), *some(4, 0.91, is_right=False)]
    found = refit(samples, NOW)
    assert found.proposed == 0.92
    assert (found.changed, found.changed_judged, found.changed_wrong) == (104, 4, 4)
    assert "corrected 4 of the 204" in found.says


def test_a_few_corrections_of_many_replies_do_not_raise_it():
    samples = [*some(1000, 0.95, is_right=None), *some(100, 0.95), *some(4, 0.91, is_right=False)]
    assert not refit(samples, NOW).is_change


def test_two_corrections_are_no_suspicion():
    assert not refit([*some(100, 0.95), *some(2, 0.91, is_right=False)], NOW).is_change


def a_reply(intent=Intent.YES, verdict=Intent.YES, **reading):
    words = {"confidence": 0.8, "why": "", "acted": True, **reading}
    return Replayed(1, 1, "words", 1, "yes, answered", Reading(intent, **words), verdict)


def test_only_what_a_threshold_decides_about_takes_part():
    told = [
        a_reply(),
        a_reply(verdict=None),
        a_reply(Intent.NO),
        a_reply(Intent.OPT_OUT, Intent.OPT_OUT),
        a_reply(Intent.MAYBE, Intent.MAYBE, acted=False),
        a_reply(acted=False),
        a_reply(Intent.HELP, Intent.NO),
    ]
    assert [(one.is_right, one.is_yes) for one in samples_of(told)] == [
        (True, True),
        (None, True),
        (False, False),
        (None, False),
    ]


@pytest.mark.parametrize(("truth", "least", "most"), [(0.999, 30, 100), (0.98, 0, 0)])
def test_it_falls_where_the_reader_is_right_and_not_where_it_is_not(truth, least, most):
    chance = Random(7)
    lowered = 0
    for _ in range(100):
        judged = [Sample(chance.uniform(0.8, 0.9), chance.random() < truth, chance.random() < 0.5) for _ in range(500)]
        lowered += refit(judged, NOW).is_change
    assert least <= lowered <= most


confidences = st.integers(30, 100).map(lambda hundredth: hundredth / 100)
anybody = st.builds(Sample, confidences, st.sampled_from([True, True, True, False, None]), st.booleans())


@given(st.lists(anybody, max_size=40), st.integers(1, 40), confidences.filter(lambda one: one >= calibrating.LOWEST))
def test_whatever_people_said_it_falls_only_where_precision_is_proved(samples, times, acts_from):
    """And raising it answers no reply more."""
    samples = [*samples * times, *some(LEAST_VERDICTS, 0.1)]
    found = refit(samples, acts_from)
    if found.proposed < acts_from:
        band = [one for one in samples if found.proposed <= one.confidence < acts_from and one.is_right is not None]
        assert Share(sum(one.is_right for one in band), len(band)).low >= PRECISION
        assert not any(one.is_yes and not one.is_right for one in band)
    else:
        assert found.answered_then <= found.answered_now
    assert found.changed == abs(found.answered_then - found.answered_now)


@given(st.integers(0, 300), st.integers(0, 300))
def test_the_interval_holds_its_share_and_shrinks_with_numbers(had, more):
    share = Share(had, had + more)
    assert 0 <= share.low <= (share.best or 0) <= share.high <= 1 or share.best is None
    ten_times = Share(10 * had, 10 * (had + more))
    assert ten_times.high - ten_times.low <= share.high - share.low + 1e-9


def test_wilsons_interval_is_the_published_one():
    assert (round(Share(8, 10).low, 3), round(Share(8, 10).high, 3)) == (0.490, 0.943)  # Newcombe (1998)
    assert (Share(0, 0).best, Share(0, 0).low, Share(0, 0).high) == (None, 0.0, 1.0)
