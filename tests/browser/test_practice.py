"""Practising in Chromium, on a phone and on a desk, without scripts too; and the page of what worked."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from phonebank import db
from phonebank.asks.models import Ask
from phonebank.intents import Outcome
from phonebank.people.models import Role
from tests.support import conversations as make
from tests.support import factories
from tests.support.browsing import DESK, PHONE, SMALL, shot

pytestmark = pytest.mark.database("sqlite")
WEAK = "Hi Dana, sorry to bother you! Would you maybe be interested in helping with some calls sometime?"
HARD = (
    "Hi Dana, it's Vera with RepresentUs. Thank you for coming to our house party! We're calling supporters on "
    "Wednesday at 6 pm, six days before the vote. Can I count on you to make calls with us online?"
)
ANSWERS = (
    ("maybe", "Totally understand! Is it the evening or the calling itself that gives you pause?"),
    ("not now", "Congratulations to him! Can I count on you to make calls with us on Sunday at 2 pm instead?"),
    ("not that", "I hear you. Will you bake two trays of cookies for the callers on Sunday?"),
)


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def talk_to_the_end(page):
    page.get_by_label("Write to Dana").fill(WEAK)
    page.get_by_role("button", name="Check my ask").click()
    expect(page.get_by_text("A weak ask: easy to let go by.")).to_be_visible()
    assert fits(page)
    page.get_by_label("Write to Dana").fill(HARD)
    page.get_by_role("button", name="Check my ask").click()
    for reply, answer in ANSWERS:
        expect(page.get_by_role("heading", name=f"That was a {reply}.")).to_be_visible()
        page.get_by_label("Your answer to Dana").fill("Okay, let me know.")
        page.get_by_role("button", name="Answer").click()
        expect(page.get_by_text("End with one question")).to_be_visible()
        assert fits(page)
        yield reply
        page.get_by_label("Your answer to Dana").fill(answer)
        page.get_by_role("button", name="Answer").click()
    expect(page.get_by_text("Oh, that I can do! Put me down.")).to_be_visible()
    assert fits(page)
    yield "end"


@pytest.mark.parametrize(("size", "name"), [(SMALL, ""), (PHONE, "practice-on-a-phone"), (DESK, "practice")])
def test_a_volunteer_practises_from_the_inbox_to_the_yes(site, size, name):
    page = site.signed_in("Vera", Role.VOLUNTEER, size)
    page.get_by_role("link", name="Inbox").click()
    page.get_by_role("link", name="Practice an ask").click()
    expect(page.get_by_role("link", name="Ask Dana")).to_be_visible()
    assert fits(page)
    page.get_by_role("link", name="Ask Dana").click()
    for stage in talk_to_the_end(page):
        if name and stage == ("not now" if size is PHONE else "end"):
            shot(page, name)
    page.get_by_role("link", name="Try another").click()
    expect(page.get_by_role("heading", name="Your ask")).to_be_visible()
    expect(page.get_by_role("heading", name="Dana")).to_have_count(0)


def test_it_needs_no_scripts(site):
    context = site.browser.new_context(base_url=site.address, java_script_enabled=False, viewport=PHONE)
    site.contexts.append(context)
    page = context.new_page()
    page.goto(site.link("Vera"))
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Inbox").click()
    page.get_by_role("link", name="Practice an ask").click()
    page.get_by_role("link", name="Ask Dana").click()
    page.get_by_label("Write to Dana").fill(WEAK)
    page.get_by_role("button", name="Check my ask").click()
    page.get_by_role("button", name="Say it anyway").click()
    expect(page.get_by_text("Hmm, maybe. Let me see how the week goes.")).to_be_visible()


@pytest.fixture
def asked(clock):
    """Two campaigns that have asked people, one hard and one weak."""
    then = clock.now() - timedelta(hours=2)
    with db.transaction() as session:
        for text, yes, number in ((HARD, 31, 120), (WEAK, 6, 90)):
            drive = make.campaign(session, clock.now())
            session.get(Ask, drive.ask_id).texts = {"en": [text]}
            for at in range(number):
                outcome = Outcome.YES if at < yes else Outcome.NONE
                factories.asked(session, drive, clock.now(), asked_at=then, outcome=outcome)


@pytest.mark.parametrize("size", [SMALL, DESK], ids=["320", "1280"])
def test_what_worked_fits_every_screen(site, asked, size):
    page = site.signed_in("Amanda", Role.ORGANIZER, size)
    page.get_by_role("link", name="What worked").click()
    expect(page.get_by_text("31 of 120 people")).not_to_have_count(0)
    expect(page.get_by_text("This is no experiment")).to_be_visible()
    assert fits(page)
    if size is DESK:
        shot(page, "what-worked")
