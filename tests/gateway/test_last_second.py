"""Whatever the stalls, no second of the carrier's holds more than the limit."""

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from phonebank.gateway.last_second import LastSecond

# What is to be said: segments, how long before the next one is planned, and how late it arrives and is answered.
STALLS = st.tuples(st.floats(0, 0.8), st.floats(0, 0.2)).map(sorted)
TEXTS = st.lists(st.tuples(st.integers(1, 4), st.floats(0, 0.5), STALLS), min_size=1, max_size=60)


@given(TEXTS, st.integers(4, 20), st.floats(0, 0.9))
def test_no_second_holds_more_than_the_limit_however_late_texts_arrive(texts, limit, there_and_back):
    last, now = LastSecond(), 10.0
    last.answered(last.say(0, 0.0), there_and_back)  # the fastest there is
    arrivals, waiting = [], []
    for segments, pause, (on_the_way, in_all) in texts:
        now += pause
        while (rest := _wait(last, segments, limit, now, waiting)) > 0:
            now += rest
        waiting.append((last.say(segments, now), now + there_and_back + in_all))
        arrivals.append((now + there_and_back / 2 + on_the_way, segments))
    assert _busiest(arrivals) <= limit


def _wait(last, segments, limit, now, waiting):
    for said, answered_at in waiting:
        if answered_at <= now and said.answered_at is None:
            last.answered(said, answered_at)
    return last.wait(segments, limit, now)


def _busiest(arrivals):
    arrivals = sorted(arrivals)
    so_far = [0, *accumulate(size for _, size in arrivals)]
    ends = [sum(at < first + 1.0 for at, _ in arrivals) for first, _ in arrivals]
    return max(so_far[end] - so_far[begin] for begin, end in enumerate(ends))


def test_a_slow_carrier_costs_no_throughput():
    last, now, said = LastSecond(), 0.0, []
    for _ in range(30):
        for one in said:
            if one.answered_at is None and one.spoken_at + 0.5 <= now:
                last.answered(one, one.spoken_at + 0.5)
        now += last.wait(1, 10, now)
        said.append(last.say(1, now))
        now += 0.1
    assert now < 3.2


def test_a_text_beyond_the_limit_goes_alone():
    last = LastSecond()
    assert last.wait(9, 4, 0.0) == 0.0
    last.say(9, 0.0)
    assert last.wait(1, 4, 0.5) > 0
    assert last.wait(1, 4, 1.1) == 0.0


def test_an_answer_that_never_comes_holds_nobody_up_for_longer_than_a_second_more():
    last = LastSecond()
    last.answered(last.say(0, 0.0), 0.01)
    last.say(4, 1.0)
    assert last.wait(1, 4, 2.5) > 0
    assert last.wait(1, 4, 3.01) == 0.0
