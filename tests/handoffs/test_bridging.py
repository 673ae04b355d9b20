"""A caller who wants one of us: rung, taken, declined, missed, lost and called back, and never forgotten."""

from datetime import timedelta

import pytest

from phonebank import db
from phonebank.bridges import lifecycle, queries
from phonebank.calls.models import Call, CallKind, OfferStatus
from phonebank.errors import RefusedError
from phonebank.handoffs import bridging
from phonebank.handoffs import queries as handoffs
from phonebank.people import shifting
from tests.support import bridges as make
from tests.support.factories import at_once, do, fresh


@pytest.fixture
def now(database, clock):
    return clock.now()


@pytest.fixture
def caller(now):
    with db.transaction() as session:
        return make.caller(session, now)


def _ready(now, *names, phone=None):
    return [do(make.ready, now, name, phone) for name in names]


def _offer(caller, person_id):
    with db.reading() as session:
        return queries.offer_of(session, caller.id, person_id)


def test_the_volunteer_who_has_been_ready_the_longest_is_rung_and_takes_the_caller(caller, now):
    first, second = do(make.ready, now, "Ana"), do(make.ready, now + timedelta(seconds=1), "Ben")
    assert do(bridging.want_person, caller, now + timedelta(seconds=2))
    assert _offer(caller, second) is None
    do(bridging.take, caller, first, now)
    assert do(bridging.join, caller, first, now)
    kept = fresh(Call, caller.id)
    assert (kept.volunteer_id, kept.bridged_at, kept.abandoned_at) == (first, now, None)
    with db.reading() as session:
        conversation = handoffs.standing_of(session, caller.phone)
    assert (conversation.claimed_by, conversation.reason) == (first, "maybe")


def test_nobody_free_is_said_and_the_time_they_name_waits_in_the_inbox(caller, now):
    assert not do(bridging.want_person, caller, now)
    do(bridging.call_back, caller, "tomorrow after six", now)
    with db.reading() as session:
        conversation = handoffs.standing_of(session, caller.phone)
    assert (conversation.reason, conversation.why) == ("call_back", "asked to be called back: “tomorrow after six”")
    assert fresh(Call, caller.id).abandoned_at is None, "they never waited"


@pytest.mark.parametrize("gone", ["shift over", "not ready", "page closed", "in a call"])
def test_who_is_not_there_is_not_rung(caller, now, gone):
    [person_id] = _ready(now, "Ana")
    if gone == "shift over":
        do(shifting.end, person_id, now)
    elif gone == "not ready":
        do(lifecycle.stand_up, person_id)
    elif gone == "in a call":
        with db.transaction() as session:
            other = make.caller(session, now)
        do(lifecycle.hold, person_id, other.id, now)
    later = now + queries.BROWSER_GONE if gone == "page closed" else now
    assert not do(bridging.want_person, caller, later)


def test_whoever_declines_makes_way_for_the_next(caller, now):
    first, second = _ready(now, "Ana", "Ben")
    do(bridging.want_person, caller, now)
    rung, other = (first, second) if _offer(caller, first) else (second, first)
    assert do(bridging.decline, caller, rung, now)
    assert _offer(caller, other).status is OfferStatus.RINGING
    with pytest.raises(RefusedError, match="went to the next volunteer"):
        do(bridging.take, caller, rung, now)


def test_whoever_does_not_hear_it_is_missed_and_is_ready_no_more(caller, now):
    [person_id] = _ready(now, "Ana")
    do(bridging.want_person, caller, now)
    assert do(bridging.miss, caller, now), "it still rings"
    later = now + queries.RINGS_FOR
    assert not do(bridging.miss, caller, later), "nobody else is there"
    assert _offer(caller, person_id).status is OfferStatus.MISSED
    with db.reading() as session:
        assert queries.seat_of(session, person_id).ready_since is None


def test_who_takes_a_caller_and_never_comes_on_the_line_is_missed_too(caller, now):
    first, _second = _ready(now, "Ana", "Ben")
    do(bridging.want_person, caller, now)
    rung = first if _offer(caller, first) else _second
    do(bridging.take, caller, rung, now)
    later = now + queries.RINGS_FOR
    for person_id in (first, _second):
        do(lifecycle.seen, person_id, later)
    assert do(bridging.miss, caller, later), "the other one is rung"
    assert not do(bridging.join, caller, rung, later)


def test_a_volunteer_lost_in_the_middle_leaves_the_caller_to_the_next(caller, now):
    first, second = _ready(now, "Ana", "Ben")
    do(bridging.want_person, caller, now)
    spoke, other = (first, second) if _offer(caller, first) else (second, first)
    do(bridging.take, caller, spoke, now)
    do(bridging.join, caller, spoke, now)
    assert do(bridging.lost, fresh(Call, caller.id), now)
    assert _offer(caller, other).status is OfferStatus.RINGING
    assert fresh(Call, caller.id).bridged_at is None


def test_a_caller_who_hangs_up_while_waiting_is_counted_once_and_frees_the_volunteer(caller, now):
    [person_id] = _ready(now, "Ana")
    do(bridging.want_person, caller, now)
    do(bridging.ended, caller, now)
    do(bridging.ended, caller, now + timedelta(minutes=1))
    assert fresh(Call, caller.id).abandoned_at == now
    with db.reading() as session:
        assert queries.count_free(session, now) == 1
        assert handoffs.standing_of(session, caller.phone) is not None, "somebody calls them back"
    assert _offer(caller, person_id).status is OfferStatus.MISSED


def test_who_takes_calls_at_their_own_phone_is_called_there(caller, now):
    _ready(now, "Ana", phone="+12025550199")
    do(bridging.want_person, caller, now)
    with db.reading() as session:
        leg = queries.leg_for(session, caller.id, 1)
    assert (leg.kind, leg.phone, leg.sender, leg.due_at) == (CallKind.LEG, "+12025550199", caller.sender, now)


def test_two_callers_at_once_never_ring_one_volunteer_together(now):
    _ready(now, "Ana")
    with db.transaction() as session:
        callers = [make.caller(session, now) for _ in range(2)]
    found = at_once(2, lambda which: do(bridging.want_person, callers[which], now))
    assert sorted(found) == [False, True]


def test_the_carriers_word_that_a_call_is_over_counts_only_who_was_still_waiting(caller, now):
    do(bridging.want_person, caller, now)
    do(bridging.line_is_down, caller.id, now)
    assert fresh(Call, caller.id).abandoned_at is None, "nobody was free: they were asked when, and said goodbye"
    _ready(now, "Ana")
    do(bridging.offer, caller, now)
    do(bridging.line_is_down, caller.id, now)
    assert fresh(Call, caller.id).abandoned_at == now
