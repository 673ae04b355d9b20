"""The sweep rings for whatever the database says is due, and for nothing else: Redis may forget, the rows do not."""

from datetime import timedelta

import pytest

from phonebank import db, jobs
from phonebank.campaigns import lifecycle as campaigns
from phonebank.campaigns.models import Campaign, CampaignStatus, FollowUpPlan
from phonebank.followups import scheduling
from phonebank.handoffs import lifecycle as handoffs
from phonebank.handoffs.models import Handoff, HandoffStatus
from phonebank.messages import receiving, spool
from phonebank.messages.models import Message, MessageKind, MessageStatus, Priority
from phonebank.recipients.models import Recipient, RecipientStatus
from phonebank.replies import matching
from tests.support import conversations as make
from tests.support import factories
from tests.support.factories import do, fresh, update
from tests.support.talks import rows
from workers import clock as sweeping

pytestmark = [pytest.mark.usefixtures("opened"), pytest.mark.database("sqlite")]


@pytest.fixture
def drive(opened, clock):
    return do(make.campaign, clock.now())


def due(settings, **more):
    return set(sweeping.due(settings, **more))


def test_an_idle_house_rings_nothing(opened, drive):
    assert due(opened) == set()


def test_somebody_to_ask_rings_for_their_sender_when_their_hours_open(opened, drive, clock):
    do(factories.member, drive, clock.now(), due_at=clock.now() + timedelta(hours=1))
    assert due(opened) == set()
    clock.pass_by(hours=1)
    assert due(opened) == {("asking", drive.sender)}


def test_a_text_that_waits_rings_for_its_sender_and_an_urgent_one_for_its_own_turn(opened, drive, clock):
    with db.transaction() as session:
        to = factories.asked(session, drive, clock.now())
        later = {"kind": MessageKind.REMINDER, "priority": Priority.REMINDER, "step": "reminder:1"}
        factories.queued(session, to, drive, clock.now(), due_at=clock.now() + timedelta(minutes=1), **later)
    assert due(opened, tidies=False) == set()
    clock.pass_by(minutes=1)
    assert due(opened, tidies=False) == {("answers", drive.sender), ("texts", drive.sender)}
    assert ("reconciling", "") in due(opened), "whatever is queued may have to be tidied away"


@pytest.mark.database("sqlite", "postgresql")
def test_each_thing_that_waits_rings_its_turn(opened, drive, clock):
    with db.transaction() as session:
        rosa = factories.asked(session, drive, clock.now())
        receiving.store(session, factories.inbound(rosa.phone, "yes"), clock.now())
        draft = make.campaign(session, clock.now(), status=CampaignStatus.DRAFT, launch_at=clock.now())
        enrolling = make.campaign(session, clock.now(), status=CampaignStatus.ENROLLING)
        make.campaign(session, clock.now(), status=CampaignStatus.DRAFT, launch_at=clock.now() + timedelta(minutes=1))
        make.campaign(session, clock.now(), status=CampaignStatus.DRAFT)
    spool.keep(opened.var / "spool", "text", "", {"MessageSid": "SM1"}, clock.now())
    assert due(opened) == {
        ("replies", ""),
        ("spool", ""),
        ("enrolling", str(draft.id)),
        ("enrolling", str(enrolling.id)),
    }


def test_a_text_in_doubt_rings_for_a_look(opened, drive, clock):
    with db.transaction() as session:
        to = factories.member(session, drive, clock.now())
        doubted = {"status": MessageStatus.SENDING, "attempts": 1, "claimed_at": clock.now()}
        factories.queued(session, to, drive, clock.now(), **doubted)
    clock.pass_by(seconds=3600)
    assert ("reconciling", "") in due(opened)


def test_a_reminder_whose_moment_has_come_rings(opened, drive, clock):
    with db.transaction() as session:
        rosa = factories.asked(session, drive, clock.now())
        make.kept(session, FollowUpPlan(campaign_id=drive.id, before_seconds=86_400, texts={"en": "Tomorrow!"}))
        talk = matching.of_recipient(session, rosa)
        scheduling.pledge(session, talk.campaign, talk.ask, rosa, clock.now())
        starts = talk.ask.starts_at
    assert due(opened) == set()
    clock.set(starts - timedelta(days=1))
    assert due(opened) == {("followups", "")}


