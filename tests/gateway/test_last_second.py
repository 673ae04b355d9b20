"""Whatever the stalls, and whoever speaks, no second of the carrier's holds more than the limit."""

import asyncio
import multiprocessing
import random
import time
from itertools import accumulate, count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from phonebank import jobs
from phonebank.errors import UnavailableError
from phonebank.gateway import last_second
from phonebank.gateway.last_second import LastSecond
from phonebank.settings import Settings

SENDER = "+15005550006"

# What is to be said: segments, how long before the next one is planned, and how late it arrives and is answered.
STALLS = st.tuples(st.floats(0, 0.8), st.floats(0, 0.2)).map(sorted)
TEXTS = st.lists(st.tuples(st.integers(1, 4), st.floats(0, 0.5), STALLS), min_size=1, max_size=60)


class Wound:
    """The shared second on a clock to wind: Redis's own TIME is read from a list."""

    def __init__(self, limit):
        self.limit, self.names, self.waiting = limit, count(), []
        jobs.connection().flushall()

    def wait(self, segments, now):
        """Seconds until a text of so many segments may be spoken; 0.0: it is, now."""
        bell, answered = jobs.connection(), {name: late for name, late, at in self.waiting if at <= now}
        self.waiting = [one for one in self.waiting if one[0] not in answered]
        bell.delete("now")
        bell.rpush("now", int(now), int(now % 1 * 1e6))
        self.name = f"{next(self.names)}:{segments}"
        said, rest = last_second.say(SENDER, [self.name], self.limit, answered)
        return 0.0 if said else max(rest, 1e-6)

    def will_be_answered(self, late, at):
        """The text that was just spoken is answered then, so many seconds later than it might have been."""
        self.waiting.append((self.name, late, at))


@pytest.fixture
def wound(bell, monkeypatch):
    real = jobs._source
    monkeypatch.setattr(
        jobs, "_source", lambda path: real(path).replace("redis.call('TIME')", "redis.call('LRANGE', 'now', 0, 1)")
    )
    return Wound


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(texts=TEXTS, limit=st.integers(4, 20), there_and_back=st.floats(0, 0.9))
def test_no_second_holds_more_than_the_limit_however_late_texts_arrive(wound, texts, limit, there_and_back):
    second, now, arrivals = wound(limit), 1000.0, []
    for segments, pause, (on_the_way, in_all) in texts:
        now += pause
        while (rest := second.wait(segments, now)) > 0:
            now += rest
        second.will_be_answered(in_all, now + there_and_back + in_all)
        arrivals.append((now + there_and_back / 2 + on_the_way, segments))
    assert busiest(arrivals) <= limit


def busiest(arrivals):
    """The most segments that came in any one second, wherever it begins."""
    arrivals = sorted(arrivals)
    so_far = [0, *accumulate(size for _, size in arrivals)]
    ends = [sum(at < first + 1.0 for at, _ in arrivals) for first, _ in arrivals]
    return max(so_far[end] - so_far[begin] for begin, end in enumerate(ends))


def test_a_slow_carrier_costs_no_throughput(wound):
    second, now = wound(10), 1000.0
    for _ in range(30):
        while (rest := second.wait(1, now)) > 0:
            now += min(rest, 0.01)
        second.will_be_answered(0.0, now + 0.5)
        now += 0.1
    assert now < 1003.3


def test_a_text_beyond_the_limit_goes_alone(wound):
    second = wound(4)
    assert second.wait(9, 1000.0) == 0.0
    second.will_be_answered(0.0, 1000.1)
    assert second.wait(1, 1000.5) > 0
    assert second.wait(1, 1001.1) == 0.0


def test_an_answer_that_never_comes_holds_nobody_up_for_longer_than_ten_seconds_more(wound):
    second = wound(4)
    assert second.wait(4, 1001.0) == 0.0
    assert second.wait(1, 1011.9) > 0
    assert second.wait(1, 1012.02) == 0.0


def test_another_senders_second_is_its_own(bell):
    assert last_second.say(SENDER, ["a:5"], 5, {}) == (1, pytest.approx(11.005, abs=0.01))
    assert last_second.say(SENDER, ["b:1"], 5, {})[0] == 0
    assert last_second.say("+15005550099", ["c:5"], 5, {})[0] == 1


def test_nobody_speaks_when_redis_is_gone():
    jobs.configure(Settings(redis_url="redis://127.0.0.1:1/0"))

    async def speak():
        await LastSecond(SENDER).say(1, 20)

    with pytest.raises(UnavailableError):
        asyncio.run(speak())


def test_a_text_that_was_not_spoken_after_all_makes_room_at_once(bell):
    async def speak():
        second = LastSecond(SENDER)
        for _ in range(20):
            second.forget(await second.say(3, 4))
        await second.close()

    began = time.monotonic()
    asyncio.run(speak())
    assert time.monotonic() - began < 1.0


def test_a_faster_sender_than_carriers_allow_asks_nobody():
    async def speak():
        second = LastSecond(SENDER)
        second.answered(await second.say(1, last_second.MOST_PACE + 1))
        await second.close()

    asyncio.run(speak())


def stalled(url, seed, texts, limit, results):
    """A busy process speaks so many texts, each at once; gives when each arrived, by the clock all processes share."""
    jobs.configure(Settings(redis_url=url))
    chance, arrivals = random.Random(seed), []

    async def speak(second):
        segments = chance.choice((1, 1, 1, 2, 3))
        said = await second.say(segments, limit)
        if chance.random() < 0.1:
            time.sleep(chance.uniform(0, 0.1))  # noqa: ASYNC251 - the whole process stalls
        await asyncio.sleep(0.005 + chance.choice((0, 0, 0, chance.uniform(0, 0.2))))
        arrivals.append((time.monotonic(), segments))
        await asyncio.sleep(0.005 + chance.choice((0, 0, 0, chance.uniform(0, 0.05))))
        second.answered(said)

    async def speak_all():
        second = LastSecond(SENDER)
        await asyncio.gather(*(speak(second) for _ in range(texts)))
        await second.close()

    asyncio.run(speak_all())
    results.put(arrivals)


@pytest.mark.parametrize("limit", [20, 100])
def test_busy_processes_keep_one_pace_together(bell, limit):
    spawned = multiprocessing.get_context("spawn")
    results = spawned.Queue()
    others = [spawned.Process(target=stalled, args=(bell, seed, limit, limit, results)) for seed in range(3)]
    for one in others:
        one.start()
    arrivals = [one for _ in others for one in results.get(timeout=60)]
    for one in others:
        one.join(10)
    assert len(arrivals) == 3 * limit
    assert busiest(arrivals) <= limit
    took = max(at for at, _ in arrivals) - min(at for at, _ in arrivals)
    assert sum(size for _, size in arrivals) / took > 0.6 * limit, "a pace far below the limit wastes the night"
