"""People, shifts, queues and the trail in Chromium: by phone and at a desk, and what an open page does when suspended."""

import re

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from phonebank import db
from phonebank.messages.models import Direction, Message, MessageKind, MessageStatus
from phonebank.optouts import ledger
from phonebank.optouts.models import Ban
from phonebank.people import audit
from phonebank.people.models import Deed, Role
from tests.support import conversations as make
from tests.support.browsing import DESK, PHONE, looked_at

pytestmark = pytest.mark.database("sqlite")


def test_a_text_bank_that_starts_in_ten_minutes(site):
    olga = site.signed_in("Olga", Role.ORGANIZER, DESK)
    olga.get_by_role("link", name="People").click()
    olga.get_by_label("At most").fill("20")
    olga.get_by_role("button", name="Make a link for many").click()
    expect(olga.get_by_role("heading", name="A link for up to 20 volunteers")).to_be_visible()
    looked_at(olga, "link-for-many")
    ana = site.page(olga.get_by_label("Link to join").input_value())
    looked_at(ana, "join")
    ana.get_by_label("Your name").fill("Ana")
    ana.get_by_role("button", name="Join").click()
    ana.get_by_role("link", name="Inbox").click()
    ana.get_by_role("button", name="Start my shift").click()
    expect(ana.get_by_text("Your shift has begun")).to_be_visible()
    olga.goto("/shifts")
    expect(olga.locator("#now-on").get_by_role("row", name=re.compile("Ana"))).to_contain_text("here")
    olga.goto("/people")
    expect(olga.get_by_role("cell", name="1 of 20")).to_be_visible()
    looked_at(olga, "people")


def test_a_suspended_persons_open_page_is_closed_at_once_and_their_words_are_kept(site, waits):
    handoff_id, _ = waits("Rosa")
    admin = site.signed_in("Amanda", Role.ADMIN, DESK)
    vera = site.signed_in("Vera")
    vera.goto("/inbox")
    vera.get_by_role("button", name="Take the conversation with Rosa").click()
    expect(vera.get_by_role("textbox").first).to_be_visible()
    with vera.expect_response(re.compile("/draft")):
        vera.get_by_role("textbox").first.press_sequentially("Hi Rosa, we can also")
    admin.goto("/people")
    admin.get_by_text("Change Vera").click()
    admin.get_by_role("button", name="Suspend Vera").click()
    expect(admin.get_by_text("1 conversation is back in the inbox")).to_be_visible()
    expect(vera.get_by_text("Your access has ended")).to_be_visible()
    looked_at(vera, "suspended")
    bea = site.signed_in("Bea")
    bea.goto(f"/inbox/{handoff_id}")
    bea.get_by_role("button", name=re.compile("Take")).first.click()
    expect(bea.get_by_role("textbox").first).to_have_value("Hi Rosa, we can also")


def test_an_answer_written_while_being_suspended_is_refused_and_nothing_goes(site, waits):
    waits("Rosa")
    admin = site.signed_in("Amanda", Role.ADMIN, DESK)
    vera = site.signed_in("Vera")
    vera.goto("/inbox")
    vera.get_by_role("button", name="Take the conversation with Rosa").click()
    vera.get_by_role("textbox").first.fill("See you there!")
    vera.route(
        "**/talk*", lambda route: route.fulfill(status=204)
    )  # no live poll tells them before they press the button
    admin.goto("/people")
    admin.get_by_text("Change Vera").click()
    admin.get_by_role("button", name="Suspend Vera").click()
    expect(admin.get_by_text("is suspended")).to_be_visible()
    vera.get_by_role("button", name="Send").first.click()
    expect(vera.get_by_text("Your access has ended")).to_be_visible()
    with db.reading() as session:
        assert session.exec(select(Message).where(Message.kind == MessageKind.ANSWER)).all() == []


@pytest.fixture
def full_queues(site, waits, clock):
    """A row or two in each queue."""
    now = clock.now()
    _, held = waits("Rosa", "please no more of these", reason="may_opt_out", urgency=0, why="“no more” may ask to stop")
    waits("Hal", "sorry, just saw this. Is it too late?", reason="late", urgency=3)
    with db.transaction() as session:
        ledger.record(session, held.phone, because="may", by="the reader", now=now, kind=Ban.HOLD)
        theirs = {"direction": Direction.IN, "kind": MessageKind.REPLY, "status": MessageStatus.HANDLED}
        for number in range(2):
            words = {"phone": f"+1202555014{number}", "sender": make.SENDER, "created_at": now}
            session.add(Message(body="Hi, is this the phone bank I read about?", **theirs, **words))
        lost = {"direction": Direction.OUT, "kind": MessageKind.ASK, "status": MessageStatus.UNKNOWN, "attempts": 1}
        words = {"phone": "+12025550149", "sender": make.SENDER, "created_at": now, "claimed_at": now}
        session.add(Message(body="Hi Elsa, can I count on you?", looked_at=now, **lost, **words))
        failed = lost | {"status": MessageStatus.UNDELIVERED, "error_code": 30005}
        session.add(Message(body="Hi", **failed, **words))
    return site


