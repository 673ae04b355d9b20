"""A reply is read and acted on once, whole or not at all: a yes, a no, another day, a question, whoever wrote it."""

from datetime import timedelta

import pytest

from phonebank import db
from phonebank.asks.models import Ask
from phonebank.campaigns.models import Campaign
from phonebank.followups.models import Commitment, CommitmentStatus, FollowUp, FollowUpStatus
from phonebank.intents import Decision, Outcome
from phonebank.messages import receiving
from phonebank.messages.models import Message, MessageKind, MessageStatus
from phonebank.recipients.models import RecipientStatus
from phonebank.replies import handling
from phonebank.replies.models import ReplyReading
from tests.support import conversations as make
from tests.support import factories
from tests.support.factories import ADDRESS, at_once, do, fresh, says, update
from tests.support.talks import commitments, deliver, rows, said, stands, waiting

pytestmark = pytest.mark.usefixtures("database")


def test_a_yes_is_confirmed_pledged_and_reminded(drive, rosa, clock):
    assert says(rosa.phone, "Yes!", now=clock.now())
    assert stands(rosa) == (RecipientStatus.SETTLED, Outcome.YES)
    assert said(rosa.phone) == [MessageKind.CONFIRMATION]
    [commitment] = rows(Commitment)
    assert commitment.status is CommitmentStatus.PLEDGED
    assert f"{ADDRESS}/y/{commitment.token}" in rows(Message, kind=MessageKind.CONFIRMATION)[0].body
    [reminder] = rows(FollowUp)
    assert (reminder.status, reminder.due_at) == (
        FollowUpStatus.SCHEDULED,
        fresh(Ask, drive.ask_id).starts_at - timedelta(days=1),
    )
    assert waiting(rosa.phone) == []


def test_thanks_for_the_confirmation_wait_for_nobody(rosa, clock):
    says(rosa.phone, "Yes!", now=clock.now())
    says(rosa.phone, "Thank you so much!", now=clock.now())
    assert stands(rosa) == (RecipientStatus.SETTLED, Outcome.YES)
    assert said(rosa.phone) == [MessageKind.CONFIRMATION]
    assert waiting(rosa.phone) == []


def test_a_reply_is_handled_once_by_turns_at_once(rosa, clock):
    do(receiving.store, factories.inbound(rosa.phone, "Yes!"), clock.now())
    handled = at_once(4, lambda _: do(handling.handle_phone, rosa.phone, address=ADDRESS, now=clock.now()))
    assert sorted(handled) == [False, False, False, True]
    assert said(rosa.phone) == [MessageKind.CONFIRMATION]
    assert len(rows(ReplyReading)) == 1


def test_what_fails_half_way_is_read_again_whole(rosa, clock, monkeypatch):
    do(receiving.store, factories.inbound(rosa.phone, "Yes!"), clock.now())

    def crash(*_args, **_more):
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(handling, "carry_out", crash)
        with pytest.raises(ZeroDivisionError):
            do(handling.handle_phone, rosa.phone, address=ADDRESS, now=clock.now())
    assert rows(ReplyReading) == []
    assert do(handling.handle_phone, rosa.phone, address=ADDRESS, now=clock.now())
    assert said(rosa.phone) == [MessageKind.CONFIRMATION]


def test_a_no_is_thanked_once(rosa, clock):
    says(rosa.phone, "No thanks", now=clock.now())
    says(rosa.phone, "no", now=clock.pass_by(minutes=1))
    assert stands(rosa) == (RecipientStatus.SETTLED, Outcome.NO)
    assert said(rosa.phone) == [MessageKind.THANKS]


def test_a_no_may_become_a_yes(rosa, clock):
    says(rosa.phone, "No thanks", now=clock.now())
    deliver(rosa.phone, clock.now())
    says(rosa.phone, "Yes count me in", now=clock.pass_by(minutes=5))
    assert stands(rosa) == (RecipientStatus.SETTLED, Outcome.YES)
    assert said(rosa.phone) == [MessageKind.THANKS, MessageKind.CONFIRMATION]


def test_several_texts_in_a_row_are_read_as_one(rosa, clock):
    says(rosa.phone, "Sure", "where is it?", now=clock.now())
    readings = rows(ReplyReading)
    assert [one.decision for one in readings] == [Decision.CONFIRM_AND_HAND_OFF] * 2
    assert said(rosa.phone) == [MessageKind.CONFIRMATION]
    assert [one.reason for one in waiting(rosa.phone)] == ["yes"]
    assert stands(rosa) == (RecipientStatus.WITH_VOLUNTEER, Outcome.YES)


