"""To an event that has begun nobody is confirmed or invited any more: a person says what can still be done."""

from datetime import timedelta

import pytest

from phonebank.asks.models import Ask
from phonebank.followups.models import CommitmentStatus
from phonebank.handoffs import lifecycle as handoffs
from phonebank.intents import Intent, Outcome
from phonebank.messages import tidying
from phonebank.messages.models import Message, MessageKind, MessageStatus
from phonebank.recipients.models import RecipientStatus
from phonebank.replies import handling
from tests.support import conversations as make
from tests.support.factories import ADDRESS, do, fresh, says
from tests.support.talks import commitments, deliver, rows, said, stands, waiting

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def begins(drive):
    return fresh(Ask, drive.ask_id).starts_at


def test_a_yes_after_the_event_began_goes_to_a_person_and_promises_nothing(rosa, begins):
    says(rosa.phone, "Yes!", now=begins)
    assert said(rosa.phone) == []
    assert commitments(rosa) == []
    assert [one.reason for one in waiting(rosa.phone)] == ["yes"]


def test_a_yes_just_before_it_is_confirmed_but_not_after_it_began(rosa, begins):
    says(rosa.phone, "Yes!", now=begins - timedelta(minutes=5))
    [confirmation] = rows(Message, kind=MessageKind.CONFIRMATION)
    assert confirmation.useless_at == begins
    do(tidying.tidy, begins)
    assert [one.status for one in rows(Message, kind=MessageKind.CONFIRMATION)] == [MessageStatus.CANCELED]
    assert stands(rosa) == (RecipientStatus.SETTLED, Outcome.YES)


def test_a_volunteers_verdict_of_yes_after_it_began_is_kept_without_a_text(rosa, begins, drive):
    says(rosa.phone, "Hmm, maybe", now=begins - timedelta(hours=1))
    [handoff] = waiting(rosa.phone)
    now = begins + timedelta(minutes=5)
    ana = do(make.person, now)
    assert do(handoffs.claim, handoff.id, ana, now)
    do(handling.verdict, handoff.id, person_id=ana, intent=Intent.YES, address=ADDRESS, now=now)
    assert stands(rosa) == (RecipientStatus.SETTLED, Outcome.YES)
    assert commitments(rosa) == [(CommitmentStatus.PLEDGED, drive.ask_id)]
    assert said(rosa.phone) == []


def test_a_no_after_it_began_is_thanked_all_the_same(rosa, begins):
    says(rosa.phone, "No thanks", now=begins)
    assert said(rosa.phone) == [MessageKind.THANKS]


def test_an_alternative_that_has_begun_is_not_offered(rosa, begins):
    says(rosa.phone, "I can't make it that day", now=begins + timedelta(days=1))
    assert said(rosa.phone) == []
    assert len(waiting(rosa.phone)) == 1


def test_a_later_alternative_is_still_offered_after_the_event_and_may_be_taken(rosa, begins):
    says(rosa.phone, "I can't make it that day", now=begins + timedelta(hours=1))
    assert said(rosa.phone) == [MessageKind.ALTERNATIVE]
    deliver(rosa.phone, begins + timedelta(hours=1))
    says(rosa.phone, "Yes", now=begins + timedelta(hours=2))
    assert said(rosa.phone) == [MessageKind.ALTERNATIVE, MessageKind.CONFIRMATION]
