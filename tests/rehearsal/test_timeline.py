"""What happens later, on a clock that may be wound, run fast or stopped."""

import asyncio

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
