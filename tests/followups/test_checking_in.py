"""Who came and who did not: marked once, undone only on purpose, and asked again as a list."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from phonebank import db
from phonebank.asks.models import Ask
from phonebank.contacts.models import Contact, ListMember
from phonebank.followups import enrolling, lifecycle, scheduling
from phonebank.followups.models import Commitment, CommitmentStatus
from phonebank.messages.models import Message, MessageKind
from phonebank.optouts import ledger
from phonebank.recipients.models import Recipient
from tests.support import conversations as make
from tests.support.factories import at_once, do, fresh
from tests.support.talks import rows

pytestmark = pytest.mark.usefixtures("database")
PLEDGED, CONFIRMED, KEPT, MISSED, WITHDRAWN = CommitmentStatus


@pytest.fixture
def yes(database, clock):
    """yes("Rosa"): a commitment to one event; with status="confirmed", one that has come so far."""
    drive = do(make.campaign, clock.now())

    def said(name="Rosa", status=PLEDGED):
        with db.transaction() as session:
            who = make.supporter(session, drive, clock.now(), name)
            made = scheduling.pledge(session, drive, session.get(Ask, drive.ask_id), who, clock.now())
            if status is CONFIRMED:
                lifecycle.confirm(session, made.id)
            if status is WITHDRAWN:
                lifecycle.withdraw(session, made.id, clock.now())
            return made

    return said


def status(commitment):
    return fresh(Commitment, commitment.id).status


@pytest.mark.parametrize("before", [PLEDGED, CONFIRMED, WITHDRAWN])
def test_whoever_comes_is_kept_and_stands_as_before_when_that_was_a_mistake(yes, clock, before):
    rosa = yes(status=before)
    assert do(lifecycle.keep, rosa.id, by=7, now=clock.now())
    marked = fresh(Commitment, rosa.id)
    assert (marked.status, marked.settled_by, marked.settled_at) == (KEPT, 7, clock.now())
    assert do(lifecycle.take_back_kept, rosa.id, marked_at=marked.settled_at)
    assert (status(rosa), fresh(Commitment, rosa.id).settled_at) == (before, None)


def test_two_greeters_at_once_mark_somebody_once(yes, clock):
    rosa = yes()
    marked = at_once(4, lambda greeter: do(lifecycle.keep, rosa.id, by=greeter, now=clock.now()))
    assert sorted(marked) == [False, False, False, True]
    assert status(rosa) is KEPT


def test_an_undo_undoes_only_the_mark_it_was_shown(yes, clock):
    rosa, seen = yes(), clock.now()
    do(lifecycle.keep, rosa.id, by=1, now=seen)
    do(lifecycle.take_back_kept, rosa.id, marked_at=seen)
    do(lifecycle.keep, rosa.id, by=2, now=seen + timedelta(seconds=5))
    assert not do(lifecycle.take_back_kept, rosa.id, marked_at=seen)
    assert (status(rosa), fresh(Commitment, rosa.id).settled_by) == (KEPT, 2)


def test_the_rest_did_not_come_and_that_is_taken_back_in_one_step(yes, clock):
    came, pledged, confirmed, gone = yes("Ana"), yes("Bo"), yes("Cy", CONFIRMED), yes("Di", WITHDRAWN)
    do(lifecycle.keep, came.id, by=1, now=clock.now())
    assert do(lifecycle.miss_the_rest, came.ask_id, by=1, now=clock.now()) == 2
    assert [status(one) for one in (came, pledged, confirmed, gone)] == [KEPT, MISSED, MISSED, WITHDRAWN]
    late = clock.now() + timedelta(minutes=1)
    assert do(lifecycle.keep, pledged.id, by=1, now=late), "somebody was forgotten at the door"
    assert do(lifecycle.take_back_missed, came.ask_id, marked_at=clock.now()) == 1
    assert [status(one) for one in (pledged, confirmed)] == [KEPT, CONFIRMED]
    do(lifecycle.take_back_kept, pledged.id, marked_at=late)
    assert status(pledged) is PLEDGED, "what it was before the day, not missed"


def test_whoever_came_gets_no_reminder_any_more(yes, clock):
    rosa = yes()
    with db.transaction() as session:
        scheduling.wishing.wish_for(session, rosa, scheduling.wishing.Wish.TOMORROW, now=clock.now())
        lifecycle.keep(session, rosa.id, by=1, now=clock.now())
    do(scheduling.write_due, address="https://x.example", now=clock.now() + timedelta(days=1))
    assert rows(Message, kind=MessageKind.REMINDER) == []


def test_those_who_did_not_come_are_a_list_without_those_who_opted_out(yes, clock):
    came, missed, stopped, gone = yes("Ana"), yes("Bo"), yes("Cy"), yes("Di", WITHDRAWN)
    with db.transaction() as session:
        lifecycle.keep(session, came.id, by=1, now=clock.now())
        lifecycle.miss_the_rest(session, came.ask_id, by=1, now=clock.now())
        phone = session.get(Recipient, stopped.recipient_id).phone
        ledger.record(session, phone, because="STOP", by="their text", now=clock.now())
    assert do(enrolling.count_reachable, came.ask_id, [MISSED]) == 1
    list_id, is_new = do(enrolling.list_of, "Did not come", came.ask_id, [MISSED, WITHDRAWN], clock.now())
    assert (names_on(list_id), is_new) == (["Bo", "Di"], True)
    assert do(enrolling.list_of, "Did not come", came.ask_id, [WITHDRAWN], clock.now()) == (list_id, False)
    assert names_on(list_id) == ["Bo", "Di"], "sent twice, it is made once"
    assert missed.id != gone.id


def names_on(list_id):
    with db.reading() as session:
        on_it = select(Contact.first_name).join(ListMember, col(ListMember.contact_id) == col(Contact.id))
        return sorted(session.exec(on_it.where(ListMember.list_id == list_id)))
