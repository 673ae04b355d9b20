"""The page of a campaign under way, in Chromium: it keeps itself up to date, holds the focus, draws, and ends clearly."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from phonebank import db
from phonebank.campaigns import lifecycle
from phonebank.campaigns.models import Campaign, StopCause
from phonebank.intents import Outcome
from phonebank.people.models import Role
from phonebank.recipients.models import Recipient, RecipientStatus
from phonebank.tallies import counting, queries
from tests.support import conversations as make
from tests.support import factories
from tests.support.browsing import DESK, PHONE, looked_at
from tests.support.factories import do, update
from tests.support.underway import a_campaign_under_way

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def drive(site, clock):
    return do(a_campaign_under_way, clock.now(), name="Ranked choice: calls on Wednesday")


@pytest.fixture
def opened(site):
    """opened(drive): the page of this campaign, before an organizer."""

    def page_of(drive, size=DESK):
        page = site.signed_in("Amanda", Role.ORGANIZER, size)
        page.goto(f"/campaigns/{drive.id}")
        return page

    return page_of


def step(page, name):
    return page.locator(f"[data-step={name}]")


def test_the_whole_page_in_full_swing(opened, drive):
    page = opened(drive)
    expect(step(page, "sent")).to_have_text("96")
    expect(page.get_by_role("img", name="Bars: texts sent over time")).to_be_visible()
    expect(page.locator("[data-draws] canvas")).to_have_count(2)
    assert page.evaluate("getComputedStyle(document.querySelector('.u-wrap')).position") == "relative"
    page.get_by_text("Who did what").click()
    expect(page.get_by_text("launched by Amanda Alvarez")).to_be_visible()
    page.get_by_text("Who did what").click()
    looked_at(page, "live")
    page.get_by_text("As a table").click()
    expect(page.get_by_role("table", name="Sent and heard over time")).to_be_visible()
    looked_at(page)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_what_happens_comes_to_the_page_and_the_focus_stays(opened, drive, clock, size):
    page = opened(drive, size)
    link = page.locator("#step-replied")
    link.focus()
    with db.transaction() as session:
        news = factories.asked(session, drive, clock.now(), first_name="Nora", replied_at=clock.now())
        make.text(session, news, "Who is this?", clock.now() + timedelta(seconds=1))
    expect(page.locator("#replies")).to_contain_text("Nora", timeout=6_000)
    expect(step(page, "sent")).to_have_text("97", timeout=6_000)
    expect(link).to_be_focused()
    page.get_by_role("link", name="Nora").click()
    expect(page.get_by_text("Who is this?")).to_be_visible()


def test_a_pause_says_why_and_how_to_go_on(opened, drive, clock):
    page = opened(drive)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused by Amanda.")).to_be_visible()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    over = StopCause.FILTERED
    do(lifecycle.pause, drive.id, reason="Carriers filter its texts: 4 of 96.", now=clock.now(), over=over)
    expect(page.get_by_text("Carriers filter its texts")).to_be_visible(timeout=6_000)
    expect(page.get_by_text("Read the text as a stranger would").first).to_be_visible()
    looked_at(page, "live-paused")


def test_the_people_behind_a_number_a_screenful_at_a_time(opened, drive):
    page = opened(drive, PHONE)
    page.get_by_role("link", name="Sent", exact=True).click()
    expect(page.get_by_role("heading", name="Asked")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(50)
    expect(page.locator("main")).not_to_contain_text("+1202")
    expect(page.get_by_text("<script>alert(1)</script>").first).to_be_visible()
    looked_at(page, "people-of-a-campaign")
    page.get_by_role("link", name="More").click()
    expect(page.locator("tbody tr")).to_have_count(46)
    page.go_back()
    page.go_back()
    page.locator("#decided-opted_out").click()
    expect(page.get_by_role("heading", name="Decided: opted out")).to_be_visible()


def test_closed_or_deleted_by_somebody_else_the_open_page_says_so(opened, drive, clock):
    page, other = opened(drive), opened(do(a_campaign_under_way, clock.now(), people=0, name="Nobody"))
    expect(other.get_by_text("There is nobody to ask.")).to_be_visible()
    looked_at(other)
    do(lifecycle.close, drive.id, clock.now())
    expect(page.get_by_text("This campaign is closed.")).to_be_visible(timeout=6_000)
    expect(page.get_by_role("button", name="Pause")).to_have_count(0)
    with db.transaction() as session:
        session.delete(session.get(Campaign, int(other.url.rsplit("/", 1)[1])))
    expect(other.get_by_role("alert")).to_contain_text("Somebody has deleted it", timeout=6_000)
    expect(other.locator("#replies")).to_have_count(0)
    looked_at(other)


def test_of_a_large_campaign_the_kept_counts_are_shown_with_their_age(opened, drive, clock, monkeypatch):
    monkeypatch.setattr(queries, "_COUNTED_AT_ONCE", 10)
    page = opened(drive)
    expect(page.get_by_text("counted for the first time")).to_be_visible()
    counting.keep(drive.id, None)
    expect(step(page, "sent")).to_have_text("96", timeout=6_000)
    expect(page.locator("time[data-ago]")).to_contain_text("seconds ago")
    looked_at(page)


def test_all_campaigns_at_a_glance(site, drive, clock):
    long = do(a_campaign_under_way, clock.now(), people=1, name="W" * 100)
    do(lifecycle.pause, long.id, reason="Paused by Olu.", now=clock.now())
    do(a_campaign_under_way, clock.now(), people=4, name="<script>alert(1)</script> مسيرة السلام")
    for each in (drive, long):
        counting.keep(each.id, None)
    page = site.signed_in("Amanda", Role.ORGANIZER, DESK)
    page.goto("/campaigns")
    expect(page.get_by_text("96 of 120 asked")).to_be_visible()
    looked_at(page, "campaigns")
    update(Recipient, 1, status=RecipientStatus.SETTLED, outcome=Outcome.YES)
    do(lifecycle.pause, drive.id, reason="Paused by Olu.", now=clock.now())
    expect(page.get_by_text("Paused by Olu.")).to_have_count(2, timeout=8_000)
    page.goto(f"/campaigns/{long.id}")
    looked_at(page)