def test_each_queue_is_emptied_with_one_tap_a_row(full_queues):
    page = full_queues.signed_in("Olga", Role.ORGANIZER, PHONE)
    page.get_by_role("link", name="Queues").click()
    looked_at(page, "queue-held")
    page.get_by_role("button", name=re.compile("They did: opt out")).first.click()
    expect(page.get_by_text("Opted out: they hear nothing more")).to_be_visible()
    page.get_by_role("link", name="Unknown numbers").click()
    looked_at(page, "queue-strangers")
    page.get_by_role("button", name="Not for us").first.click()
    expect(page.get_by_text("Put away: not for us.")).to_be_visible()
    page.get_by_role("link", name="Late replies").click()
    looked_at(page, "queue-late")
    page.get_by_role("button", name="No answer needed").click()
    page.get_by_role("link", name="Sent or not?").click()
    looked_at(page, "queue-unknown")
    page.get_by_role("button", name="It went").click()
    expect(page.get_by_text("Nothing is in doubt")).to_be_visible()
    page.get_by_role("link", name="Did not arrive").click()
    looked_at(page, "queue-failed")
    expect(page.get_by_role("link", name="Queues 1 waiting")).to_be_visible()


def test_two_at_one_queue_the_second_is_told(full_queues):
    first = full_queues.signed_in("Olga", Role.ORGANIZER, DESK)
    second = full_queues.signed_in("Bo", Role.ORGANIZER, PHONE)
    for page in (first, second):
        page.goto("/queues/strangers")
    first.get_by_role("button", name="Answer").first.click()
    expect(first.get_by_text("is this the phone bank")).to_be_visible()
    second.get_by_role("button", name="Not for us").first.click()
    expect(second.get_by_text("Somebody was faster")).to_be_visible()


def test_a_shift_is_planned_on_the_planners_own_clock(site, clock):
    context = site.browser.new_context(viewport=DESK, base_url=site.address, timezone_id="Pacific/Auckland")
    site.contexts.append(context)
    site.link("Ana")
    page = context.new_page()
    page.goto(site.link("Olga", Role.ORGANIZER))
    page.get_by_role("button", name="Sign in").click()
    page.goto("/shifts")
    expect(page.get_by_label("Your time zone")).to_have_value("Pacific/Auckland")
    year = clock.now().year + 1
    page.get_by_label("Who").select_option("Ana")
    page.get_by_label("From").fill(f"{year}-02-10T18:00")
    page.get_by_label("To", exact=True).fill(f"{year}-02-10T20:00")
    page.get_by_role("button", name="Plan it").click()
    expect(page.locator(f'time[datetime="{year}-02-10T05:00:00Z"]')).to_be_visible()
    looked_at(page, "shifts")


def test_the_trail_is_looked_through(site, clock):
    with db.transaction() as session:
        for about in ("Ranked choice phone bank", "Budget hearing"):
            audit.record(session, Deed.LAUNCHED, by="Olga (olga@example.org)", about=about, now=clock.now())
    page = site.signed_in("Amanda", Role.ADMIN, PHONE)
    page.get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Audit trail").click()
    page.get_by_text("Look something up").click()
    page.get_by_label("About").fill("budget")
    page.get_by_role("button", name="Look up").click()
    expect(page.get_by_text("Budget hearing")).to_be_visible()
    expect(page.get_by_text("Ranked choice phone bank")).to_have_count(0)
    page.get_by_role("link", name="Show everything").click()
    looked_at(page, "audit")


def test_the_places_under_more_open_and_close_by_keyboard(site):
    page = site.signed_in("Amanda", Role.ADMIN, PHONE)
    more = page.get_by_text("More", exact=True)
    more.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Audit trail")).to_be_visible()
    looked_at(page, "places")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Audit trail")).to_be_hidden()
    expect(more).to_be_focused()
