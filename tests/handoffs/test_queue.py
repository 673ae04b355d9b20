"""Whose turn it is: urgency and wait, what is put aside, what is handed over, and who may take it."""

from datetime import timedelta

import pytest

from phonebank import db
from phonebank.errors import BadInputError, NotFoundError
from phonebank.handoffs import answering, lifecycle, queries, saving
from phonebank.handoffs.suggesting import filled
from tests.support import conversations as make


@pytest.fixture
def people(database, clock):
    with db.transaction() as session:
        return [make.person(session, clock.now(), name) for name in ("Ana", "Ben")]


@pytest.fixture
def waits(database, clock):
    with db.transaction() as session:
        drive = make.campaign(session, clock.now())

    def handed_off(name="Rosa", **fields):
        with db.transaction() as session:
            supporter = make.supporter(session, drive, clock.now(), name)
            return make.handed_off(session, supporter, clock.now(), **fields), supporter

    return handed_off


def _do(verb, *args, **named):
    with db.transaction() as session:
        return verb(session, *args, **named)


def _next(person, clock, **named):
    return _do(lifecycle.claim_next, person, clock.now(), **named)


def test_held_opt_outs_come_first_then_a_yes_in_doubt_then_who_has_waited_longest(people, waits, clock):
    ana, ben = people
    first, _ = waits()
    clock.pass_by(minutes=1)
    second, _ = waits()
    at_risk, _ = waits(urgency=1)
    held, _ = waits(urgency=0)
    assert [_next(ana, clock), _next(ben, clock), _next(ana, clock), _next(ben, clock)] == [
        held,
        at_risk,
        first,
        second,
    ]
    assert _next(ana, clock) is None


def test_who_wrote_again_waits_from_then(people, waits, clock):
    ana, ben = people
    early, rosa = waits()
    _do(lifecycle.claim, early, ana, clock.now())
    _do(answering.answer, early, ana, "Hi!", clock.now(), nonce="1")
    _do(lifecycle.release, early, ana)
    clock.pass_by(minutes=5)
    later, _ = waits()
    clock.pass_by(minutes=5)
    with db.transaction() as session:
        make.text(session, rosa, "and where?", clock.now())
        again = {"campaign_id": rosa.campaign_id, "recipient_id": rosa.id, "reason": "question", "why": ""}
        lifecycle.open_(session, phone=rosa.phone, urgency=2, now=clock.now(), **again)
    assert [_next(ben, clock), _next(ana, clock)] == [later, early]


def test_a_text_read_after_it_was_answered_waits_for_nobody(people, waits, clock):
    ana, ben = people
    handoff, rosa = waits()
    _do(lifecycle.claim, handoff, ana, clock.now())
    _do(answering.answer, handoff, ana, "Hi!", clock.now(), nonce="1")
    with db.transaction() as session:  # the turn reads what Ana has already seen and answered
        story = {"campaign_id": rosa.campaign_id, "recipient_id": rosa.id, "reason": "question", "why": ""}
        lifecycle.open_(session, phone=rosa.phone, urgency=2, now=clock.now(), **story)
    _do(lifecycle.release, handoff, ana)
    assert _next(ben, clock) is None


def test_an_answer_that_never_arrived_is_none(people, waits, clock):
    ana, ben = people
    handoff, _ = waits()
    _do(lifecycle.claim, handoff, ana, clock.now())
    make_failed = _do(answering.answer, handoff, ana, "Hi!", clock.now(), nonce="1")
    _do(lifecycle.release, handoff, ana)
    with db.transaction() as session:
        session.get(make.Message, make_failed).status = make.MessageStatus.FAILED
    assert _next(ben, clock) is None
    _do(lifecycle.lapse, clock.now())
    assert _next(ben, clock) == handoff


def test_ones_own_comes_again_when_they_have_written_back(people, waits, clock):
    ana, ben = people
    handoff, rosa = waits()
    _do(lifecycle.claim, handoff, ana, clock.now())
    _do(answering.answer, handoff, ana, "Hi!", clock.now(), nonce="1")
    clock.pass_by(minutes=1)
    with db.transaction() as session:
        make.text(session, rosa, "yes", clock.now())
        story = {"campaign_id": rosa.campaign_id, "recipient_id": rosa.id, "reason": "yes", "why": ""}
        lifecycle.open_(session, phone=rosa.phone, urgency=2, now=clock.now(), **story)
    assert _next(ben, clock) is None
    assert _next(ana, clock, but=handoff) is None
    assert _next(ana, clock) == handoff


def test_snoozed_comes_back_by_itself_or_when_they_write(people, waits, clock):
    ana, ben = people
    handoff, rosa = waits()
    other, _ = waits("Luis")
    for one in (handoff, other):
        _do(lifecycle.claim, one, ana, clock.now())
        assert _do(lifecycle.snooze, one, ana, clock.now() + timedelta(hours=1), clock.now())
    assert _next(ben, clock) is None
    with db.transaction() as session:
        make.text(session, rosa, "hello?", clock.now())
    assert _next(ben, clock) == handoff
    assert _next(ben, clock) is None
    _do(lifecycle.close, handoff, person_id=ben, verdict="no", now=clock.now())
    clock.pass_by(hours=2)
    assert _next(ana, clock) == other


def test_what_is_handed_over_is_the_organizers(people, waits, clock):
    ana, ben = people
    handoff, _ = waits()
    assert not _do(lifecycle.hand_over, handoff, ana, "mine?", clock.now())
    _do(lifecycle.claim, handoff, ana, clock.now())
    assert _do(lifecycle.hand_over, handoff, ana, "asks for the director", clock.now())
    assert _next(ben, clock) is None
    assert not _do(lifecycle.claim, handoff, ben, clock.now())
    assert _next(ben, clock, organizes=True) == handoff
    assert _do(lifecycle.hand_back, handoff)
    assert not _do(lifecycle.hand_back, handoff)
    assert _next(ana, clock) == handoff


@pytest.mark.database("sqlite")
def test_a_saved_answer_is_filled_for_this_person_or_left_out(database, clock):
    with db.transaction() as session:
        drive = make.campaign(session, clock.now())
        for shortcut, body, campaign in (
            ("/Zoom", "Hi {{ first_name }}, old", None),
            ("zoom", "Hi {{ first_name }}!", drive.id),
            ("who", "{{ nobody }}", None),
        ):
            saving.save(session, shortcut, body, campaign, by="Olu", now=clock.now())
        saving.save(session, "zoom", "Hello {{ first_name }}!", drive.id, by="Olu", now=clock.now())
        found = filled(queries.saved_for(session, drive.id), {"first_name": "Rosa"})
        assert [(one.label, one.text) for one in found] == [("zoom", "Hello Rosa!")]
        for wrong in ("", "two words", "/"):
            with pytest.raises(BadInputError):
                saving.save(session, wrong, "Hi", None, by="Olu", now=clock.now())
        with pytest.raises(NotFoundError):
            saving.forget(session, 999)