def test_texts_in_a_row_that_contradict_each_other_go_to_a_person(rosa, clock):
    says(rosa.phone, "yes", "actually no", now=clock.now())
    assert said(rosa.phone) == []
    assert len(waiting(rosa.phone)) == 1
    assert commitments(rosa) == []


def test_a_yes_taken_back_is_withdrawn_with_its_reminders(rosa, clock):
    says(rosa.phone, "Yes!", now=clock.now())
    deliver(rosa.phone, clock.now())
    says(rosa.phone, "No, sorry", now=clock.pass_by(days=1))
    assert [status for status, _ in commitments(rosa)] == [CommitmentStatus.WITHDRAWN]
    assert [one.status for one in rows(FollowUp)] == [FollowUpStatus.CANCELED]
    assert stands(rosa) == (RecipientStatus.SETTLED, Outcome.NO)
    assert said(rosa.phone) == [MessageKind.CONFIRMATION, MessageKind.THANKS]


def test_a_yes_taken_back_before_its_confirmation_went_is_not_confirmed(rosa, clock):
    says(rosa.phone, "Yes!", now=clock.now())
    says(rosa.phone, "No, sorry", now=clock.pass_by(seconds=5))
    assert said(rosa.phone) == [MessageKind.THANKS]


def test_taking_one_yes_back_leaves_the_reminder_of_another_event(drive, rosa, clock):
    with db.transaction() as session:
        other = make.campaign(session, clock.now())
        theirs = factories.in_campaign(session, other, rosa, clock.now(), status=RecipientStatus.SETTLED)
        more = {"kind": MessageKind.REMINDER, "step": "reminder:77", "due_at": clock.now() + timedelta(hours=1)}
        reminder = factories.queued(session, theirs, other, clock.now(), **more)
    says(rosa.phone, "Yes!", now=clock.now())
    says(rosa.phone, "No, sorry", now=clock.pass_by(minutes=5))
    assert fresh(Message, reminder).status is MessageStatus.QUEUED


def test_a_not_now_gets_the_other_date_once_then_thanks(rosa, clock):
    says(rosa.phone, "I can't that day", now=clock.now())
    assert stands(rosa) == (RecipientStatus.ASKED, Outcome.NOT_NOW)
    deliver(rosa.phone, clock.now())
    says(rosa.phone, "I can't that day either", now=clock.pass_by(minutes=5))
    assert said(rosa.phone) == [MessageKind.ALTERNATIVE, MessageKind.THANKS]
    assert stands(rosa) == (RecipientStatus.SETTLED, Outcome.NOT_NOW)


def test_a_yes_to_the_other_date_is_a_yes_to_that_date(drive, rosa, clock):
    says(rosa.phone, "I can't that day", now=clock.now())
    deliver(rosa.phone, clock.now())
    says(rosa.phone, "Yes!", now=clock.pass_by(minutes=5))
    [(status, ask_id)] = commitments(rosa)
    assert (status, ask_id != drive.ask_id) == (CommitmentStatus.PLEDGED, True)
    assert rows(FollowUp)[0].due_at == fresh(Ask, ask_id).starts_at - timedelta(days=1)


def test_a_yes_moved_to_the_other_date_leaves_one_standing(drive, rosa, clock):
    says(rosa.phone, "Yes!", now=clock.now())
    deliver(rosa.phone, clock.now())
    says(rosa.phone, "Actually I can't come", now=clock.pass_by(hours=1))
    assert said(rosa.phone) == [MessageKind.CONFIRMATION, MessageKind.ALTERNATIVE]
    deliver(rosa.phone, clock.now())
    says(rosa.phone, "Yes that works", now=clock.pass_by(minutes=5))
    assert [status for status, _ in commitments(rosa)] == [CommitmentStatus.WITHDRAWN, CommitmentStatus.PLEDGED]


def test_help_is_explained_once_a_day(rosa, clock):
    for _ in range(3):
        says(rosa.phone, "HELP", now=clock.pass_by(minutes=1))
    assert said(rosa.phone) == [MessageKind.HELP]
    says(rosa.phone, "HELP", now=clock.pass_by(days=1))
    assert said(rosa.phone) == [MessageKind.HELP] * 2


