"""What waits for an organizer: each row has its choices, and of two people the second is told."""

from datetime import timedelta

import pytest
from sqlmodel import select

from phonebank import clock as house_clock
from phonebank import db
from phonebank.campaigns.models import CampaignStatus
from phonebank.handoffs import lifecycle
from phonebank.handoffs import queries as handoffs
from phonebank.handoffs.models import Handoff, HandoffStatus
from phonebank.messages import tidying
from phonebank.messages.models import Direction, Message, MessageKind, MessageStatus
from phonebank.optouts import ledger
from phonebank.optouts import queries as optouts
from phonebank.optouts.models import Ban
from phonebank.people.models import AuditEntry, Deed, Role
from phonebank.recipients.models import Recipient, RecipientStatus
from phonebank.reports import queues
from tests.support.campaigns import a_campaign, a_contact

pytestmark = pytest.mark.database("sqlite")
STRANGER = "+12025550143"


def store(**values):
    now = house_clock.now()
    row = {
        "direction": Direction.IN,
        "kind": MessageKind.REPLY,
        "status": MessageStatus.HANDLED,
        "phone": STRANGER,
        "sender": "+12025550100",
        "body": "Who is this?",
        "created_at": now,
    }
    with db.transaction() as session:
        text = Message(**row | values)
        session.add(text)
        session.flush()
        return text.id


def doubtful(**values):
    ours = {"direction": Direction.OUT, "kind": MessageKind.ASK, "status": MessageStatus.UNKNOWN, "attempts": 1}
    return store(**ours | {"claimed_at": house_clock.now(), "body": "Can I count on you?"} | values)


def status_of(message_id):
    with db.reading() as session:
        return session.get(Message, message_id).status


def hold(phone):
    with db.transaction() as session:
        ledger.record(session, phone, because="may", by="the reader", now=house_clock.now(), kind=Ban.HOLD)
        return optouts.standing(session, phone)[Ban.HOLD].id


def counts():
    with db.reading() as session:
        return queues.counts(session)


@pytest.fixture
def ana(volunteer):
    return volunteer("Ana", Role.ORGANIZER)


@pytest.fixture
def bo(volunteer):
    return volunteer("Bo", Role.ORGANIZER)


def test_the_first_queue_with_something_in_it_is_shown_and_the_badge_counts_all(visitor):
    store()
    doubtful()
    page = visitor("organizer").open("/queues")
    assert "Who is this?" in page
    assert 'nav__badge">2<' in page


@pytest.mark.parametrize(("old", "new"), [("/unmatched", "/queues/strangers"), ("/in-doubt", "/queues/unknown")])
def test_old_addresses_lead_to_the_queues(visitor, old, new):
    answer = visitor("organizer").get(old)
    assert (answer.status_code, answer.location) == (302, new)


def test_a_volunteer_sees_no_queue(visitor):
    assert visitor("volunteer").get("/queues").status_code == 403


def test_a_strangers_texts_are_one_row_with_the_newest(visitor):
    store(body="hello?")
    store(body="<b>Who</b> is this?")
    page = visitor("organizer").get("/queues/strangers").text
    assert "&lt;b&gt;Who&lt;/b&gt; is this?" in page
    assert "The newest of 2 texts" in page
    assert "(202) 555-0143" in page
    assert "hello?" not in page


def test_a_text_that_nobody_has_read_yet_waits_for_the_reader_first(visitor):
    store(status=MessageStatus.RECEIVED)
    assert counts().strangers == 0


def test_a_stranger_is_answered_by_one_and_the_second_is_told(ana, bo):
    text = store()
    bo.open("/queues/strangers")
    ana.open("/queues/strangers")
    assert "Who is this?" in ana.follow(f"/queues/strangers/{text}/answer")
    assert "Somebody was faster" in bo.follow(f"/queues/strangers/{text}/answer")
    with db.reading() as session:
        assert handoffs.standing_of(session, STRANGER).status is HandoffStatus.CLAIMED
    assert counts().strangers == 0


