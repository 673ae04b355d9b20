"""No one-second window ever holds more segments than the sender may speak, whoever asks for slots and however many."""

import multiprocessing
import time
from bisect import bisect_left
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from phonebank import jobs
from phonebank.gateway import pacing
from phonebank.gateway.pacing import Slot, Wait
from phonebank.settings import Settings

SENDER = "+15005550006"
JITTER_S = 0.004  # between Redis's clock and the moment its answer is read


def leaving(sizes, rate, *, urgent=False, until=None):
    """(moment, segments) of each text as `sending` speaks it: a slot for a few, each at its own moment."""
    left, spoken = list(sizes), []
    while left and (until is None or time.monotonic() < until):
        batch = [left[0]]
        while len(batch) < len(left) and sum(batch) + left[len(batch)] <= pacing.at_once(rate):
            batch.append(left[len(batch)])
        slot = pacing.reserve(SENDER, batch, rate, urgent=urgent)
        if isinstance(slot, Wait):
            time.sleep(slot.seconds)
            continue
        spoken += zip(slot.leaves, batch, strict=True)
        left = left[len(batch) :]
    return spoken


def worst_window(spoken):
    """The most segments that any window of one second holds, whichever moment it begins at."""
    spoken = sorted(spoken)
    moments = [at for at, _ in spoken]
    sums = [0]
    for _, size in spoken:
        sums.append(sums[-1] + size)
    ends = (bisect_left(moments, at + 1 - JITTER_S) for at in moments)
    return max(sums[end] - sums[start] for start, end in enumerate(ends))


@pytest.mark.parametrize("rate", [3, 10, 75])
def test_texts_of_one_segment_never_pass_the_rate(bell, rate):
    spoken = leaving([1] * int(rate * 1.6), rate)
    assert worst_window(spoken) <= rate


@pytest.mark.parametrize(("rate", "size"), [(10, 3), (10, 4), (20, 7), (75, 4), (75, 10)])
def test_long_texts_never_pass_the_rate(bell, rate, size):
    spoken = leaving([size] * int(rate * 1.6 / size + 1), rate)
    assert worst_window(spoken) <= rate


@settings(
    max_examples=5, phases=[Phase.explicit, Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rate=st.integers(20, 120), sizes=st.lists(st.integers(1, 8), min_size=20, max_size=60))
def test_texts_of_any_sizes_never_pass_the_rate(bell, rate, sizes):
    jobs.connection().flushall()
    assert worst_window(leaving(sizes, rate, until=time.monotonic() + 1.6)) <= rate


def test_threads_share_one_rate(bell):
    with ThreadPoolExecutor(4) as threads:
        spoken = [one for mine in threads.map(lambda _: leaving([1] * 40, 100), range(4)) for one in mine]
    assert len(spoken) == 160
    assert worst_window(spoken) <= 100


def _speak_elsewhere(url, results):
    jobs.configure(Settings(redis_url=url))
    results.put(leaving([1] * 60, 80))


def test_processes_share_one_rate(bell):
    spawned = multiprocessing.get_context("spawn")
    results = spawned.Queue()
    others = [spawned.Process(target=_speak_elsewhere, args=(bell, results)) for _ in range(2)]
    for one in others:
        one.start()
    spoken = [said for _ in others for said in results.get(timeout=30)]
    for one in others:
        one.join(10)
    assert len(spoken) == 120
    assert worst_window(spoken) <= 80


def test_the_rate_is_used_not_only_kept(bell):
    spoken = leaving([1] * 150, 100)
    took = spoken[-1][0] - spoken[0][0]
    assert 149 / took >= 90, "a pace far below the limit wastes the night"


def test_another_senders_pace_is_its_own(bell):
    leaving([1] * 30, 10, until=time.monotonic() + 0.5)
    assert isinstance(pacing.reserve("+15005550099", [1], 10, urgent=False), Slot)


def test_who_waits_for_an_answer_goes_before_every_ask_without_a_slot(bell):
    while isinstance(pacing.reserve(SENDER, [5], 20, urgent=False), Slot):
        pass
    assert isinstance(pacing.reserve(SENDER, [1], 20, urgent=True), Wait)
    deadline = time.monotonic() + 3
    while True:
        assert time.monotonic() < deadline
        assert isinstance(pacing.reserve(SENDER, [5], 20, urgent=False), Wait), "an ask went first"
        got = pacing.reserve(SENDER, [1], 20, urgent=True)
        if isinstance(got, Slot):
            break
        time.sleep(got.seconds)


def test_asks_go_on_when_whoever_waited_never_came_back(bell):
    while isinstance(pacing.reserve(SENDER, [5], 20, urgent=False), Slot):
        pass
    pacing.reserve(SENDER, [1], 20, urgent=True)
    time.sleep(1.1)
    deadline = time.monotonic() + 2
    while not isinstance(pacing.reserve(SENDER, [5], 20, urgent=False), Slot):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_slot_is_never_far_away_so_that_a_pause_holds_soon(bell):
    for _ in range(50):
        got = pacing.reserve(SENDER, [3], 30, urgent=False)
        if isinstance(got, Slot):
            assert got.starts - time.monotonic() <= 0.3
        else:
            assert 0 < got.seconds <= 1


def test_a_wait_is_honest(bell):
    while isinstance(got := pacing.reserve(SENDER, [4], 40, urgent=False), Slot):
        pass
    time.sleep(got.seconds)
    assert isinstance(pacing.reserve(SENDER, [4], 40, urgent=False), Slot)


def test_a_text_longer_than_the_rate_goes_all_the_same_at_that_pace(bell):
    spoken = leaving([3, 3], 2)
    assert spoken[1][0] - spoken[0][0] >= 1.5


def test_a_slot_fits_texts_that_are_as_short_and_no_more_of_them():
    slot = Slot(leaves=(0.0, 0.1, 0.2), sizes=(1, 2, 1))
    assert all(map(slot.fits, ([], [1], [1, 2, 1], [1, 1])))
    assert not any(map(slot.fits, ([2], [1, 2, 2], [1, 1, 1, 1])))


def test_a_missed_slot_says_so(bell):
    got = pacing.reserve(SENDER, [1], 50, urgent=False)
    assert not got.is_missed()
    time.sleep(max(0, got.starts - time.monotonic()) + pacing.LATE_S + 0.01)
    assert got.is_missed()


def test_a_flushed_doorbell_begins_again(bell):
    while isinstance(pacing.reserve(SENDER, [5], 20, urgent=False), Slot):
        pass
    jobs.connection().flushall()
    assert isinstance(pacing.reserve(SENDER, [5], 20, urgent=False), Slot)


def test_a_slot_holds_little_so_that_a_crash_leaves_few_in_doubt():
    assert [pacing.at_once(rate) for rate in (0.1, 1, 4, 10, 75, 1000)] == [1, 1, 1, 2, 15, 200]