def test_help_decides_nothing(rosa, clock):
    says(rosa.phone, "HELP", now=clock.now())
    assert stands(rosa)[1] is Outcome.NONE
    says(rosa.phone, "Yes!", now=clock.pass_by(minutes=1))
    assert said(rosa.phone) == [MessageKind.HELP, MessageKind.CONFIRMATION]


def test_a_maybe_waits_for_a_person_and_a_later_yes_closes_it(rosa, clock):
    says(rosa.phone, "maybe", now=clock.now())
    assert stands(rosa) == (RecipientStatus.WITH_VOLUNTEER, Outcome.MAYBE)
    assert [one.reason for one in waiting(rosa.phone)] == ["maybe"]
    says(rosa.phone, "Yes!", now=clock.pass_by(minutes=5))
    assert (waiting(rosa.phone), stands(rosa)) == ([], (RecipientStatus.SETTLED, Outcome.YES))


def test_a_question_still_waits_for_its_answer_after_a_yes(rosa, clock):
    says(rosa.phone, "who is this", now=clock.now())
    says(rosa.phone, "Yes!", now=clock.pass_by(minutes=5))
    assert len(waiting(rosa.phone)) == 1
    assert stands(rosa) == (RecipientStatus.WITH_VOLUNTEER, Outcome.YES)


def test_a_late_reply_to_a_closed_campaign_is_shown_and_not_answered(drive, rosa, clock):
    update(Campaign, drive.id, status=factories.CLOSED)
    says(rosa.phone, "Yes!", now=clock.now())
    [late] = waiting(rosa.phone)
    assert (late.reason, late.urgency) == ("late", 3)
    assert (said(rosa.phone), commitments(rosa)) == ([], [])


def test_a_reply_belongs_to_the_campaign_that_spoke_last(drive, rosa, clock):
    with db.transaction() as session:
        other = make.campaign(session, clock.now())
        theirs = factories.in_campaign(session, other, rosa, clock.now(), status=RecipientStatus.ASKED)
        gone = {"status": MessageStatus.SENT, "claimed_at": clock.now(), "attempts": 1}
        factories.queued(session, theirs, other, clock.now(), **gone)
    says(rosa.phone, "Yes!", now=clock.pass_by(minutes=1))
    assert stands(theirs) == (RecipientStatus.SETTLED, Outcome.YES)
    assert stands(rosa) == (RecipientStatus.ASKED, Outcome.NONE)


def test_a_report_that_settles_a_text_put_back_does_not_make_it_the_last_for_ever(drive, rosa, clock):
    """Its claim was forgotten when it went back to the queue: it is as old as it was written."""
    with db.transaction() as session:
        other = make.campaign(session, clock.now())
        theirs = factories.in_campaign(session, other, rosa, clock.now(), status=RecipientStatus.ASKED)
        gone = {"status": MessageStatus.SENT, "claimed_at": None, "attempts": 1}
        factories.queued(session, theirs, other, clock.now() - timedelta(days=3), **gone)
    says(rosa.phone, "Yes!", now=clock.pass_by(minutes=1))
    assert stands(rosa) == (RecipientStatus.SETTLED, Outcome.YES)


def test_an_answer_at_night_goes_at_once(rosa, clock):
    night = clock.pass_by(hours=10)
    says(rosa.phone, "Yes!", now=night)
    assert rows(Message, kind=MessageKind.CONFIRMATION)[0].due_at == night


def test_a_reply_that_waited_all_night_is_answered_in_the_morning(rosa, clock):
    night = clock.pass_by(hours=10)
    do(receiving.store, factories.inbound(rosa.phone, "Yes!"), night)
    do(handling.handle_phone, rosa.phone, address=ADDRESS, now=night + timedelta(hours=1))
    assert rows(Message, kind=MessageKind.CONFIRMATION)[0].due_at > night + timedelta(hours=5)


def test_a_picture_without_words_goes_to_a_person(rosa, clock):
    do(receiving.store, factories.inbound(rosa.phone, ""), clock.now())
    do(handling.handle_phone, rosa.phone, address=ADDRESS, now=clock.now())
    assert len(waiting(rosa.phone)) == 1
    assert said(rosa.phone) == []