def test_what_is_not_for_us_is_put_away_and_a_new_text_comes_back(ana, bo):
    text = store()
    bo.open("/queues/strangers")
    ana.open("/queues/strangers")
    assert "Put away" in ana.follow(f"/queues/strangers/{text}/file")
    assert "Somebody was faster" in bo.follow(f"/queues/strangers/{text}/file")
    store(body="hello again")
    assert "hello again" in ana.open("/queues/strangers")


def test_what_came_after_the_page_was_opened_is_not_put_away(ana):
    text = store()
    ana.open("/queues/strangers")
    store(body="and do stop it")
    ana.follow(f"/queues/strangers/{text}/file")
    assert "and do stop it" in ana.open("/queues/strangers")


def test_a_stranger_can_be_left_alone(visitor):
    text = store(body="take me off this list")
    organizer = visitor("organizer")
    organizer.open("/queues/strangers")
    assert "opted out" in organizer.follow(f"/queues/strangers/{text}/opt-out")
    with db.reading() as session:
        assert optouts.is_opted_out(session, STRANGER)
        [entry] = session.exec(select(AuditEntry)).all()
    assert (entry.deed, entry.by) == (Deed.OPT_OUT_RECORDED, "Organizer (organizer@example.org)")
    assert "555" not in entry.about + entry.detail


def test_they_did_ask_us_to_stop(ana, bo, waits):
    handoff_id, rosa = waits("Rosa", "enough", reason="may_opt_out", urgency=0)
    held = hold(rosa.phone)
    assert "enough" in bo.open("/queues/held")
    ana.open("/queues/held")
    assert "Opted out" in ana.follow(f"/queues/held/{held}/stop")
    assert "Somebody was faster" in bo.follow(f"/queues/held/{held}/no-stop")
    with db.reading() as session:
        assert optouts.kinds_standing(session, rosa.phone) == {Ban.OPT_OUT}
        assert session.get(Handoff, handoff_id).status is HandoffStatus.CLOSED


def test_they_did_not_and_the_conversation_waits_in_the_inbox(ana, waits):
    handoff_id, rosa = waits("Rosa", "enough", reason="may_opt_out", urgency=0)
    held = hold(rosa.phone)
    ana.open("/queues/held")
    assert "waits in the inbox" in ana.follow(f"/queues/held/{held}/no-stop")
    with db.reading() as session:
        assert optouts.kinds_standing(session, rosa.phone) == set()
        assert session.get(Handoff, handoff_id).status is HandoffStatus.OPEN


def test_who_has_the_held_conversation_in_hand_decides(ana, bo, waits):
    handoff_id, rosa = waits("Rosa", "enough", reason="may_opt_out", urgency=0)
    held = hold(rosa.phone)
    bo.open("/inbox")
    bo.send(f"/inbox/{handoff_id}/take")
    ana.open("/queues/held")
    answer = ana.send(f"/queues/held/{held}/stop")
    assert answer.status_code == 409
    assert "Bo has this conversation in hand" in answer.text
    with db.reading() as session:
        assert optouts.kinds_standing(session, rosa.phone) == {Ban.HOLD}


@pytest.mark.parametrize(("choice", "left"), [("stop", {Ban.OPT_OUT}), ("no-stop", set())])
def test_a_hold_without_a_conversation_is_decided_too(visitor, choice, left):
    held = hold(STRANGER)
    organizer = visitor("organizer")
    organizer.open("/queues/held")
    organizer.follow(f"/queues/held/{held}/{choice}")
    with db.reading() as session:
        assert optouts.kinds_standing(session, STRANGER) == left


def test_a_late_reply_is_put_away_once(ana, bo, waits):
    handoff_id, rosa = waits("Rosa", "sorry, just saw this", reason="late", urgency=3)
    assert "just saw this" in bo.open("/queues/late")
    ana.open("/queues/late")
    assert "no answer needed" in ana.follow(f"/queues/late/{handoff_id}/file")
    assert "Somebody was faster" in bo.follow(f"/queues/late/{handoff_id}/file")
    with db.reading() as session:
        assert session.get(Recipient, rosa.id).status is RecipientStatus.SETTLED
        assert session.get(Handoff, handoff_id).closed_by is not None


