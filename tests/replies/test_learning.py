"""What people say of readings is kept, counted, and replayed against what the person had read of us by then."""

from datetime import timedelta

import pytest

from phonebank import db
from phonebank.handoffs import lifecycle as handoffs
from phonebank.intents import Decision, Intent
from phonebank.messages.models import Message, MessageKind, MessageStatus
from phonebank.replies import agreement, handling, recording, replaying
from phonebank.replies.models import ReplyReading, ReplyThreshold
from phonebank.replies.reading import ACTS_FROM
from tests.support import conversations as make
from tests.support import factories
from tests.support.factories import ADDRESS, do, says, update
from tests.support.talks import deliver, rows, waiting

pytestmark = pytest.mark.usefixtures("database")


def judge(supporter, intent, now):
    """A volunteer takes this number's conversation and says what they decided. Gives the volunteer's id."""
    [handoff] = waiting(supporter.phone)
    with db.transaction() as session:
        ana = make.person(session, now)
        handoffs.claim(session, handoff.id, ana, now)
        handling.verdict(session, handoff.id, person_id=ana, intent=intent, address=ADDRESS, now=now)
    return ana


def report(campaign_id=None):
    with db.reading() as session:
        return agreement.report(session, campaign_id)


def replayed(campaign_id=None, **more):
    with db.reading() as session:
        return list(replaying.replay(session, campaign_id, **more))


def test_a_verdict_is_kept_with_who_and_when(rosa, clock):
    says(rosa.phone, "hmm maybe, ask me later", now=clock.now())
    ana = judge(rosa, Intent.NOT_NOW, clock.pass_by(minutes=3))
    [reading] = rows(ReplyReading)
    assert reading.verdict == "not_now"
    assert (reading.judged_by, reading.judged_at, reading.judged_after_answer) == (ana, clock.now(), False)


def test_a_verdict_after_our_answer_is_of_the_talk_and_not_counted(drive, rosa, clock):
    says(rosa.phone, "maybe?", now=clock.now())
    do(make.text, rosa, "Is it the day?", clock.pass_by(minutes=1), kind=MessageKind.ANSWER)
    judge(rosa, Intent.YES, clock.pass_by(minutes=3))
    assert rows(ReplyReading)[0].judged_after_answer
    found = report()
    assert (found["verdicts"], found["after_answer"], found["confusion"]) == (0, 1, {})
    assert found["worth_reading"] == []


def test_a_wrong_yes_that_somebody_takes_up_is_counted_as_corrected(rosa, clock):
    says(rosa.phone, "Yes!", now=clock.now())
    told = {"reason": "other", "why": "taken up by an organizer", "urgency": 2}
    where = {"phone": rosa.phone, "campaign_id": rosa.campaign_id, "recipient_id": rosa.id}
    do(handoffs.open_, now=clock.pass_by(minutes=5), **where, **told)
    judge(rosa, Intent.NO, clock.now())
    found = report()
    assert found["corrected"] == {"yes": {"no": 1}}
    assert [(one["text"], one["acted"]) for one in found["worth_reading"]] == [("Yes!", True)]


def read_as(session, drive, now, intent, verdict, *, text="words", **fields):
    """One reply that was read and judged so."""
    supporter = make.supporter(session, drive, now)
    heard = make.text(session, supporter, text, now)
    words = {"confidence": 0.95, "acted": False, "hold": False, "why": "because", "decision": Decision.HAND_OFF}
    row = {"message_id": heard, "recipient_id": supporter.id, "intent": intent, "verdict": verdict, "read_at": now}
    return make.kept(session, ReplyReading(**{**row, **words, **fields}))


def test_agreement_confusion_and_corrections_are_counted(drive, clock):
    with db.transaction() as session:
        for _ in range(3):
            read_as(session, drive, clock.now(), Intent.YES, "yes", acted=True)
        read_as(session, drive, clock.now(), Intent.YES, "no", acted=True, text="yes if only", confidence=0.99)
        read_as(session, drive, clock.now(), Intent.NO, "not_now", text="not then", confidence=0.7)
        read_as(session, drive, clock.now(), Intent.QUESTION, "yes", confidence=0.9)
        read_as(session, drive, clock.now(), Intent.NO, None)
    found = report(drive.id)
    yes = next(one for one in found["agreement"] if one["intent"] == "yes")
    assert (yes["judged"], yes["agreed"]) == (4, 3)
    assert yes["share"] == [0.75, 0.3006, 0.9544]  # Wilson's interval for 3 of 4
    assert found["confusion"] == {
        "question": {"yes": 1},
        "no": {"not_now": 1},
        "yes": {"no": 1, "yes": 3},
    }
    assert found["corrected"] == {"yes": {"no": 1}}
    assert [one["text"] for one in found["worth_reading"]] == ["yes if only", "words", "not then"]
    assert (found["replies"], found["acted"], found["verdicts"]) == (7, 4, 6)


def test_another_campaigns_replies_are_left_out_when_one_is_named(drive, clock):
    with db.transaction() as session:
        other = make.campaign(session, clock.now())
        read_as(session, other, clock.now(), Intent.YES, "no")
    assert report(drive.id)["replies"] == 0
    assert report()["verdicts"] == 1
    assert replayed(drive.id) == []
    assert len(replayed()) == 1


