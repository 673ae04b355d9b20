"""Events, the door, exports and the supporter's page in Chromium: on a phone and at a desk."""

import re

import pytest
from playwright.sync_api import expect

from phonebank import db
from phonebank.asks.models import Ask
from phonebank.contacts.models import Contact
from phonebank.followups import lifecycle, scheduling
from phonebank.messages.models import MessageKind
from phonebank.people.models import Role
from phonebank.web import door
from tests.support import conversations as make
from tests.support.browsing import DESK, PHONE, looked_at
from tests.support.factories import update

pytestmark = pytest.mark.database("sqlite")
NAMES = [
    ("Rosa", "Gómez"),
    ("Bo", "Lee"),
    ("Elsa", "Nuñez"),
    ("ليلى", "حداد"),
    ("<script>alert(1)</script>", ""),
    ("", ""),
]
NAMES += [("Ana", f"Miller {number}") for number in range(8)]


@pytest.fixture
def drive(site, clock):
    """A phone bank in a week that some have said yes to."""
    with db.transaction() as session:
        made = make.campaign(session, clock.now(), name="Ranked choice phone bank")
        ask = session.get(Ask, made.ask_id)
        ask.place = "12 Main Street, Springfield"
    for first, last in NAMES:
        say_yes(made, clock, first, last)
    return made


def say_yes(drive, clock, first, last="", language="en"):
    now = clock.now()
    with db.transaction() as session:
        who = make.supporter(session, drive, now, first, language=language)
        make.text(session, who, "Can I count on you?", now, kind=MessageKind.ASK, step="ask", claimed_at=now)
        made = scheduling.pledge(session, drive, session.get(Ask, drive.ask_id), who, now)
        if first in {"Rosa", "Bo"}:
            lifecycle.confirm(session, made.id)
        if first == "Elsa":
            lifecycle.withdraw(session, made.id, now)
    update(Contact, who.contact_id, last_name=last)
    return made.token


def begin(drive, clock):
    with db.reading() as session:
        starts_at = session.get(Ask, drive.ask_id).starts_at
    clock.pass_by(seconds=(starts_at - clock.now()).total_seconds())


def test_who_comes_stands_with_each_event(site, drive):
    page = site.signed_in("Amanda", Role.ORGANIZER, DESK)
    page.goto("/events")
    page.get_by_role("button", name="Make my calendar address").click()
    expect(page.get_by_label("Your calendar address")).to_have_value(re.compile(r"/calendar/[\w-]{32}\.ics$"))
    looked_at(page, "events")
    page.goto(f"/campaigns/{drive.id}/commitments")
    expect(page.get_by_text("Confirmed: 2")).to_be_visible()
    looked_at(page, "commitments")
    page.get_by_role("link", name="Open this event").click()
    looked_at(page, "event")


def test_two_greeters_see_each_others_taps_and_never_undo_them(site, drive, clock):
    begin(drive, clock)
    amanda = site.signed_in("Amanda", Role.ORGANIZER, PHONE)
    bo = site.signed_in("Bo", Role.ORGANIZER, PHONE)
    for page in (amanda, bo):
        page.goto(f"/check-in/{drive.ask_id}")
    amanda.get_by_label("Find somebody by name").press_sequentially("gom")
    expect(amanda.get_by_role("button", name="Bo Lee")).to_be_hidden()
    amanda.get_by_role("button", name="Rosa Gómez").dblclick()
    expect(amanda.get_by_role("status").filter(has_text="Rosa Gómez is here.")).to_be_visible()
    expect(amanda.get_by_label("Find somebody by name")).to_have_value("")
    expect(bo.get_by_text("1 here")).to_be_visible(timeout=2_500)
    expect(bo.get_by_role("link", name="Undo for Rosa Gómez")).to_be_visible()
    amanda.get_by_role("button", name="ليلى حداد").click()
    expect(amanda.get_by_text("2 here")).to_be_visible()
    amanda.evaluate("scrollTo(0, 0)")
    looked_at(amanda, "check-in")
    bo.get_by_role("link", name="Undo for Rosa Gómez").click()
    bo.get_by_role("button", name="Take it back").click()
    expect(bo.get_by_text("1 here")).to_be_visible()


