"""Whoever says stop, in whatever words, is left alone at once and in everything; a doubt is held until it is read."""

import pytest

from phonebank import db
from phonebank.campaigns.models import Campaign
from phonebank.followups.models import CommitmentStatus, FollowUp, FollowUpStatus
from phonebank.handoffs import lifecycle as handoffs
from phonebank.intents import Intent, Outcome
from phonebank.messages import receiving
from phonebank.messages.models import Direction, Message, MessageKind, MessageStatus
from phonebank.optouts import ledger
from phonebank.optouts.models import Ban
from phonebank.optouts.queries import WRONG_NUMBER, is_opted_out, standing
from phonebank.recipients.models import Recipient, RecipientStatus
from phonebank.replies import handling
from phonebank.reports import queues
from tests.support import conversations as make
from tests.support import factories
from tests.support.factories import ADDRESS, do, fresh, says, update
from tests.support.talks import commitments, rows, said, stands, waiting

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize(
    "bodies", [("yes", "STOP"), ("STOP", "yes please"), ("what is this", "stop texting me", "thanks"), ("STOP", "STOP")]
)
def test_an_opt_out_anywhere_among_several_texts_is_one(rosa, clock, bodies):
    says(rosa.phone, *bodies, now=clock.now())
    with db.reading() as session:
        assert is_opted_out(session, rosa.phone)
    assert said(rosa.phone) == []
    assert stands(rosa) == (RecipientStatus.SETTLED, Outcome.OPTED_OUT)


def test_an_opt_out_ends_everything_in_every_campaign(drive, rosa, clock):
    with db.transaction() as session:
        other = make.campaign(session, clock.now())
        pending = factories.in_campaign(session, other, rosa, clock.now())
        ask = factories.queued(session, pending, other, clock.now())
    says(rosa.phone, "Yes!", now=clock.now())
    make_handoff = {"campaign_id": drive.id, "recipient_id": rosa.id, "reason": "question", "why": "", "urgency": 2}
    do(handoffs.open_, phone=rosa.phone, now=clock.now(), **make_handoff)
    says(rosa.phone, "STOP", now=clock.pass_by(minutes=1))
    assert said(rosa.phone) == []
    assert fresh(Message, ask).status is MessageStatus.CANCELED
    assert fresh(Recipient, pending.id).status is RecipientStatus.EXCLUDED
    assert [status for status, _ in commitments(rosa)] == [CommitmentStatus.WITHDRAWN]
    assert [one.status for one in rows(FollowUp)] == [FollowUpStatus.CANCELED]
    assert waiting(rosa.phone) == []


def test_start_lifts_the_persons_own_stop_and_leaves_nothing_owed(rosa, clock):
    says(rosa.phone, "STOP", now=clock.now())
    says(rosa.phone, "Start", now=clock.pass_by(minutes=1))
    with db.reading() as session:
        assert not is_opted_out(session, rosa.phone)
    assert said(rosa.phone) == []
    assert stands(rosa)[0] is RecipientStatus.SETTLED, "they wait for nothing, and neither do we"


def test_a_stop_after_a_start_stands(rosa, clock):
    says(rosa.phone, "STOP", "START", "STOP", now=clock.now())
    with db.reading() as session:
        assert is_opted_out(session, rosa.phone)


def test_a_yes_from_a_number_that_opted_out_is_a_request_for_a_person(rosa, clock):
    says(rosa.phone, "STOP", now=clock.now())
    says(rosa.phone, "Yes", now=clock.pass_by(minutes=1))
    assert [one.reason for one in waiting(rosa.phone)] == ["opt_in_request"]
    assert said(rosa.phone) == []
    with db.reading() as session:
        assert is_opted_out(session, rosa.phone)


def test_a_verdict_on_such_a_request_closes_it_for_good(rosa, clock):
    says(rosa.phone, "STOP", now=clock.now())
    says(rosa.phone, "Yes", now=clock.pass_by(minutes=1))
    [handoff] = waiting(rosa.phone)
    ana = do(make.person, clock.now())
    assert do(handoffs.claim, handoff.id, ana, clock.now())
    do(handling.verdict, handoff.id, person_id=ana, intent=Intent.YES, address=ADDRESS, now=clock.now())
    assert waiting(rosa.phone) == []
    assert said(rosa.phone) == []


def test_other_words_from_a_number_that_opted_out_are_kept_in_silence(rosa, clock):
    says(rosa.phone, "STOP", now=clock.now())
    for body in ("Why do you text me?", "HELP", "wrong number", "No", "ok thanks"):
        says(rosa.phone, body, now=clock.pass_by(minutes=1))
    assert (said(rosa.phone, canceled=True), waiting(rosa.phone)) == ([], [])


def test_what_the_carrier_called_a_stop_ends_everything_too(drive, rosa, clock):
    says(rosa.phone, "Yes!", now=clock.now())
    do(receiving.store, factories.inbound(rosa.phone, "basta ya", opt_out_type="STOP"), clock.now())
    do(handling.handle_phone, rosa.phone, address=ADDRESS, now=clock.pass_by(minutes=1))
    assert said(rosa.phone) == []
    assert [status for status, _ in commitments(rosa)] == [CommitmentStatus.WITHDRAWN]
    assert stands(rosa)[0] is RecipientStatus.SETTLED