def test_no_number_or_name_is_told(drive, clock):
    with db.transaction() as session:
        read_as(session, drive, clock.now(), Intent.YES, "no")
    told = str(report())
    assert "+1202" not in told
    assert "Secretname" not in told
    assert "Rosa" not in told


def test_nothing_read_is_an_empty_report():
    found = report()
    assert (found["replies"], found["verdicts"], found["confusion"], found["worth_reading"]) == (0, 0, {}, [])


@pytest.mark.parametrize(
    "texts",
    [["Yes!"], ["Sure", "where is it?"], ["take me off"], ["can't Saturday"], ["maybe, depends"], ["🤷"], ["No"]],
)
def test_a_reply_read_a_moment_ago_is_replayed_as_it_was(rosa, clock, texts):
    says(rosa.phone, *texts, now=clock.now())
    clock.pass_by(days=2)
    [one] = replayed()
    assert one.is_same, (one.was, one.would_be)
    assert one.texts == len(texts)


def test_a_choice_is_replayed_against_the_menu_they_had_then_not_a_later_one(drive, rosa, clock):
    menu = {"kind": MessageKind.ANSWER, "status": MessageStatus.DELIVERED}
    do(make.text, rosa, "Reply 1 for yes, 2 for no.", clock.now(), **menu)
    says(rosa.phone, "2", now=clock.pass_by(minutes=1))
    do(make.text, rosa, "Reply 1 for no, 2 for yes.", clock.pass_by(minutes=1), **menu)
    [one] = replayed()
    assert (one.reading.intent, one.is_same) == (Intent.NO, True)


def test_our_text_that_failed_later_had_been_sent_by_then(drive, rosa, clock):
    menu = {"kind": MessageKind.ANSWER, "status": MessageStatus.SENT}
    sent = do(make.text, rosa, "Reply 1 for yes, 2 for no.", clock.now(), **menu)
    says(rosa.phone, "2", now=clock.pass_by(minutes=1))
    update(Message, sent, status=MessageStatus.UNDELIVERED, settled_at=clock.pass_by(minutes=5))
    assert replayed()[0].is_same
    update(Message, sent, settled_at=clock.now() - timedelta(minutes=6))
    assert not replayed()[0].is_same


def test_what_a_new_reader_would_do_otherwise_shows(rosa, clock):
    says(rosa.phone, "Yes!", now=clock.now())
    [reading] = rows(ReplyReading)
    update(ReplyReading, reading.id, intent=Intent.OTHER, acted=False)
    [one] = replayed()
    assert (one.was, one.would_be, one.is_same) == ("other, to a person", "yes, answered", False)


def test_what_the_carrier_took_for_a_stop_was_not_read_and_is_not_replayed(rosa, clock):
    says(rosa.phone, "STOP", now=clock.now())
    assert [one.intent for one in rows(ReplyReading)] == [Intent.OPT_OUT]
    assert replayed() == []


def threshold(campaign_id, acts_from, now, *, readers_own=ACTS_FROM):
    words = {"was": ACTS_FROM, "readers_own": readers_own, "because": "tried", "set_by": "ana", "set_at": now}
    do(recording.keep_threshold, ReplyThreshold(campaign_id=campaign_id, acts_from=acts_from, **words))


def test_a_campaigns_own_threshold_is_used_from_the_next_reply_on(drive, rosa, clock):
    threshold(drive.id, 1.01, clock.now())
    says(rosa.phone, "Sounds good, yes", now=clock.now())
    assert [one.acted for one in rows(ReplyReading)] == [False]
    threshold(drive.id, ACTS_FROM, clock.now())
    deliver(rosa.phone, clock.now())
    says(rosa.phone, "Sounds good, yes", now=clock.pass_by(minutes=1))
    assert rows(ReplyReading)[-1].acted


def test_the_threshold_of_all_campaigns_is_for_those_without_their_own(drive, clock):
    with db.transaction() as session:
        own, none = factories.asked(session, drive, clock.now()), make.campaign(session, clock.now())
        other = factories.asked(session, none, clock.now())
    threshold(None, 1.01, clock.now())
    threshold(drive.id, ACTS_FROM, clock.now())
    for somebody in (own, other):
        says(somebody.phone, "Sounds good, yes", now=clock.now())
    assert [one.acted for one in rows(ReplyReading)] == [True, False]
    assert {one.would_be for one in replayed()} == {"yes, answered", "yes, to a person"}


def test_a_threshold_of_another_reader_is_not_in_force(drive, rosa, clock):
    threshold(drive.id, 1.01, clock.now(), readers_own=ACTS_FROM - 0.01)
    says(rosa.phone, "Sounds good, yes", now=clock.now())
    assert rows(ReplyReading)[0].acted


@pytest.mark.parametrize("words", ["STOP", "please stop texting me", "take me off your list"])
def test_an_opt_out_never_depends_on_a_threshold(drive, rosa, clock, words):
    threshold(drive.id, 1.01, clock.now())
    says(rosa.phone, words, now=clock.now())
    [reading] = rows(ReplyReading)
    assert (reading.intent, reading.acted) == (Intent.OPT_OUT, True)
