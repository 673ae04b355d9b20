"""The campaign editor in Chromium: saved as it is typed, seen on real phones, looked ahead at; a second pass."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from phonebank import db
from phonebank.campaigns import lifecycle
from phonebank.people.models import Role
from tests.support import factories
from tests.support.browsing import DESK, PHONE, looked_at
from tests.support.campaigns import a_campaign, a_contact, a_list

pytestmark = pytest.mark.database("sqlite")
TEXT = "Hi {{ first_name }}, it's Amanda with RepresentUs. Can I count on you to make calls with us {{ ask.when }}? STOP to end."
SPANISH = "Hola {{ first_name }}, ¿puedo contar contigo {{ ask.when }}? RepresentUs, STOP para salir."
PEOPLE = (
    ("+12025550143", "Elsa", {"fields": {"precinct": "12-B"}, "connection": "came to our house party"}),
    ("+12025550144", "Wilhelmina-Alexandrina", {"fields": {"precinct": "4"}}),
    ("+12025550145", "", {"zones": "America/Los_Angeles"}),
    ("+12025550146", "Zoë", {"language": "es", "fields": {"precinct": "7"}}),
    ("+12025550147", "<script>alert(1)</script>", {}),
    ("+12025550148", "محمد", {"zones": "America/Chicago"}),
)


@pytest.fixture
def listed(site):
    with db.transaction() as session:
        a_list(session, contacts=[a_contact(phone, name, **more) for phone, name, more in PEOPLE])
    return site


@pytest.fixture
def drafted(listed):
    with db.transaction() as session:
        return a_campaign(session).id


def fill_in(page, begins):
    page.get_by_label("Name of the campaign").fill("Ranked choice phone bank")
    page.get_by_role("group", name="Lists").get_by_label("supporters").check()
    page.get_by_label("Organization").fill("RepresentUs")
    page.get_by_label("Sender", exact=True).fill("MG" + "0" * 32)
    page.get_by_label("What they are to do", exact=True).fill("make calls with us online")
    page.get_by_label("Begins").first.fill(f"{begins:%Y-%m-%dT18:00}")
    page.get_by_role("textbox", name="Text 1", exact=True).fill(TEXT)


def saved(page):
    expect(page.locator("#saved")).to_contain_text("Saved ")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_campaign_is_written_seen_on_real_phones_and_looked_ahead_at(listed, clock, size):
    page = listed.signed_in("Amanda", Role.ORGANIZER, size)
    page.goto("/campaigns/new")
    fill_in(page, clock.now() + timedelta(days=3))
    saved(page)
    preview = page.locator("#preview")
    expect(preview).to_contain_text("of UCS-2, because of arabic letter meem")
    expect(preview).to_contain_text("Without first_name")
    expect(preview).to_contain_text("1 person speaks Spanish, and no text does")
    expect(preview).to_contain_text("Los Angeles")
    expect(preview).to_contain_text("all first texts")
    page.get_by_role("button", name="first_name").click()
    expect(page.get_by_role("textbox", name="Text 1", exact=True)).to_have_value(
        TEXT + '{{ first_name | default("friend") }}'
    )
    page.keyboard.press("ControlOrMeta+z")
    expect(page.get_by_role("textbox", name="Text 1", exact=True)).to_have_value(TEXT)
    page.get_by_label("Another language").select_option("es")
    page.get_by_role("button", name="Add this language").click()
    page.get_by_role("textbox", name="Spanish, text 1").fill(SPANISH)
    expect(preview).to_contain_text("Hola Zoë, ¿puedo contar contigo")
    saved(page)
    looked_at(page, "editor" if size is DESK else "")
    page.get_by_role("button", name="Save and look ahead").click()
    expect(page.get_by_role("heading", name="Before launch: not yet")).to_be_visible()
    expect(page.locator(".check", has_text="Missing values")).to_contain_text("first_name is missing for 1 person")
    looked_at(page, "preflight" if size is DESK else "")


def test_two_people_change_one_draft_and_nothing_of_either_is_lost(listed, drafted):
    amanda = listed.signed_in("Amanda", Role.ORGANIZER, DESK)
    vera = listed.signed_in("Vera", Role.ORGANIZER, DESK)
    for page in (amanda, vera):
        page.goto(f"/campaigns/{drafted}/edit")
    amanda.locator("[name='ask.place']").fill("at the Town Hall")
    saved(amanda)
    vera.locator("[name='ask.place']").fill("at the library")
    expect(vera.locator("#clash")).to_contain_text("Amanda changed it at")
    expect(vera.locator("[name='ask.place']")).to_have_value("at the library")
    looked_at(vera, "editor-clash")
    vera.get_by_role("button", name="Save mine over theirs").click()
    expect(vera.get_by_role("heading", name="Pre-flight")).to_be_visible()
    expect(vera.get_by_text("at the library")).to_be_visible()
    vera.goto("/campaigns")
    vera.get_by_role("link", name="as Amanda").click()
    expect(vera.locator("[name='ask.place']")).to_have_value("at the Town Hall")


def test_words_survive_a_lost_connection_and_a_signing_out(listed, drafted):
    page = listed.signed_in("Amanda", Role.ORGANIZER)
    page.goto(f"/campaigns/{drafted}/edit")
    page.context.set_offline(True)
    page.get_by_label("Why it matters").fill("Neighbors move votes.")
    expect(page.locator("#saved")).to_contain_text("No connection")
    page.get_by_role("button", name="Save and look ahead").click()
    expect(page.get_by_label("Why it matters")).to_have_value("Neighbors move votes.")
    page.context.set_offline(False)
    saved(page)
    page.context.clear_cookies()
    page.get_by_label("Why it matters").fill("Every call counts.")
    expect(page.locator("#saved")).to_contain_text("You are signed out. Your words are kept on this device.")
    page.goto(listed.link("Amanda Again", Role.ORGANIZER))
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"/campaigns/{drafted}/edit")
    expect(page.get_by_label("Why it matters")).to_have_value("Every call counts.")
    saved(page)


def test_a_campaign_launched_or_deleted_meanwhile_says_so_and_the_words_stay(listed, drafted, clock):
    page = listed.signed_in("Amanda", Role.ORGANIZER)
    page.goto(f"/campaigns/{drafted}/edit")
    with db.transaction() as session:
        lifecycle.launch(session, drafted, by="Vera Voss", because=None, now=clock.now())
    page.locator("[name='ask.place']").fill("at the library")
    expect(page.locator("#clash")).to_contain_text("was launched by Vera Voss")
    expect(page.get_by_role("button", name="Save mine over theirs")).to_be_hidden()
    page.get_by_role("button", name="Keep mine as a new draft").click()
    expect(page.get_by_text("Your words are a draft of their own now.")).to_be_visible()
    expect(page.locator("[name='ask.place']")).to_have_value("at the library")


def test_a_second_pass_begins_with_those_who_did_not_answer(site, clock):
    with db.transaction() as session:
        drive = a_campaign(session)
        lifecycle.launch(session, drive.id, by="Vera Voss", because=None, now=clock.now())
        lifecycle.begin(session, drive.id, clock.now())
        for name in ("Rosa", "Hal"):
            factories.asked(session, drive, clock.now(), first_name=name)
        factories.asked(session, drive, clock.now(), first_name="Yes", replied_at=clock.now())
    page = site.signed_in("Amanda", Role.ORGANIZER, DESK)
    page.goto(f"/campaigns/{drive.id}")
    page.get_by_role("button", name="Ask those who have not answered").click()
    expect(page.get_by_text("A second pass", exact=True)).to_be_visible()
    expect(page.get_by_role("textbox", name="Text 1", exact=True)).to_have_value("")
    expect(page.get_by_label("What they are to do", exact=True)).to_have_value("make calls with us online")
    expect(page.get_by_role("group", name="Lists").get_by_role("checkbox", checked=True)).to_have_count(1)
    looked_at(page, "second-pass")
    page.get_by_role("textbox", name="Text 1", exact=True).fill(TEXT)
    expect(page.locator("#preview")).to_contain_text("2 of 2 now.")