def test_a_wrong_number_hears_one_apology_and_then_nothing(drive, rosa, clock):
    from phonebank.messages import lifecycle, tidying

    says(rosa.phone, "wrong number", now=clock.now())
    with db.reading() as session:
        assert standing(session, rosa.phone)[Ban.OPT_OUT].because == WRONG_NUMBER
    do(tidying.tidy, clock.now())
    [apology] = do(lifecycle.claim, drive.sender, 10, urgent_only=False, now=clock.now())
    assert apology.kind == MessageKind.APOLOGY
    for body in ("I said wrong number", "HELP", "ok", "Yes"):
        says(rosa.phone, body, now=clock.pass_by(minutes=1))
    assert said(rosa.phone) == [MessageKind.APOLOGY]
    assert stands(rosa)[1] is Outcome.WRONG_NUMBER


def test_a_stop_that_follows_a_wrong_number_takes_back_even_the_apology(rosa, clock):
    says(rosa.phone, "wrong number", now=clock.now())
    says(rosa.phone, "STOP", now=clock.now())
    assert said(rosa.phone) == []


def test_while_a_volunteer_holds_the_conversation_the_machine_says_nothing(rosa, clock):
    says(rosa.phone, "maybe", now=clock.now())
    [handoff] = waiting(rosa.phone)
    ana = do(make.person, clock.now())
    do(handoffs.claim, handoff.id, ana, clock.now())
    says(rosa.phone, "Yes!", now=clock.pass_by(minutes=1))
    assert (said(rosa.phone), commitments(rosa)) == ([], [])
    assert len(waiting(rosa.phone)) == 1


def test_what_may_be_a_stop_is_held_until_a_person_has_read_it(drive, rosa, clock):
    says(rosa.phone, "shop", now=clock.now())
    [handoff] = waiting(rosa.phone)
    assert (handoff.reason, handoff.urgency) == ("may_opt_out", 0)
    says(rosa.phone, "Yes!", now=clock.pass_by(minutes=1))
    assert (said(rosa.phone), commitments(rosa)) == ([], []), "a yes nobody may confirm is no yes yet"
    ana = do(make.person, clock.now())
    do(handoffs.claim, handoff.id, ana, clock.now())
    do(handling.verdict, handoff.id, person_id=ana, intent=Intent.YES, address=ADDRESS, now=clock.now())
    assert said(rosa.phone) == [MessageKind.CONFIRMATION]
    with db.reading() as session:
        assert standing(session, rosa.phone) == {}


def test_a_hold_read_as_a_stop_becomes_one(rosa, clock):
    says(rosa.phone, "hmm STOP", now=clock.now())
    [handoff] = waiting(rosa.phone)
    ana = do(make.person, clock.now())
    do(handoffs.claim, handoff.id, ana, clock.now())
    do(handling.verdict, handoff.id, person_id=ana, intent=Intent.OPT_OUT, address=ADDRESS, now=clock.now())
    with db.reading() as session:
        assert set(standing(session, rosa.phone)) == {Ban.OPT_OUT}
    assert (said(rosa.phone), waiting(rosa.phone)) == ([], [])


def test_a_stop_to_a_closed_campaign_is_one(drive, rosa, clock):
    update(Campaign, drive.id, status=factories.CLOSED)
    says(rosa.phone, "please take me off your list", now=clock.now())
    with db.reading() as session:
        assert is_opted_out(session, rosa.phone)


def test_a_stranger_is_kept_and_not_answered_but_their_stop_counts(drive, clock):
    stranger = "+12025550777"
    says(stranger, "Yes! who are you?", now=clock.now())
    says(stranger, "wrong number", now=clock.pass_by(minutes=1))
    with db.reading() as session:
        [row] = queues.strangers(session).rows
        assert (row.body, row.texts) == ("wrong number", 2)
        assert not is_opted_out(session, stranger)
    says(stranger, "stop texting me", now=clock.pass_by(minutes=1))
    with db.reading() as session:
        assert is_opted_out(session, stranger)
    assert rows(Message, direction=Direction.OUT) == []


def test_a_strangers_possible_stop_is_held(clock, drive):
    says("+12025550777", "shop", now=clock.now())
    assert [one.reason for one in waiting("+12025550777")] == ["may_opt_out"]


def test_somebody_who_was_banned_meanwhile_is_not_confirmed(rosa, clock):
    do(receiving.store, factories.inbound(rosa.phone, "Yes!"), clock.now())
    do(ledger.record, rosa.phone, because="on the telephone", by="Ana", now=clock.now())
    do(handling.handle_phone, rosa.phone, address=ADDRESS, now=clock.now())
    assert (said(rosa.phone, canceled=True), commitments(rosa)) == ([], [])
