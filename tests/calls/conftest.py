"""What tests of calls begin with."""

import itertools

import pytest

from phonebank.calls.models import Call, CallKind, CallStatus
from phonebank.calls.paying import price_micros
from phonebank.campaigns.models import Channel
from phonebank.contacts.models import Consent
from tests.support import conversations as make
from tests.support import factories
from tests.support.conversations import kept
from tests.support.factories import do

SENDER = "+12025550190"
SCRIPT = {"ask": "Can we count on you?", "attempts": 3, "spacing": "4h"}
_sids = itertools.count(1)


def call_sid():
    return f"CA{next(_sids):032x}"


def agreed(session, phone, now):
    """They agreed to hear from us."""
    kept(session, Consent(phone=phone, source="a form", recorded_by="Ana", recorded_at=now))


@pytest.fixture
def drive(database, clock):
    """A running campaign of calls."""
    return do(make.campaign, clock.now(), channel=Channel.CALL, sender=SENDER, call_script=SCRIPT)


@pytest.fixture
def somebody(drive, clock):
    """somebody(): of that campaign, not called yet, who agreed to be called; `consent=False`: who did not."""

    def made(*, consent=True, **fields):
        who = do(factories.member, drive, clock.now(), **fields)
        if consent:
            do(agreed, who.phone, clock.now())
        return who

    return made


@pytest.fixture
def queued(drive, clock):
    """queued(who): the id of a call to them that is due."""

    def written(who, **fields):
        words = {
            "kind": CallKind.SCRIPTED,
            "status": CallStatus.QUEUED,
            "step": "call",
            "sender": SENDER,
            "due_at": clock.now(),
            "cost_micros": price_micros(1, clock.now().date()),
            **fields,
        }
        row = Call(campaign_id=drive.id, recipient_id=who.id, phone=who.phone, created_at=clock.now(), **words)
        return do(kept, row).id

    return written
