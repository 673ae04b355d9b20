"""What tests of texts begin with."""

from contextlib import asynccontextmanager

import pytest

from phonebank.asks.models import Ask
from phonebank.campaigns.models import Campaign
from phonebank.gateway import twilio
from phonebank.people.models import Person
from tests.support import conversations as make
from tests.support import factories
from tests.support.factories import CarrierByHand, do, fresh, update


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


@pytest.fixture
def somebody(drive, clock):
    """somebody(first_name="Rosa"): of that campaign, not asked yet."""
    return lambda **fields: do(factories.member, drive, clock.now(), **fields)


@pytest.fixture
def by_hand(drive):
    """That campaign, its first texts sent by volunteers."""
    text = (
        "Hi {{ first_name }}, it's {{ sender_name }} with RepresentUs. "
        "Can I count on you to join us {{ ask.when }}? Reply STOP to end."
    )
    update(Campaign, drive.id, sent_by="people")
    update(Ask, drive.ask_id, texts={"en": [text]})
    return drive


@pytest.fixture
def volunteer(database, clock):
    """volunteer("Ana Lopez"): one of those who send."""
    return lambda name="Ana Lopez": fresh(Person, do(make.person, clock.now(), name))
