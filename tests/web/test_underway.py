"""The page of a campaign under way, its live pieces, and the lists of people behind its numbers."""

import re
from datetime import timedelta

import pytest

from phonebank import clock as house_clock
from phonebank import db, jobs
from phonebank.campaigns import lifecycle
from phonebank.campaigns.models import Campaign
from phonebank.handoffs.models import Handoff
from phonebank.tallies import counting, queries
from tests.support import conversations as make
from tests.support import factories
from tests.support.factories import do, update
from tests.support.underway import a_campaign_under_way

pytestmark = pytest.mark.database("sqlite")
PIECES = ("numbers", "replies", "detail", "curve")


@pytest.fixture
def organizer(visitor, clock):
    return visitor("organizer")


@pytest.fixture
def drive(app, clock):
    return do(a_campaign_under_way, clock.now())


def said(page):
    """Its words alone."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def live_address(page, name):
    return re.search(rf'hx-get="([^"]*/live/{name}[^"]+)"', page)[1].replace("&amp;", "&")


def test_it_shows_every_step_what_came_and_what_to_do(organizer, drive):
    page = organizer.open(f"/campaigns/{drive.id}")
    steps = re.findall(r'data-step="(\w+)">([\d,]+)<', page)
    assert steps == [
        ("recipients", "120"),
        ("sent", "96"),
        ("delivered", "81"),
        ("replied", "24"),
        ("yes", "5"),
        ("confirmed", "3"),
        ("kept", "2"),
    ]
    words = said(page)
    assert "96 of 120 people asked" in words
    assert "80.0 %" in words
    assert "$0.96 of $250.00" in words
    assert "about $1.20" in words
    assert "Nobody is at the inbox" in words
    assert "the number is unknown" in words or "(30003)" in words
    assert "Read the text as a stranger would" in words
    assert "Which text is better" in words
    assert "launched by Amanda Alvarez" in words
    as_sent = organizer.get(f"/campaigns/{drive.id}").text
    assert [word for word in ("<script>alert", "+1202", "style=") if word in as_sent] == []


def test_pieces_are_sent_again_only_when_they_change(organizer, drive, clock):
    page = organizer.open(f"/campaigns/{drive.id}")
    assert [organizer.get(live_address(page, name)).status_code for name in PIECES] == [204] * 4
    do(factories.asked, drive, clock.now(), first_name="Nora")
    for name in ("numbers", "curve"):
        news = organizer.get(live_address(page, name))
        assert news.status_code == 200
        assert "csrf" not in news.text
    assert organizer.get(live_address(page, "replies")).status_code == 204


def test_a_closed_campaigns_pieces_ask_no_more(organizer, drive, clock):
    page = organizer.open(f"/campaigns/{drive.id}")
    do(lifecycle.close, drive.id, clock.now())
    for name in PIECES:
        news = organizer.get(live_address(page, name))
        assert "hx-get" not in news.text
    assert "This campaign is closed" in organizer.open(f"/campaigns/{drive.id}")


def test_of_a_deleted_campaign_the_open_page_is_told(organizer, clock):
    drive = do(a_campaign_under_way, clock.now(), people=0)
    page = organizer.open(f"/campaigns/{drive.id}")
    do(lambda session: session.delete(session.get(Campaign, drive.id)))
    told = organizer.get(live_address(page, "numbers"))
    assert told.status_code == 200
    assert "Somebody has deleted it" in told.text
    assert "hx-get" not in told.text
    assert organizer.get(live_address(page, "replies")).text == ""
    assert organizer.get(f"/campaigns/{drive.id}/live/numbers").status_code == 404
    assert organizer.send(f"/campaigns/{drive.id}/pause").status_code == 409


def test_a_piece_that_is_none_is_not_found(organizer, drive):
    assert organizer.get(f"/campaigns/{drive.id}/live/nonsense").status_code == 404


@pytest.mark.parametrize(
    ("people", "sentence"), [(0, "There is nobody to ask."), (1, "0 of 1 people asked"), (5, "4 of 5 people asked")]
)
def test_it_stands_with_few_people_or_none(organizer, clock, people, sentence):
    drive = do(a_campaign_under_way, clock.now(), people=people)
    assert sentence in said(organizer.open(f"/campaigns/{drive.id}"))


def test_who_waits_longest_and_where_to_answer(organizer, drive, clock):
    with db.transaction() as session:
        to = make.supporter(session, drive, clock.now())
        handoff = make.handed_off(session, to, clock.now() - timedelta(hours=4))
    assert "the longest for 4 hours" in said(organizer.open(f"/campaigns/{drive.id}"))
    update(Handoff, handoff, status="closed")
    assert "the longest for 4 hours" not in said(organizer.open(f"/campaigns/{drive.id}"))


def test_a_large_campaign_shows_what_was_counted_last_and_asks_for_more(organizer, drive, clock, monkeypatch):
    monkeypatch.setattr(queries, "_COUNTED_AT_ONCE", 10)
    assert "counted for the first time" in organizer.open(f"/campaigns/{drive.id}")
    (ring,) = jobs.queue(jobs.QUEUE_OF_TURN["tallying"]).jobs
    assert ring.args == [str(drive.id)]
    counting.keep(drive.id, None)
    do(factories.asked, drive, clock.now())
    page = said(organizer.open(f"/campaigns/{drive.id}"))
    assert "96 of 120 people asked" in page
    assert f"Counted at {clock.now():%H:%M:%S} UTC" in page


@pytest.mark.parametrize(
    ("which", "number"),
    [
        ("recipients", 50),
        ("sent", 50),
        ("delivered", 50),
        ("replied", 24),
        ("yes", 5),
        ("confirmed", 3),
        ("kept", 2),
        ("decided/maybe", 5),
    ],
)
def test_the_people_behind_each_number(organizer, drive, which, number):
    page = organizer.open(f"/campaigns/{drive.id}/people/{which}")
    assert page.count("<tr>") - 1 == number
    assert "+1202" not in page
    assert ("?after=" in page) is (number == 50)


def test_every_person_stands_on_one_screen_and_only_one(organizer, drive, monkeypatch):
    monkeypatch.setattr("phonebank.reports.people._LOOKED_THROUGH", 7)
    address, found, screens = f"/campaigns/{drive.id}/people/replied", 0, 0
    while address:
        page = organizer.open(address)
        found, screens = found + page.count('data-label="Number"'), screens + 1
        more = re.search(r'href="(\?after=\d+)"', page)
        address = more and f"/campaigns/{drive.id}/people/replied{more[1]}"
    assert (found, screens > 10) == (24, True)


def test_a_step_that_is_none_says_so(organizer, drive):
    for which in ("nonsense", "decided/nonsense", "decided/none"):
        answer = organizer.get(f"/campaigns/{drive.id}/people/{which}")
        assert answer.status_code == 404
        assert "There is no such list of people" in answer.text


def test_the_list_shows_what_was_counted_and_no_count_where_none_was(organizer, drive, clock):
    other = do(a_campaign_under_way, clock.now(), people=3, name="<script>alert(1)</script>")
    counting.keep(drive.id, None)
    page = organizer.open("/campaigns")
    assert "96 of 120 asked" in said(page)
    assert "being counted" in said(page)
    assert "<script>alert" not in organizer.get("/campaigns").text
    address = re.search(r'hx-get="([^"]*/campaigns/rows[^"]+)"', page)[1].replace("&amp;", "&")
    assert organizer.get(address).status_code == 204
    do(lifecycle.pause, other.id, reason="Paused by Olu.", now=house_clock.now())
    assert "Paused by Olu." in organizer.get(address).text


def test_many_campaigns_come_a_screenful_at_a_time(organizer, clock):
    with db.transaction() as session:
        for number in range(51):
            make.campaign(session, clock.now(), name=f"Drive {number:02d}")
    page = organizer.open("/campaigns")
    assert "Drive 50" in page
    assert "Drive 00" not in page
    assert "Drive 00" in organizer.open("/campaigns?before=2")
