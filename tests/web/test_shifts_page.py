"""Shifts on the pages: planned by organizers on their own clock, begun and ended by whoever works them."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from phonebank import db
from phonebank.handoffs.models import Handoff, HandoffStatus
from phonebank.people import queries, shifting
from phonebank.people.models import Role

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def olga(volunteer):
    return volunteer("Olga", Role.ORGANIZER)


@pytest.fixture
def ana(volunteer):
    return volunteer("Ana")


def person_named(name):
    with db.reading() as session:
        return next(one for one in queries.everyone(session) if one.name == name)


def plan(organizer, clock, *, hours=1, lasts=2, zone="America/Denver", name="Ana"):
    organizer.open("/shifts")
    begins = clock.now().astimezone(ZoneInfo(zone)) + timedelta(hours=hours) if zone else clock.now()
    form = {"person": person_named(name).id, "begins": f"{begins:%Y-%m-%dT%H:%M}", "zone": zone}
    return organizer.send("/shifts", form | {"ends": f"{begins + timedelta(hours=lasts):%Y-%m-%dT%H:%M}"})


def test_a_shift_is_planned_on_the_viewers_clock_and_seen_by_who_works_it(olga, ana, clock):
    assert plan(olga, clock).status_code == 303
    with db.reading() as session:
        [(shift, _)] = queries.planned_shifts(session, clock.now())
    assert abs(shift.planned_from - clock.now() - timedelta(hours=1)) < timedelta(minutes=1)
    assert "Your next shift" in ana.open("/inbox")
    assert "Olga" in shift.planned_by


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"zone": ""}, "Choose your time zone"),
        ({"lasts": 0}, "ends after it begins"),
        ({"lasts": 15}, "within 14 hours"),
        ({"hours": -5}, "That time is past"),
    ],
)
def test_a_shift_that_cannot_be_is_refused_with_a_sentence(olga, ana, clock, wrong, sentence):
    answer = plan(olga, clock, **wrong)
    assert answer.status_code == 400
    assert sentence in answer.text


def test_nobody_works_two_shifts_at_once(olga, ana, clock):
    plan(olga, clock)
    answer = plan(olga, clock, hours=2)
    assert answer.status_code == 409
    assert "has a shift then already" in answer.text


def test_a_planned_shift_is_taken_back_once(olga, ana, clock):
    plan(olga, clock)
    assert "Taken back." in olga.follow("/shifts/1/cancel")
    assert "Nothing was changed" in olga.follow("/shifts/1/cancel")
    assert "You are not on shift" in ana.open("/inbox")


def test_one_begins_the_planned_shift_and_ends_it(olga, ana, clock):
    plan(olga, clock)
    ana.open("/inbox")
    assert "Your shift has begun" in ana.follow("/shifts/mine/start")
    assert "You are on shift already" in ana.follow("/shifts/mine/start")
    with db.reading() as session:
        running = queries.running_shift(session, person_named("Ana").id)
        assert running.planned_from is not None, "the planned one, not a second"
    assert "Your shift is over" in ana.follow("/shifts/mine/end")
    assert "You were not on shift" in ana.follow("/shifts/mine/end")


def test_a_shift_nobody_planned_begins_too_and_one_forgotten_ends_by_itself(ana, clock):
    ana.open("/inbox")
    ana.follow("/shifts/mine/start")
    clock.pass_by(hours=13, minutes=30)
    assert "You are on shift since" in ana.open("/inbox")
    clock.pass_by(hours=1)
    with db.transaction() as session:
        assert shifting.start(session, person_named("Ana").id, clock.now()), "the forgotten one is over"


def row_of(page, name):
    return re.search(rf"<bdi>{name}</bdi>.*?</tr>", page, re.DOTALL)[0]


def test_the_board_tells_who_is_here_away_and_planned(olga, ana, volunteer, waits, clock):
    volunteer("Bea")
    cyd = volunteer("Cyd")
    handoff_id, _ = waits()
    plan(olga, clock, name="Bea", hours=-0.5)
    cyd.open("/inbox")
    cyd.follow("/shifts/mine/start")
    clock.pass_by(minutes=5)
    ana.open("/inbox")
    ana.follow("/shifts/mine/start")
    ana.send(f"/inbox/{handoff_id}/take")
    page = olga.open("/shifts")
    now_on = page[page.index('id="now-on"') : page.index("</section>", page.index('id="now-on"'))]
    assert "status--here" in row_of(now_on, "Ana")
    assert re.search(r'In hand">1<', row_of(now_on, "Ana"))
    assert "status--planned" in row_of(now_on, "Bea")
    assert "status--away" in row_of(now_on, "Cyd")


def test_the_board_renews_itself_only_when_something_changed(olga, ana):
    first = olga.open("/shifts")
    seen = re.search(r"/shifts/now\?seen=(\w+)", first)[1]
    assert olga.get(f"/shifts/now?seen={seen}").status_code == 204
    ana.open("/inbox")
    assert "Ana" in olga.get(f"/shifts/now?seen={seen}").text


def test_who_answered_little_is_not_judged_by_it(olga, ana, waits, clock):
    ana.open("/inbox")
    ana.follow("/shifts/mine/start")
    for number in range(6):
        handoff_id, _ = waits(f"Rosa{number}")
        clock.pass_by(minutes=2)
        ana.send(f"/inbox/{handoff_id}/take")
        ana.send(f"/inbox/{handoff_id}/answer", {"body": f"Thanks, Rosa {number}", "nonce": f"n{number}"})
        if number == 3:
            assert "too few (4)" in olga.open("/shifts")
    page = row_of(olga.open("/shifts").partition('id="fast"')[2], "Ana")
    assert "2 minutes" in page
    assert "of 6" in page
    assert "30.0" in page, "six answers in twelve minutes"


def test_a_suspended_persons_shift_and_conversations_end_at_once(olga, ana, waits, clock):
    ana.open("/inbox")
    ana.follow("/shifts/mine/start")
    handoff_id, _ = waits()
    ana.send(f"/inbox/{handoff_id}/take")
    ana.send(f"/inbox/{handoff_id}/draft", {"body": "Hi Rosa, about"})
    olga.open("/people")
    told = olga.follow(f"/people/{person_named('Ana').id}/suspend")
    assert "1 conversation is back in the inbox" in told
    with db.reading() as session:
        handoff = session.get(Handoff, handoff_id)
        assert (handoff.status, handoff.draft) == (HandoffStatus.OPEN, "Hi Rosa, about")
        assert queries.running_shift(session, person_named("Ana").id) is None
