"""What tests of texts begin with."""

from contextlib import asynccontextmanager

import pytest

from phonebank.gateway import twilio
from tests.support import conversations as make
from tests.support.factories import CarrierByHand, do


@pytest.fixture
def carrier(monkeypatch):
    """A carrier that says what a test has it say."""
    by_hand = CarrierByHand()

    @asynccontextmanager
    async def speaking(_settings, in_flight=1):
        yield by_hand

    monkeypatch.setattr(twilio, "speaking", speaking)
    return by_hand


@pytest.fixture
def drive(database, clock):
    return do(make.campaign, clock.now())
