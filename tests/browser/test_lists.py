"""Lists in Chromium: a file dropped, its columns mended, imported; a new list from others; cut off; without scripts."""

import pytest
from playwright.sync_api import expect

from phonebank import db
from phonebank.people.models import Role
from phonebank.settings import Settings
from tests.support import lists
from tests.support.browsing import DESK, PHONE, looked_at
from tests.support.campaigns import a_campaign
from workers import imports, opening

pytestmark = pytest.mark.database("sqlite")
ROWS = (
    ("Elsa", "(202) 555-0143", "20001", "12", "English"),
    ("Hal", "202-555-0144", "60601", "12", "Spanish"),
    ("رانيا", "+1 202 555 0145", "94103", "9", "Arabic"),
    ("Hal again", "2025550144", "60601", "9", ""),
    ("<script>alert(1)</script>", "no number", "20001", "", ""),
    ("Short", "555-01", "20001", "", ""),
)
FILE = "Who,Nummer,ZIP,Precinct,Language\n" + "".join(",".join(row) + "\n" for row in ROWS)
FIGURES = {
    "new people": "2",
    "known already, updated": "1",
    "rows with a number seen before": "1",
    "rows rejected": "2",
}


@pytest.fixture
def furnished(site, database_url, redis_url, monkeypatch):
    """Somebody known on a list that a campaign uses; a worker's turn may be taken in this process."""
    monkeypatch.setattr(opening._Opened, "settings", Settings(database_url=database_url, redis_url=redis_url))
    lists.take(
        "First Name,Phone,ZIP\nElsa,2025550143,20001\nBea,2025550199,90210\n", name="house party", consent="form"
    )
    with db.transaction() as session:
        a_campaign(session, name="Phone bank", lists=["house party"])
    return site


def drop(page, name, content):
    page.goto("/contacts/upload")
    dropped = page.evaluate_handle(
        "([name, text]) => { const all = new DataTransfer(); all.items.add(new File([text], name)); return all; }",
        [name, content],
    )
    page.dispatch_event("#upload", "drop", {"dataTransfer": dropped})


def figure(page, label):
    return page.locator(".figures > div", has=page.get_by_text(label, exact=True)).locator("dd")


def test_a_dropped_file_is_matched_mended_and_imported(furnished):
    page = furnished.signed_in("Amanda", Role.ORGANIZER, DESK)
    drop(page, "volunteers march.csv", FILE)
    expect(page.get_by_label("Nummer")).to_have_value("phone")
    for label, number in FIGURES.items():
        expect(figure(page, label)).to_have_text(number)
    page.get_by_label("Nummer").select_option("")
    expect(page.get_by_text("No column is the phone number yet")).to_be_visible()
    page.get_by_label("Nummer").select_option("Phone number")
    page.get_by_label("Who").select_option("First name")
    expect(figure(page, "new people")).to_have_text("2")
    looked_at(page, "import-match")
    page.get_by_label("How they agreed").fill("sign-up form, March 2027")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("heading", name="Waiting to be read")).to_be_visible()
    imports.turn("1")
    expect(page.get_by_role("heading", name="Done")).to_be_visible()
    looked_at(page, "import-done")
    page.get_by_role("link", name="Ask these people").click()
    expect(page.locator("input[name='lists'][value='volunteers march']")).to_be_checked()
    page.goto("/contacts/imports/1/match")
    expect(page.get_by_role("heading", name="Done")).to_be_visible()


def test_an_upload_cut_off_says_so_and_goes_on_when_pressed_again(furnished):
    page = furnished.signed_in("Amanda", Role.ORGANIZER, PHONE)
    page.route(
        "**/contacts/upload", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    drop(page, "volunteers.csv", FILE)
    expect(page.get_by_text("The upload was cut off and nothing was kept.")).to_be_visible()
    page.unroute("**/contacts/upload")
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_label("Nummer")).to_have_value("phone")
    drop(page, "holiday.png", "\x89PNG and more of it")
    expect(page.get_by_role("alert")).to_be_visible()


def test_a_new_list_is_put_together_with_counts_before(furnished):
    lists.take("First Name,Phone,ZIP,Precinct\nAna,2025550101,94103,12\nBo,2025550102,60601,9\nElsa,2025550143,,12\n")
    page = furnished.signed_in("Amanda", Role.ORGANIZER, DESK)
    page.goto("/contacts")
    looked_at(page, "lists")
    page.get_by_role("link", name="New list from others").click()
    page.get_by_role("group", name="Lists", exact=True).get_by_label("supporters").check()
    expect(figure(page, "people are left")).to_have_text("3")
    page.get_by_text("Keep only some of them").click()
    page.get_by_label("Column 1", exact=True).fill("Precinct")
    page.get_by_label("Value of column 1").fill("12")
    page.get_by_text("Who is on other lists").click()
    page.get_by_role("group", name="Lists to leave out").get_by_label("house party").check()
    expect(figure(page, "person is left")).to_have_text("1")
    expect(page.get_by_role("row", name="On “house party”")).to_contain_text("1")
    page.evaluate("scrollTo(0, 0)")
    looked_at(page, "list-choose")
    page.get_by_label("Name of the new list").fill("Precinct 12, not asked yet")
    page.get_by_role("button", name="Save the list").click()
    expect(page.get_by_role("heading", name="Precinct 12, not asked yet")).to_be_visible()
    expect(figure(page, "person")).to_have_text("1")
    looked_at(page, "list")


def test_a_list_is_imported_on_a_phone_without_scripts(furnished):
    context = furnished.browser.new_context(base_url=furnished.address, java_script_enabled=False, viewport=PHONE)
    furnished.contexts.append(context)
    page = context.new_page()
    page.goto(furnished.link("Amanda", Role.ORGANIZER))
    page.get_by_role("button", name="Sign in").click()
    page.goto("/contacts/upload")
    page.get_by_label("File", exact=True).set_input_files(
        {"name": "more.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
    )
    page.get_by_role("button", name="Upload").click()
    page.get_by_label("Who").select_option("First name")
    page.get_by_role("button", name="See what this does").click()
    expect(figure(page, "new people")).to_have_text("2")
    page.get_by_label("Put them on").select_option("house party (2 people)")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("heading", name="Waiting to be read")).to_be_visible()
    imports.turn("1")
    assert len(lists.members("house party")) == 4
