"""Requests in flight: never more than the limit, halved once a round by refusals, and back up when all goes well."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from phonebank.gateway.in_flight import InFlight


def _run(gate, carrier_takes, requests):
    """Sends so many requests to a carrier that takes only so many at once; gives the most that were ever open."""
    open_now, most_open, refused = 0, 0, 0

    async def one():
        nonlocal open_now, most_open, refused
        began = await gate.enter()
        open_now += 1
        most_open = max(most_open, open_now)
        is_too_many = open_now > carrier_takes
        refused += is_too_many
        await asyncio.sleep(0)
        open_now -= 1
        gate.leave(began, is_too_many=is_too_many)

    async def everything():
        await asyncio.gather(*(one() for _ in range(requests)))

    asyncio.run(everything())
    return most_open, refused


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 400))
def test_never_more_than_the_limit_are_open_and_everyone_gets_through(most, carrier_takes, requests):
    gate = InFlight(most)
    most_open, _ = _run(gate, carrier_takes, requests)
    assert most_open <= most
    assert gate.count == 0
    assert 1 <= gate.limit <= most


def test_a_carrier_that_takes_few_is_soon_asked_for_few():
    gate = InFlight(128)
    _, refused = _run(gate, 10, 5000)
    assert gate.limit <= 20
    assert refused < 500


def test_a_round_of_refusals_halves_the_limit_once():
    async def refuse_all():
        gate = InFlight(8)
        began = [await gate.enter() for _ in range(8)]
        for one in began:
            gate.leave(one, is_too_many=True)
        return gate.limit

    assert asyncio.run(refuse_all()) == 4


def test_it_recovers_when_all_goes_well():
    gate = InFlight(32)
    gate.limit = 4.0
    _run(gate, 1000, 2000)
    assert gate.limit == 32
