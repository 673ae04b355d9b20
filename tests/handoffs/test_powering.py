"""Power: people are dialed for volunteers whose line stands open, and whoever answers is with one of them at once."""

from datetime import timedelta

import pytest

from phonebank import db
from phonebank.bridges import lifecycle as seats
from phonebank.bridges import queries
from phonebank.calls import lifecycle
from phonebank.calls import queries as call_queries
from phonebank.calls.models import Call, CallKind, CallStatus
from phonebank.campaigns.models import Campaign, CampaignStatus, Channel
from phonebank.errors import RefusedError
from phonebank.handoffs import bridging, powering
from phonebank.optouts import ledger
from tests.support import conversations as make
from tests.support import factories
from tests.support.factories import do, fresh, update

SENDER = make.SENDER
POWER = {"ask": "Can I count on you to make calls with us?", "mode": "power", "attempts": 2, "spacing": "4h"}


@pytest.fixture
def drive(database, clock):
    with db.transaction() as session:
        campaign = make.campaign(session, clock.now(), channel=Channel.CALL, call_script=POWER)
        for _ in range(5):
            factories.member(session, campaign, clock.now())
        return campaign.id


@pytest.fixture
def joined(drive, clock):
    """joined(name): a volunteer of it whose line stands open."""

    def made(name):
        person_id = do(make.person, clock.now(), name)
        do(powering.join, drive, person_id, clock.now())
        assert do(powering.line_opens, person_id, f"CA-{name}")
        return person_id

    return made


def top_up(clock):
    return do(powering.top_up, SENDER, clock.now())


def claim(clock):
    return do(lifecycle.claim, SENDER, 10, by_machine=False, now=clock.now())


def answered(clock, call):
    do(lifecycle.answer, call.id, sid=f"CA{call.id:032x}", now=clock.now())
    return fresh(Call, call.id)


def test_people_are_dialed_only_while_a_volunteers_line_stands_open(drive, clock):
    ana = do(make.person, clock.now(), "Ana")
    do(powering.join, drive, ana, clock.now())
    assert top_up(clock) == 0
    assert do(powering.line_opens, ana, "CA1")
    assert top_up(clock) == 1
    do(seats.line_closes, ana, "CA1")
    assert claim(clock) == [], "written down, but she is gone"
    do(powering.line_opens, ana, "CA2")
    assert [call.kind for call in claim(clock)] == [CallKind.LIVE]


def test_while_little_is_known_each_volunteer_gets_one_call(joined, clock):
    joined("Ana"), joined("Ben"), joined("Cy")
    assert top_up(clock) == 3
    assert top_up(clock) == 0, "these are under way"


@pytest.mark.parametrize("stopped", ["paused", "opted out", "asks wait"])
def test_a_call_that_waits_to_be_dialed_is_not_when_it_may_not_be_any_more(drive, joined, clock, stopped):
    joined("Ana")
    top_up(clock)
    if stopped == "paused":
        update(Campaign, drive, status=CampaignStatus.PAUSED)
    elif stopped == "asks wait":
        update(Campaign, drive, asks_wait_since=clock.now())
    else:
        do(ledger.record, fresh(Call, 1).phone, because="STOP", by="them", now=clock.now())
    assert claim(clock) == []


def test_whoever_answers_is_with_the_volunteer_who_waited_longest_and_counts_for_nobody_else(joined, clock):
    ana = joined("Ana")
    clock.pass_by(seconds=1)
    ben = joined("Ben")
    top_up(clock)
    first, second = (answered(clock, call) for call in claim(clock))
    assert (do(powering.put_through, first, clock.now()), do(powering.put_through, second, clock.now())) == (ana, ben)
    with db.reading() as session:
        assert queries.ringing_for(session, ana).id == first.id
    assert (fresh(Call, first.id).volunteer_id, fresh(Call, first.id).bridged_at) == (ana, clock.now())
    assert top_up(clock) == 0, "both talk"


def test_after_the_talk_their_next_line_brings_the_next(joined, clock):
    ana = joined("Ana")
    top_up(clock)
    [call] = claim(clock)
    do(powering.put_through, answered(clock, call), clock.now())
    update(Call, call.id, status=CallStatus.COMPLETED, ended_at=clock.now())
    do(seats.let_go, ana, call.id, clock.now())
    assert top_up(clock) == 0, "that line is down"
    do(powering.line_opens, ana, "CA-next")
    do(seats.line_closes, ana, "CA-Ana")
    assert top_up(clock) == 1, "a late word about the old line changes nothing"


def test_whoever_found_nobody_is_counted_against_the_ceiling(drive, joined, clock):
    ana = joined("Ana")
    top_up(clock)
    [call] = claim(clock)
    do(seats.stand_up, ana)
    assert do(powering.put_through, answered(clock, call), clock.now()) is None
    assert do(lifecycle.abandon, call.id, clock.now())
    with db.reading() as session:
        assert call_queries.answered_and_abandoned(session, drive, clock.now() - timedelta(days=1)) == (1, 1)


def test_other_callers_are_not_put_through_to_them(joined, clock):
    joined("Ana")
    with db.reading() as session:
        assert queries.count_free(session, clock.now()) == 0


def test_nobody_joins_a_campaign_that_stands_still(drive, clock):
    update(Campaign, drive, status=CampaignStatus.PAUSED)
    ana = do(make.person, clock.now(), "Ana")
    with pytest.raises(RefusedError, match="Nobody is called"):
        do(powering.join, drive, ana, clock.now())


def test_a_volunteer_lost_in_mid_talk_is_held_by_the_call_no_more(joined, clock):
    ana = joined("Ana")
    top_up(clock)
    [call] = claim(clock)
    do(powering.put_through, answered(clock, call), clock.now())
    assert not do(bridging.lost, fresh(Call, call.id), clock.now())
    with db.reading() as session:
        assert queries.seat_of(session, ana).call_id is None
