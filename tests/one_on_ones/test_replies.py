"""What they reply about a one-on-one is not about the ask: a plain yes confirms it, anything else reaches who meets them."""

import pytest

from phonebank.handoffs import lifecycle as handoffs
from phonebank.intents import Outcome
from phonebank.messages.models import Message, MessageKind
from phonebank.one_on_ones import texting
from phonebank.one_on_ones.models import OneOnOneStatus
from phonebank.recipients.models import Recipient
from tests.one_on_ones.conftest import ADDRESS, booked
from tests.support.factories import do, fresh, says, update
from tests.support.talks import commitments, deliver, rows, waiting

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def one(scene, book, clock):
    """Booked, told, and the conversation settled since."""
    update(Recipient, scene.rosa.id, outcome=Outcome.MAYBE)
    made = book()
    deliver(scene.rosa.phone, clock.now())
    do(handoffs.close, scene.handoff_id, person_id=None, verdict=None, now=clock.now())
    return made


def test_another_time_reaches_who_meets_them_with_its_reason(scene, one, clock):
    says(scene.rosa.phone, "Can we do 4 instead?", now=clock.pass_by(minutes=20))
    (handoff,) = waiting(scene.rosa.phone)
    assert handoff.reason == "one_on_one"
    assert handoff.why.startswith("The one-on-one is with Ana Voss.")
    assert fresh(Recipient, scene.rosa.id).outcome is Outcome.MAYBE, "not an answer to the ask"


@pytest.mark.parametrize("words", ["No, I can't make it", "Not Friday, sorry"])
def test_a_no_to_the_meeting_is_no_no_to_the_ask(scene, one, clock, words):
    says(scene.rosa.phone, words, now=clock.pass_by(minutes=20))
    assert [handoff.reason for handoff in waiting(scene.rosa.phone)] == ["one_on_one"]
    assert fresh(Recipient, scene.rosa.id).outcome is Outcome.MAYBE
    assert booked(one).status is OneOnOneStatus.BOOKED, "a person asks when it is better"
    assert rows(Message, phone=scene.rosa.phone, kind=MessageKind.THANKS) == []


def test_a_plain_yes_to_the_reminder_confirms_it_and_pledges_nothing(scene, one, clock):
    clock.set(clock.now().replace(day=4, hour=20))
    do(texting.write_due, address=ADDRESS, now=clock.now())
    deliver(scene.rosa.phone, clock.now())
    says(scene.rosa.phone, "Y", now=clock.pass_by(minutes=5))
    assert booked(one).status is OneOnOneStatus.CONFIRMED
    assert (waiting(scene.rosa.phone), commitments(scene.rosa)) == ([], [])
    assert fresh(Recipient, scene.rosa.id).outcome is Outcome.MAYBE


def test_stop_ends_the_meeting_with_everything_else(scene, one, clock):
    says(scene.rosa.phone, "STOP", now=clock.pass_by(minutes=5))
    assert booked(one).status is OneOnOneStatus.CALLED_OFF
    assert booked(one).remind_at is None
