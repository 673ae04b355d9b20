"""Reminders: each once, on the day they speak of, inside the hours, gone with the yes they belong to."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from phonebank import db
from phonebank.asks.models import Ask
from phonebank.campaigns.models import Campaign, FollowUpPlan
from phonebank.followups import lifecycle, moments, queries, scheduling
from phonebank.followups.models import Commitment, CommitmentStatus, FollowUp, FollowUpStatus
from phonebank.messages import tidying
from phonebank.messages.models import Message, MessageKind, MessageStatus
from phonebank.optouts import ledger
from phonebank.optouts.models import Ban
from phonebank.recipients.models import Recipient, RecipientStatus
from tests.support import conversations as make
from tests.support import factories
from tests.support.factories import ADDRESS, at_once, do, fresh, update
from tests.support.talks import rows

pytestmark = pytest.mark.usefixtures("database")
NEW_YORK = ZoneInfo("America/New_York")
DAY = 86_400


@pytest.fixture
def drive(database, clock):
    """A campaign whose event is on Wednesday 10 February at six in the evening in New York."""
    return do(make.campaign, clock.now())


@pytest.fixture
def rosa(drive, clock):
    return do(factories.asked, drive, clock.now())


@pytest.fixture
def plan(drive):
    def planned(before_seconds=DAY, text="See you tomorrow, {{ first_name }}! {{ ask.link }}"):
        return do(make.kept, FollowUpPlan(campaign_id=drive.id, before_seconds=before_seconds, texts={"en": text})).id

    return planned


def in_new_york(day, hour, minute=0):
    return datetime(2027, 2, day, hour, minute, tzinfo=NEW_YORK).astimezone(UTC)


def pledge(drive, rosa, now):
    with db.transaction() as session:
        ask = session.get(Ask, drive.ask_id)
        return scheduling.pledge(session, session.get(Campaign, drive.id), ask, session.get(Recipient, rosa.id), now)


def write_due(now):
    return do(scheduling.write_due, address=ADDRESS, now=now)


def reminders():
    return rows(Message, kind=MessageKind.REMINDER)


def statuses():
    return [one.status for one in rows(FollowUp)]


def test_a_yes_given_twice_is_one_commitment_with_one_link(drive, rosa, plan, clock):
    plan()
    tokens = {pledge(drive, rosa, clock.now()).token for _ in range(3)}
    at_once(3, lambda _: pledge(drive, rosa, clock.now()))
    assert len(tokens) == len(rows(Commitment)) == len(rows(FollowUp)) == 1


def test_a_link_cannot_be_guessed(drive, clock):
    made = [pledge(drive, do(factories.asked, drive, clock.now()), clock.now()).token for _ in range(20)]
    assert len(set(made)) == 20
    assert min(map(len, made)) >= 32


def test_a_reminder_is_written_when_its_moment_comes_and_once(drive, rosa, plan, clock):
    plan()
    made = pledge(drive, rosa, clock.now())
    assert write_due(in_new_york(9, 17, 59)) == 0
    at_once(3, lambda _: write_due(in_new_york(9, 18)))
    assert write_due(in_new_york(9, 19)) == 0
    [reminder] = reminders()
    assert reminder.body == f"See you tomorrow, Rosa! {ADDRESS}/y/{made.token}"
    assert (reminder.status, reminder.due_at) == (MessageStatus.QUEUED, in_new_york(9, 18))
    assert statuses() == [FollowUpStatus.SENT]


def test_a_reminder_whose_moment_has_passed_at_the_yes_is_not_scheduled(drive, rosa, plan, clock):
    plan()
    plan(before_seconds=3600)
    pledge(drive, rosa, in_new_york(9, 19))
    assert [one.due_at for one in rows(FollowUp)] == [in_new_york(10, 17)]


def test_a_reminder_at_night_comes_before_the_night(drive, rosa, plan, clock):
    update(Ask, drive.ask_id, starts_at=in_new_york(10, 22))
    plan()
    pledge(drive, rosa, clock.now())
    assert [one.due_at for one in rows(FollowUp)] == [in_new_york(9, 19, 30)]


def test_a_reminder_before_dawn_of_the_day_it_speaks_of_waits_for_that_morning(drive, rosa, plan, clock):
    """An event at eight: "see you tomorrow" is sent at nine the day before, not the evening before that."""
    update(Ask, drive.ask_id, starts_at=in_new_york(10, 8))
    plan()
    pledge(drive, rosa, clock.now())
    assert [one.due_at for one in rows(FollowUp)] == [in_new_york(9, 9)]


def test_a_reminder_shortly_before_a_breakfast_comes_the_evening_before(drive, rosa, plan, clock):
    update(Ask, drive.ask_id, starts_at=in_new_york(10, 8))
    plan(before_seconds=3600, text="See you at 8!")
    pledge(drive, rosa, clock.now())
    assert [one.due_at for one in rows(FollowUp)] == [in_new_york(9, 19, 30)]


@pytest.mark.database("sqlite")
@settings(
    max_examples=40,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    hour=st.integers(0, 23),
    zones=st.sampled_from(["America/New_York", "America/New_York|Pacific/Honolulu", "America/Los_Angeles"]),
)
def test_a_day_before_is_the_day_before_wherever_there_are_hours(drive, clock, hour, zones):
    starts = in_new_york(10, hour)
    with db.reading() as session:
        campaign = session.get(Campaign, drive.id)
    hours = moments.Hours(campaign.hours_start, campaign.hours_end, zones, "")
    event = moments.Event(starts, "America/New_York")
    at = moments.inside_hours(hours, starts - timedelta(days=1), event)
    assert at.astimezone(NEW_YORK).date().day == 9
    window = scheduling.composing.window_for(campaign, zones=zones, state="", now=at)
    assert window.holds(at)


def test_see_you_tomorrow_never_comes_the_same_day(drive, rosa, plan, clock):
    """Nobody was there to write it in the evening: the next morning it would send people a day late."""
    plan()
    pledge(drive, rosa, clock.now())
    write_due(in_new_york(10, 9))
    assert reminders() == []
    assert statuses() == [FollowUpStatus.LAPSED]


def test_a_reminder_still_queued_when_its_day_is_over_is_canceled(drive, rosa, plan, clock):
    plan()
    pledge(drive, rosa, clock.now())
    write_due(in_new_york(9, 18))
    update(Campaign, drive.id, status=factories.PAUSED)
    do(tidying.tidy, in_new_york(9, 22))
    assert [one.status for one in reminders()] == [MessageStatus.CANCELED]
    assert fresh(Recipient, rosa.id).status is RecipientStatus.ASKED


def test_a_reminder_of_the_day_itself_may_come_late_but_not_after_it_began(drive, rosa, plan, clock):
    plan(before_seconds=3600, text="In an hour!")
    pledge(drive, rosa, clock.now())
    write_due(in_new_york(10, 17, 40))
    [late] = reminders()
    assert late.useless_at == in_new_york(10, 18)


def test_a_reminder_after_the_event_began_lapses(drive, rosa, plan, clock):
    plan(before_seconds=3600, text="In an hour!")
    pledge(drive, rosa, clock.now())
    write_due(in_new_york(10, 18))
    assert (reminders(), statuses()) == ([], [FollowUpStatus.LAPSED])


def test_a_reminder_of_a_closed_campaign_lapses_and_of_a_paused_one_waits(drive, rosa, plan, clock):
    plan()
    plan(before_seconds=3600, text="In an hour!")
    pledge(drive, rosa, clock.now())
    update(Campaign, drive.id, status=factories.PAUSED)
    write_due(in_new_york(9, 18))
    assert [one.status for one in reminders()] == [MessageStatus.QUEUED]
    update(Campaign, drive.id, status=factories.CLOSED)
    write_due(in_new_york(10, 17))
    assert statuses() == [FollowUpStatus.SENT, FollowUpStatus.LAPSED]


def test_a_reminder_for_a_number_that_opted_out_is_not_written_nor_called_sent(drive, rosa, plan, clock):
    plan()
    pledge(drive, rosa, clock.now())
    do(ledger.record, rosa.phone, because="STOP", by="their text", now=clock.now())
    write_due(in_new_york(9, 18))
    assert (reminders(), statuses()) == ([], [FollowUpStatus.LAPSED])


def test_a_reminder_for_a_number_that_is_held_waits_until_somebody_has_read_it(drive, rosa, plan, clock):
    plan()
    pledge(drive, rosa, clock.now())
    do(ledger.record, rosa.phone, because="may have", by="the reader", now=clock.now(), kind=Ban.HOLD)
    write_due(in_new_york(9, 18))
    assert (reminders(), statuses()) == ([], [FollowUpStatus.SCHEDULED])
    assert write_due(in_new_york(9, 18, 5)) == 0
    do(ledger.lift, rosa.phone, because="read", by="Ana", now=clock.now(), kind=Ban.HOLD)
    write_due(in_new_york(9, 18, 10))
    assert (len(reminders()), statuses()) == (1, [FollowUpStatus.SENT])


def test_a_reminder_that_is_held_until_its_day_is_over_lapses(drive, rosa, plan, clock):
    plan()
    pledge(drive, rosa, clock.now())
    do(ledger.record, rosa.phone, because="may have", by="the reader", now=clock.now(), kind=Ban.HOLD)
    for minute in range(0, 360, 10):
        write_due(in_new_york(9, 18) + timedelta(minutes=minute))
    assert (reminders(), statuses()) == ([], [FollowUpStatus.LAPSED])


def test_a_reminder_that_cannot_be_worded_stops_no_other(drive, rosa, plan, clock):
    plan(text="See you, {{ nickname }}!")
    plan(before_seconds=DAY - 60)
    pledge(drive, rosa, clock.now())
    write_due(in_new_york(9, 18, 30))
    assert len(reminders()) == 1
    assert sorted(statuses()) == [FollowUpStatus.LAPSED, FollowUpStatus.SENT]


def test_withdrawing_cancels_what_is_scheduled_and_pledging_again_brings_it_back(drive, rosa, plan, clock):
    plan()
    made = pledge(drive, rosa, clock.now())
    assert do(lifecycle.withdraw, made.id, clock.now())
    assert not do(lifecycle.withdraw, made.id, clock.now())
    assert statuses() == [FollowUpStatus.CANCELED]
    assert write_due(in_new_york(9, 18)) == 0
    again = pledge(drive, rosa, clock.now())
    assert (again.token, statuses()) == (made.token, [FollowUpStatus.SCHEDULED])
    assert fresh(Commitment, made.id).status is CommitmentStatus.PLEDGED
    assert write_due(in_new_york(9, 18)) == 1
    assert len(reminders()) == 1


def test_pledging_again_after_the_reminder_went_sends_no_second(drive, rosa, plan, clock):
    plan()
    made = pledge(drive, rosa, clock.now())
    write_due(in_new_york(9, 18))
    do(lifecycle.withdraw, made.id, in_new_york(9, 18, 5))
    pledge(drive, rosa, in_new_york(9, 18, 10))
    write_due(in_new_york(9, 18, 15))
    assert len(reminders()) == 1


def test_statuses_of_a_commitment_move_only_forward(drive, rosa, clock):
    made = pledge(drive, rosa, clock.now())
    moves = {
        "confirm": (lambda s: lifecycle.confirm(s, made.id), {CommitmentStatus.PLEDGED}),
        "withdraw": (lambda s: lifecycle.withdraw(s, made.id, clock.now()), set(lifecycle.STANDING)),
        "pledge_again": (lambda s: lifecycle.pledge_again(s, made.id, clock.now()), {CommitmentStatus.WITHDRAWN}),
    }
    for name, (verb, may) in moves.items():
        for status in CommitmentStatus:
            update(Commitment, made.id, status=status)
            assert do(verb) == (status in may), f"{name} from {status}"


def test_an_ask_without_a_date_has_no_reminders(drive, rosa, plan, clock):
    plan()
    update(Ask, drive.ask_id, starts_at=None)
    pledge(drive, rosa, clock.now())
    assert rows(FollowUp) == []


def test_the_clock_is_told_when_one_is_due(drive, rosa, plan, clock):
    plan()
    pledge(drive, rosa, clock.now())
    with db.reading() as session:
        assert not queries.is_due(session, in_new_york(9, 17, 59))
        assert queries.is_due(session, in_new_york(9, 18))
