"""What happens later, on a clock that may be wound, run fast or stopped."""

import asyncio
from datetime import timedelta

from phonebank.rehearsal.senders import Queue
from phonebank.rehearsal.timeline import Timeline


def _run(timeline, seconds, meanwhile=lambda: None):
    async def live():
        timeline.start()
        await asyncio.sleep(seconds / 2)
        meanwhile()
        await asyncio.sleep(seconds / 2)
        timeline.stop()

    asyncio.run(live())


def test_things_happen_in_the_order_of_their_moments_however_fast_the_clock_runs(clock):
    clock.run(1000.0)
    timeline, seen = Timeline(), []
    for seconds in (30, 10, 20, 10):
        timeline.after(seconds, lambda seconds=seconds: seen.append(seconds))
    _run(timeline, 0.4)
    assert seen == [10, 10, 20, 30]


def test_winding_the_clock_past_a_moment_makes_it_happen(clock):
    timeline, seen = Timeline(), []
    timeline.after(86_400, lambda: seen.append("a day later"))
    _run(timeline, 1.0, meanwhile=lambda: clock.pass_by(days=2))
    assert seen == ["a day later"]


def test_nothing_happens_while_the_clock_stands_still(clock):
    timeline, seen = Timeline(), []
    timeline.after(0.1, lambda: seen.append("too soon"))
    timeline.after(0, lambda: seen.append("now"))
    _run(timeline, 0.5)
    assert seen == ["now"]


def test_an_action_may_set_another(clock):
    clock.run(100.0)
    timeline, seen = Timeline(), []
    timeline.after(1, lambda: timeline.after(1, lambda: seen.append("second")))
    _run(timeline, 0.4)
    assert seen == ["second"]


def test_winding_the_clock_back_leaves_what_was_near_as_near(clock):
    clock.run(1.0)
    timeline, seen = Timeline(), []
    timeline.after(0.6, lambda: seen.append("soon"))
    _run(timeline, 1.2, meanwhile=lambda: clock.pass_by(days=-1))
    assert seen == ["soon"]


def test_a_senders_queue_is_wound_back_with_the_clock(clock):
    queue = Queue(rate=1.0)
    queue.take(clock.now(), 60, clock.now() + timedelta(hours=1))
    back = clock.pass_by(hours=-20)
    assert not queue.is_full(back)
    assert queue.take(back, 1, back + timedelta(hours=1)) == back + timedelta(seconds=60)
