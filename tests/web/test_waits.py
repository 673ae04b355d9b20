"""The response-time board: who waits now, how fast we answered, the bound, and how one is told."""

import re
from datetime import timedelta

import pytest

from phonebank import db
from phonebank.alerts import lifecycle as alerts
from phonebank.alerts import queries
from phonebank.handoffs import answering
from phonebank.handoffs import lifecycle as handoffs
from tests.support import conversations as make

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def organizer(visitor, clock):
    return visitor("organizer")


@pytest.fixture
def answered(waits, clock):
    """answered("Luis", 4): Luis was answered after so many minutes."""
    with db.transaction() as session:
        ana = make.person(session, clock.now(), "Ana")

    def one(name, minutes):
        handoff_id, supporter = waits(name)
        now = clock.pass_by(minutes=minutes)
        with db.transaction() as session:
            handoffs.claim(session, handoff_id, ana, now)
            answering.answer(session, handoff_id, ana, "Hi!", now, nonce="a")
        return handoff_id, supporter

    return one


def figures(page):
    return {
        label: re.sub(r"<[^>]+>", "", value).strip()
        for label, value in re.findall(r"<dt>([^<]+)</dt><dd>(.*?)</dd>", page)
    }


def test_an_idle_house_says_so(organizer):
    page = organizer.open("/waits")
    assert figures(page)["longest wait now"] == "nobody"
    assert figures(page)["half were answered within, today"] == "none yet"
    assert "Nobody has been answered yet today" in page


def test_the_longest_wait_and_how_urgent(organizer, waits, clock):
    waits("Rosa")
    clock.pass_by(minutes=4)
    waits("Luis", urgency=0)
    page = organizer.open("/waits")
    assert figures(page)["longest wait now"] == "4 min"
    assert figures(page)["waiting now"] == "2"
    assert re.search(r"<strong>1</strong> may have asked to stop", page)
    assert "Rosa" not in page


def test_median_and_p90_of_today_by_hour_and_campaign(organizer, answered, drive, clock):
    for minutes in (2, 4, 9):
        answered("Rosa", minutes)
    page = organizer.open("/waits")
    assert figures(page)["half were answered within, today"] == "4 min"
    assert figures(page)["nine in ten within, today"] == "8 min"
    assert figures(page)["first answers today"] == "3"
    assert "<strong>13:00</strong>" in page, "one o'clock in New York, where the campaign is"
    assert drive.name in page


def test_who_writes_again_waits_from_then(organizer, answered, clock):
    _, rosa = answered("Rosa", 2)
    clock.pass_by(minutes=30)
    assert figures(organizer.open("/waits"))["longest wait now"] == "nobody"
    with db.transaction() as session:
        make.text(session, rosa, "and where?", clock.now())
        make.text(session, rosa, "hello?", clock.now() + timedelta(minutes=2))
    clock.pass_by(minutes=6)
    assert figures(organizer.open("/waits"))["longest wait now"] == "6 min"


def test_who_is_put_aside_until_later_does_not_wait_until_then(organizer, waits, volunteer, clock):
    handoff_id, _ = waits("Rosa")
    with db.transaction() as session:
        ana = make.person(session, clock.now(), "Ana")
        handoffs.claim(session, handoff_id, ana, clock.now())
        handoffs.snooze(session, handoff_id, ana, clock.now() + timedelta(hours=1), clock.now())
    assert figures(organizer.open("/waits"))["waiting now"] == "0"
    clock.pass_by(hours=1)
    assert figures(organizer.open("/waits"))["waiting now"] == "1"


def test_yesterdays_answers_are_not_todays(organizer, answered, clock):
    answered("Rosa", 2)
    clock.pass_by(hours=24)
    assert figures(organizer.open("/waits"))["first answers today"] == "0"


def test_the_board_keeps_itself_up_to_date(organizer, waits):
    page = organizer.open("/waits")
    seen = re.search(r"/waits/board\?seen=(\w+)", page)[0]
    assert organizer.get(seen).status_code == 204
    waits("Rosa")
    assert "longest wait now" in organizer.get(seen).text


def test_the_bound_is_set_on_the_page_and_nonsense_is_refused(organizer):
    for typed in ("0", "-3", "ten", "", "1441", "\u0661\u0660"):
        organizer.open("/waits")
        refused = organizer.send("/waits/bound", {"minutes": typed})
        assert refused.status_code == 400, typed
        assert "Give whole minutes" in refused.text
    organizer.open("/waits")
    assert "Saved" in organizer.follow("/waits/bound", {"minutes": "3"})
    with db.reading() as session:
        assert queries.watch(session).bound_minutes == 3


def test_every_page_of_staff_says_that_somebody_waits_too_long_until_it_is_over(organizer, volunteer, clock):
    with db.transaction() as session:
        alerts.begin(session, clock.now())
    assert "Somebody has waited more than 10 minutes" in organizer.open("/campaigns")
    assert "Somebody has waited more" not in volunteer("Ana").open("/inbox")
    with db.transaction() as session:
        alerts.end(session, clock.pass_by(minutes=2))
    assert "Somebody has waited more" not in organizer.open("/campaigns")
    assert "The last alert ended" in organizer.open("/waits")


def test_an_organizer_chooses_how_to_be_told(organizer):
    hours = {"start": "08:30", "end": "20:00"}
    organizer.open("/me")
    assert "Give your number" in organizer.follow("/waits/wish", {"by_text": "on", "phone": "", **hours})
    assert "both times" in organizer.follow("/waits/wish", {"start": "soon", "end": ""})
    told = organizer.follow("/waits/wish", {"by_text": "on", "phone": "(202) 555-0177", **hours})
    assert "Saved" in told
    assert 'value="(202) 555-0177"' in told
    assert 'value="08:30"' in told


def test_a_volunteer_sees_neither_the_board_nor_the_wishes(volunteer):
    ana = volunteer("Ana")
    assert ana.get("/waits").status_code == 403
    assert "When somebody waits too long" not in ana.open("/me")