def test_a_paused_campaign_rings_for_nobody(opened, drive, clock):
    do(factories.member, drive, clock.now())
    do(campaigns.pause, drive.id, reason="wait", now=clock.now())
    assert due(opened) == set()


def test_redis_may_forget_everything_between_two_sweeps(opened, drive, clock):
    do(factories.member, drive, clock.now())
    sweeping.sweep(opened)
    jobs.connection().flushall()
    sweeping.sweep(opened)
    [job] = jobs.queue(jobs.QUEUE_OF_TURN["asking"]).jobs
    assert (job.func_name, job.args) == ("workers.asking.turn", [drive.sender])


def test_two_sweeps_ring_once(opened, drive, clock):
    do(factories.member, drive, clock.now())
    for _ in range(3):
        sweeping.sweep(opened)
    assert len(jobs.queue(jobs.QUEUE_OF_TURN["asking"])) == 1


def test_a_lease_that_is_over_goes_back_with_the_sweep(opened, drive, clock):
    with db.transaction() as session:
        ana = make.person(session, clock.now())
        rosa = make.supporter(session, drive, clock.now())
        handoff_id = make.handed_off(session, rosa, clock.now())
        handoffs.claim(session, handoff_id, ana, clock.now())
    sweeping.sweep(opened)
    assert fresh(Handoff, handoff_id).status is HandoffStatus.CLAIMED
    clock.pass_by(minutes=10)
    sweeping.sweep(opened)
    assert fresh(Handoff, handoff_id).status is HandoffStatus.OPEN


def test_a_sweep_without_redis_or_with_it_loses_nothing(opened, drive, clock, monkeypatch):
    do(factories.member, drive, clock.now())
    real = jobs._Bell.settings
    jobs.configure(type(real)(redis_url="redis://127.0.0.1:1/0"))
    sweeping.sweep(opened)
    jobs.configure(real)
    sweeping.sweep(opened)
    assert len(jobs.queue(jobs.QUEUE_OF_TURN["asking"])) == 1


def test_a_scheduled_draft_that_no_longer_may_launch_waits_for_a_person_again(opened, clock):
    from workers import enrolling

    soon = {"status": CampaignStatus.DRAFT, "launch_at": clock.now()}
    draft = do(make.campaign, clock.now(), **soon)  # its list is empty: there is nobody to ask
    enrolling.turn(str(draft.id))
    row = fresh(Campaign, draft.id)
    assert (row.status, row.launch_at) == (CampaignStatus.DRAFT, None)


def test_an_enrolling_turn_begins_its_campaign(opened, clock):
    from workers import enrolling

    drive = do(make.campaign, clock.now(), status=CampaignStatus.ENROLLING)
    enrolling.turn(str(drive.id))
    assert fresh(Campaign, drive.id).status is CampaignStatus.RUNNING
    assert [job.args for job in jobs.queue(jobs.QUEUE_OF_TURN["asking"]).jobs] == [[drive.sender]]


def test_a_reconciling_turn_tidies_without_keys_for_the_carrier(opened, drive, clock):
    from workers import reconciling

    with db.transaction() as session:
        factories.queued(session, factories.member(session, drive, clock.now()), drive, clock.now())
    update(Campaign, drive.id, status=CampaignStatus.CLOSED)
    reconciling.turn("")
    assert [one.status for one in rows(Message)] == [MessageStatus.CANCELED]
    assert rows(Recipient)[0].status is RecipientStatus.PENDING


def test_a_spool_turn_replays_what_waits_on_disk(opened, clock):
    from workers import spool as turns

    form = {"MessageSid": "SM1", "From": "+12025550143", "Body": "yes"}
    spool.keep(opened.var / "spool", "text", "", form, clock.now())
    turns.turn("")
    assert [one.body for one in rows(Message)] == ["yes"]
    assert not spool.is_waiting(opened.var / "spool")