def test_the_door_works_without_scripts_and_by_keyboard(site, drive, clock):
    begin(drive, clock)
    page = site.signed_in("Amanda", Role.ORGANIZER, PHONE)
    page.route("**/*.js*", lambda route: route.abort())
    page.goto(f"/check-in/{drive.ask_id}")
    page.get_by_label("Find somebody by name").fill("lee")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Rosa Gómez")).to_be_hidden()
    page.get_by_role("button", name="Bo Lee").press("Enter")
    expect(page.get_by_text("Bo Lee is here.")).to_be_visible()


def test_a_volunteer_with_the_door_finds_it_and_walk_ins_are_told_where_to_go(site, drive, clock):
    begin(drive, clock)
    ana = site.signed_in("Ana", Role.VOLUNTEER, PHONE)
    amanda = site.signed_in("Amanda", Role.ORGANIZER, DESK)
    amanda.goto(f"/events/{drive.ask_id}")
    amanda.get_by_role("button", name="Hand them the door").click()
    amanda.get_by_label("What greeters tell people").fill("Welcome! The sheet at the table is for you.")
    amanda.get_by_role("button", name="Keep", exact=True).click()
    ana.goto("/inbox")
    ana.get_by_role("link", name="Check-in").click()
    ana.get_by_role("link", name="Check people in").click()
    expect(ana.get_by_text("The sheet at the table is for you.")).to_be_visible()
    assert len(ana.content()) < 60_000
    assert len(NAMES) <= door.MOST_SHOWN


def test_the_rest_did_not_come_and_are_asked_again(site, drive, clock):
    clock.pass_by(days=8)
    page = site.signed_in("Amanda", Role.ORGANIZER, PHONE)
    page.goto(f"/events/{drive.ask_id}")
    page.get_by_role("button", name="The rest did not come").click()
    expect(page.get_by_text("13 marked as not there.")).to_be_visible()
    looked_at(page, "event-afterwards")
    page.get_by_label("Took it back").check()
    page.get_by_role("button", name="Make the list and write the ask").click()
    page.wait_for_url("**/campaigns/new**")
    expect(page.get_by_text("Did not come: Make calls with us online").first).to_be_visible()


def test_rows_are_downloaded_and_opt_outs_taken_in(site, drive):
    page = site.signed_in("Amanda", Role.ORGANIZER, DESK)
    page.goto(f"/campaigns/{drive.id}/exports")
    looked_at(page, "exports")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download Commitments").click()
    assert download.value.suggested_filename == f"ranked-choice-phone-bank-commitments-{len(NAMES)}-rows.csv"
    page.get_by_role("link", name="Take in opt-outs from elsewhere").click()
    looked_at(page, "opt-outs-from-elsewhere")
    page.get_by_label("File").set_input_files(
        {"name": "spoke.csv", "mimeType": "text/csv", "buffer": b"phone\n2025550188\nnobody\n"}
    )
    page.get_by_role("button", name="Opt them all out").click()
    expect(page.get_by_role("link", name="Download the rejected rows")).to_be_visible()


def test_a_supporters_page_in_their_language_without_scripts_or_cookies(site, drive, clock):
    page = site.page(f"/y/{say_yes(drive, clock, 'Rosa')}")
    looked_at(page, "supporter")
    page.get_by_text("Text me …").click()
    page.get_by_role("button", name="the day before").click()
    expect(page.get_by_text("We will text you on Tuesday, February 9.")).to_be_visible()
    looked_at(page)
    page.get_by_role("button", name="I can't make it").click()
    page.go_back()
    expect(
        page.get_by_text("Thank you for letting us know").or_(page.get_by_text("You are down for this"))
    ).to_be_visible()
    assert page.context.cookies() == []
    page.goto(f"/y/{say_yes(drive, clock, 'José María', language='es')}")
    looked_at(page, "supporter-es")
    page.get_by_role("button", name="No me escriban más").click()
    expect(page.get_by_text("No volveremos a escribirle")).to_be_visible()
    looked_at(page)


def test_a_supporters_page_that_has_expired_or_never_was(site, drive, clock):
    token = say_yes(drive, clock, "Rosa")
    clock.pass_by(days=30)
    page = site.page(f"/y/{token}")
    looked_at(page, "supporter-expired")
    page.goto(f"/y/{'x' * 32}")
    looked_at(page)
