"""One-on-ones and the board of waits in Chromium: booked on a phone, prepared, told about, read across the team."""

import re
from datetime import time, timedelta

import pytest
from playwright.sync_api import expect

from phonebank import db
from phonebank.alerts import lifecycle as alerts
from phonebank.campaigns.models import Alternative, Campaign
from phonebank.contacts.models import Contact
from phonebank.handoffs import answering
from phonebank.handoffs import lifecycle as handoffs
from phonebank.one_on_ones import lifecycle, texting
from phonebank.one_on_ones.models import OneOnOne, OneOnOneStatus
from phonebank.people.models import Role
from tests.support import conversations as make
from tests.support.browsing import DESK, looked_at
from tests.support.talks import rows

pytestmark = pytest.mark.database("sqlite")
REFLECTIONS = (
    ("Ana", "I asked too early. Next time I hear their story first, then ask."),
    ("Ben", "Sharing why I joined opened her up at once."),
    ("Chioma", "The library was loud; a walk in the park would have been better."),
)


@pytest.fixture
def rosa(waits):
    """Rosa, of whom a list tells something, waits in the inbox."""
    handoff_id, supporter = waits("Rosa", "Maybe. I would rather talk about it first?")
    with db.transaction() as session:
        contact = session.get(Contact, supporter.contact_id)
        contact.connection = "came to our house party last month"
        contact.fields = {"interests": "community gardens", "languages": "Spanish"}
        drive = session.get(Campaign, supporter.campaign_id)
        make.kept(session, Alternative(campaign_id=drive.id, answers_to="not_now", ask_id=drive.ask_id))
    return handoff_id, supporter


def book(page, handoff_id):
    page.goto(f"/inbox/{handoff_id}")
    page.get_by_role("button", name="Take it").click()
    page.goto(f"/one-on-ones/new?handoff={handoff_id}")
    page.get_by_label("Date").fill("2027-02-05")
    page.get_by_label("Time").fill("22:30")
    page.get_by_role("textbox", name="Place").fill("at the library on Main Street")


def test_a_volunteer_books_one_on_a_phone_and_prepares_it(site, rosa, clock):
    page = site.signed_in("Ana")
    book(page, rosa[0])
    looked_at(page, "one-on-one-book")
    page.get_by_role("button", name="Book it").click()
    expect(page.get_by_role("alert")).to_contain_text("It is not between 8 in the morning and 9 in the evening")
    page.get_by_label("Time").fill("15:00")
    page.get_by_role("button", name="Book it").click()
    expect(page.get_by_text("Booked, and they are told by text.")).to_be_visible()
    expect(page.get_by_text("community gardens")).to_be_visible()
    expect(page.get_by_role("button", name="Print this sheet")).to_be_visible()
    looked_at(page, "one-on-one-sheet")
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation")).to_be_hidden()
    expect(page.get_by_role("heading", name="The ask")).to_be_visible()
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="Letter"))) == 1, "it prints on one page"


def test_afterwards_it_is_told_and_organizers_read_the_line_across_the_team(site, rosa, clock):
    page = site.signed_in("Ana", size=DESK)
    book(page, rosa[0])
    page.get_by_label("Time").fill("15:00")
    page.get_by_role("button", name="Book it").press("Enter")
    page.wait_for_url("**/one-on-ones/1")
    clock.set(clock.now() + timedelta(days=2, hours=4))
    page.reload()
    page.get_by_label("Their story").fill("Her mother could not vote.")
    page.get_by_label("One line for the team").fill(REFLECTIONS[0][1])
    looked_at(page, "one-on-one-afterwards")
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_text("Written down.")).to_be_visible()
    _others(rosa, clock)
    olu = site.signed_in("Olu", Role.ORGANIZER)
    olu.goto("/one-on-ones")
    looked_at(olu, "one-on-ones")
    olu.get_by_role("link", name="Reflections").click()
    expect(olu.get_by_text(REFLECTIONS[0][1])).to_be_visible()
    looked_at(olu, "reflections")


def _others(rosa, clock):
    """What others of the team have met and written, and one that lies ahead."""
    with db.transaction() as session:
        drive = session.get(Campaign, rosa[1].campaign_id)
        for days, (name, line) in enumerate(REFLECTIONS[1:], 1):
            who = make.person(session, clock.now(), name)
            made = _one(session, drive, who, clock.now() - timedelta(days=days), clock)
            lifecycle.note(session, made, OneOnOneStatus.HELD, {"reflection": line})
        _one(session, drive, who, clock.now() + timedelta(days=1), clock)


def _one(session, drive, who, starts_at, clock):
    with_whom = make.supporter(session, drive, clock.now(), "Luis")
    told = {"recipient_id": with_whom.id, "campaign_id": drive.id, "meets_id": who, "booked_by": who}
    told |= {"starts_at": starts_at, "minutes": 30, "timezone": "America/New_York", "place": "", "remind_at": None}
    return lifecycle.book(session, nonce=f"{starts_at}", now=clock.now(), **told)


def test_the_supporters_own_page(site, rosa, clock):
    with db.transaction() as session:
        drive = session.get(Campaign, rosa[1].campaign_id)
        _one(session, drive, make.person(session, clock.now(), "Ana"), clock.now() + timedelta(days=1), clock)
    page = site.page(texting.link_of(rows(OneOnOne)[0], ""))
    looked_at(page, "one-on-one-theirs")
    page.get_by_role("button", name="I can't make it").click()
    expect(page.get_by_text("This will not take place")).to_be_visible()
    looked_at(page)


def test_the_board_of_waits_is_live_and_the_bound_is_set_on_it(site, waits, clock):
    clock.run(0)
    _a_day(waits, clock)
    page = site.signed_in("Olu", Role.ORGANIZER)
    page.goto("/waits")
    expect(page.get_by_text("4 min", exact=True)).to_be_visible()
    waits("Luis", urgency=0)
    expect(page.get_by_text("may have asked to stop")).to_be_visible()
    page.get_by_label("Minutes somebody may wait").fill("3")
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_text("Saved: from now on")).to_be_visible()
    with db.transaction() as session:
        alerts.begin(session, clock.now())
    page.goto("/waits")
    expect(page.get_by_text("Too long since")).to_be_visible()
    looked_at(page, "waits")
    page.goto("/me")
    expect(page.get_by_text("Somebody has waited more than 3 minutes for an answer.")).to_be_visible()
    looked_at(page, "account")


def _a_day(waits, clock):
    """A morning of first answers, and one who waits."""
    with db.transaction() as session:
        ana = make.person(session, clock.now(), "Ana")
        alerts.wish(session, ana, phone="", by_text=False, by_email=False, start=time(8), end=time(21))
    for minutes in (2, 3, 9, 31, 4, 6):
        handoff_id, _ = waits("Rosa")
        now = clock.pass_by(minutes=minutes)
        with db.transaction() as session:
            handoffs.claim(session, handoff_id, ana, now)
            answering.answer(session, handoff_id, ana, "Hi!", now, nonce="a")
    waits("Rosa")
    clock.pass_by(minutes=4)