def test_a_late_reply_is_answered_by_one(ana, bo, waits):
    handoff_id, _ = waits("Rosa", "sorry, just saw this", reason="late", urgency=3)
    bo.open("/queues/late")
    ana.open("/queues/late")
    assert "just saw this" in ana.follow(f"/queues/late/{handoff_id}/answer")
    assert "Somebody was faster" in bo.follow(f"/queues/late/{handoff_id}/answer")


def test_a_lapsed_lease_holds_nobody_up(ana, bo, waits, clock):
    handoff_id, _ = waits("Rosa", "sorry, just saw this", reason="late", urgency=3)
    bo.open("/inbox")
    bo.send(f"/inbox/{handoff_id}/take")
    clock.pass_by(minutes=11)
    ana.open("/queues/late")
    assert "no answer needed" in ana.follow(f"/queues/late/{handoff_id}/file")
    with db.reading() as session:
        assert not lifecycle.lapse(session, clock.now())


def test_a_text_in_doubt_is_shown_with_what_each_choice_does_and_what_the_log_said(visitor):
    doubtful(looked_at=house_clock.now() - timedelta(minutes=2), looks=0)
    page = visitor("organizer").open("/queues/unknown")
    assert "Can I count on you?" in page
    assert "it could not be read, last tried" in page
    assert "this person gets it twice" in page
    assert "this person is not asked" in page


@pytest.mark.parametrize(("choice", "status"), [("sent", MessageStatus.SENT), ("again", MessageStatus.QUEUED)])
def test_staff_decide_what_became_of_it_once(visitor, choice, status):
    text = doubtful()
    organizer = visitor("organizer")
    organizer.open("/queues/unknown")
    organizer.follow(f"/queues/unknown/{text}/{choice}")
    assert status_of(text) is status
    assert "Somebody was faster" in organizer.follow(f"/queues/unknown/{text}/{choice}")


def test_nothing_goes_out_again_of_a_campaign_that_is_closed(visitor):
    with db.transaction() as session:
        drive = a_campaign(session, contacts=[a_contact()])
        drive.status = CampaignStatus.CLOSED
        session.flush()
        campaign_id = drive.id
    text = doubtful(campaign_id=campaign_id)
    organizer = visitor("organizer")
    organizer.open("/queues/unknown")
    assert "It does not go out again" in organizer.follow(f"/queues/unknown/{text}/again")
    with db.transaction() as session:
        tidying.tidy(session, house_clock.now())
    assert status_of(text) is MessageStatus.CANCELED


@pytest.mark.parametrize("path", ["unknown/999/again", "strangers/999/file", "held/999/stop", "late/999/file"])
def test_a_row_that_is_not_there_says_so(visitor, path):
    organizer = visitor("organizer")
    organizer.open("/queues")
    assert organizer.send(f"/queues/{path}").status_code == 404


def test_a_queue_that_is_not_there_says_so(visitor):
    assert "no such queue" in visitor("organizer").get("/queues/other").text


def test_a_long_queue_comes_in_screenfuls(visitor):
    for number in range(30):
        store(phone=f"+1202555{1000 + number}", body=f"text {number:02}")
    organizer = visitor("organizer")
    first = organizer.open("/queues/strangers")
    assert "text 00" in first
    assert "text 25" not in first
    assert "/queues/strangers?after=25" in first
    second = organizer.open("/queues/strangers?after=25")
    assert "text 25" in second
    assert "text 24" not in second


def test_why_texts_did_not_arrive_is_counted(visitor):
    for code in (30005, 30005, 30007):
        doubtful(status=MessageStatus.UNDELIVERED, error_code=code)
    page = visitor("organizer").open("/queues/failed")
    assert page.index("(30005)") < page.index("(30007)")
