"""Staff in Chromium: sign in, import, write, launch, watch, pause; on a small phone, without scripts, by keyboard."""

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from phonebank import clock as house_clock
from phonebank import db
from phonebank.people.models import Role
from tests.support.browsing import DESK, PHONE, SMALL, Site, shot
from tests.support.campaigns import a_campaign, a_contact
from tests.support.house import SERVICE, House

pytestmark = pytest.mark.database("sqlite")
SUPPORTERS = [("Elsa", "(202) 555-0143"), ("Hal", "202-555-0144"), ("Rosa", "+1 202 555 0145"), ("Nobody", "no number")]
LIST = "First Name,Cell Phone,ZIP\n" + "".join(f"{name},{number},20001\n" for name, number in SUPPORTERS)
TEXT = (
    "Hi {{ first_name }}, it's {{ sender_name }} with {{ organization }}. Thank you for coming to our house party! "
    "Can I count on you to make calls with us {{ ask.when }}? Reply STOP to end."
)
PAGES = (
    "/campaigns",
    "/campaigns/1",
    "/campaigns/1/preflight",
    "/campaigns/1/edit",
    "/campaigns/1/close",
    "/campaigns/new",
    "/campaigns/paste",
    "/contacts",
    "/contacts/upload",
    "/queues/strangers",
    "/queues/unknown",
    "/opt-outs",
    "/people",
    "/me",
)


@pytest.fixture
def house(databases):
    folder = Path(tempfile.mkdtemp(prefix="phonebank-staff-", dir="/tmp"))
    one = House(databases.fresh(), folder)
    try:
        one.enter()
        yield one
    finally:
        one.stop()
        db.engine().dispose()
        house_clock.follow(None)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def living_site(chromium, house):
    """The pages of a house whose workers, clock and carrier are at work."""
    opened = Site(chromium, house.settings.address, house.clock)
    yield opened
    opened.close()
    assert opened.errors == []


def figure(page, label):
    """The number that stands above this label."""
    return page.locator(".figures > div", has=page.get_by_text(label, exact=True)).locator("dd")


def fill_in(page, begins):
    page.get_by_label("Name of the campaign").fill("Ranked choice phone bank")
    page.get_by_label("Organization").fill("RepresentUs")
    page.get_by_label("First name of who asks").fill("Amanda")
    page.get_by_label("Sender", exact=True).fill(SERVICE)
    page.get_by_label("What they are to do", exact=True).fill("make calls with us online")
    page.get_by_label("Begins").first.fill(f"{begins:%Y-%m-%dT%H:%M}")
    page.get_by_role("textbox", name="Text 1").fill(TEXT)


def test_from_a_list_to_the_first_yes(living_site, house):
    page = living_site.signed_in("Amanda", Role.ADMIN, DESK)
    page.goto("/contacts/upload")
    upload(page)
    page.get_by_role("link", name="Ask these people").click()
    expect(page.get_by_role("group", name="Lists").get_by_label("supporters")).to_be_checked()
    fill_in(page, house.clock.now() + timedelta(days=3))
    expect(page.get_by_role("article", name="The coach on text 1")).to_contain_text("A hard ask", timeout=20_000)
    expect(page.locator("#preview")).to_contain_text("it's Amanda with RepresentUs", timeout=20_000)
    shot(page, "campaign")
    page.get_by_role("button", name="Save and look ahead").click()
    expect(page.get_by_role("heading", name="Ready to launch")).to_be_visible(timeout=20_000)
    shot(page, "before-launch")
    page.get_by_role("button", name="Launch now to 3 people").click()
    watch(page, house)


def upload(page):
    page.get_by_label("File", exact=True).set_input_files(
        {"name": "supporters.csv", "mimeType": "text/csv", "buffer": LIST.encode()}
    )
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_label("Cell Phone")).to_have_value("phone")
    page.get_by_label("Name of the list").fill("supporters")
    page.get_by_label("How they agreed").fill("sign-up form, January 2027")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(figure(page, "new people")).to_have_text("3", timeout=20_000)
    expect(figure(page, "rows rejected")).to_have_text("1")
    with page.expect_download() as rejects:
        page.get_by_role("link", name="Download the rejected rows").click()
    assert "no number" in Path(rejects.value.path()).read_text()


def watch(page, house):
    """Everything below comes to the page by itself."""
    expect(page.get_by_text("3 of 3 people asked")).to_be_visible(timeout=30_000)
    expect(page.locator("[data-step=delivered]")).to_have_text("3", timeout=20_000)
    house.carrier.reply("+12025550143", "Yes, count me in!")
    expect(figure(page, "yes")).to_have_text("1", timeout=20_000)
    house.carrier.reply("+12025550144", "maybe, depends on my shift")
    expect(page.get_by_text("person waits for an answer from a volunteer")).to_be_visible(timeout=20_000)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused by Amanda.")).to_be_visible()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()


@pytest.fixture
def furnished(site, clock):
    """A site with a draft, a list, and somebody on it."""
    with db.transaction() as session:
        people = [a_contact("+12025550143", "Elsa"), a_contact("+12025550144", "Wilhelmina-Alexandrina")]
        a_campaign(session, contacts=people, name="Averyveryverylongcampaignnamewithoutasinglespaceinit and more of it")
    return site


@pytest.mark.parametrize("size", [SMALL, PHONE, DESK], ids=["320", "390", "1280"])
def test_nothing_is_cut_off_on_any_screen(furnished, size):
    page = furnished.signed_in("Amanda", Role.ADMIN, size)
    for path in PAGES:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        width = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert width <= 0, f"{path} is {width} px too wide"


def test_pages_ask_no_other_site_for_anything(furnished):
    page = furnished.signed_in("Amanda", Role.ADMIN)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for path in PAGES:
        page.goto(path)
    assert [url for url in asked if not url.startswith(furnished.address)] == []


def test_a_campaign_is_made_and_looked_at_without_scripts(furnished):
    context = furnished.browser.new_context(base_url=furnished.address, java_script_enabled=False, viewport=PHONE)
    furnished.contexts.append(context)
    page = context.new_page()
    page.goto(furnished.link("Amanda", Role.ADMIN))
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="New campaign").click()
    fill_in(page, furnished.clock.now() + timedelta(days=3))
    page.get_by_role("group", name="Lists").get_by_label("supporters").check()
    page.get_by_role("button", name="Save and look ahead").click()
    expect(page.get_by_role("heading", name="Before launch: not yet")).to_be_visible()
    expect(page.get_by_text("Set TWILIO_ACCOUNT_SID")).to_be_visible()


def test_what_is_wrong_is_marked_and_nothing_typed_is_lost(furnished):
    page = furnished.signed_in("Amanda", Role.ORGANIZER)
    page.goto("/campaigns/new")
    fill_in(page, furnished.clock.now() + timedelta(days=3))
    page.get_by_label("Sender", exact=True).fill("us")
    page.get_by_role("button", name="Save and look ahead").click()
    expect(page.get_by_text("Kept, but not finished.")).to_be_visible()
    expect(page.get_by_label("Sender", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("textbox", name="Text 1")).to_have_value(TEXT)


def test_a_person_signs_in_with_a_password_by_keyboard_alone(furnished):
    admin = furnished.signed_in("Amanda", Role.ADMIN)
    admin.goto("/me")
    admin.get_by_label("New password").fill("correct horse battery")
    admin.get_by_role("button", name="Set password").click()
    expect(admin.get_by_text("Your password is set")).to_be_visible()
    email = admin.locator(".lead").inner_text().split(",")[0]
    page = furnished.page("/sign-in")
    page.keyboard.press("Tab")  # past the link that skips to the page
    page.keyboard.press("Tab")
    page.keyboard.type(email)
    page.keyboard.press("Tab")
    page.keyboard.type("correct horse battery")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Campaigns")).to_be_visible()


def test_an_invitation_is_copied_and_lets_somebody_in(furnished):
    admin = furnished.signed_in("Amanda", Role.ADMIN)
    admin.goto("/people")
    admin.get_by_label("Name").fill("Vera Voss")
    admin.get_by_label("E-mail").fill("vera@example.org")
    admin.get_by_role("button", name="Make a sign-in link").click()
    address = admin.get_by_label("Sign-in link").input_value()
    vera = furnished.page(address)
    vera.get_by_role("button", name="Sign in").click()
    expect(vera.get_by_role("link", name="Vera Voss")).to_be_visible()
    expect(vera.get_by_role("navigation").get_by_role("link")).to_have_text(["Inbox", "First shift", "One-on-ones"])


def test_a_suspended_persons_open_page_sends_them_away(furnished):
    admin = furnished.signed_in("Amanda", Role.ADMIN)
    vera = furnished.signed_in("Vera", Role.VOLUNTEER)
    vera.goto("/inbox")
    admin.goto("/people")
    admin.get_by_text("Change Vera").click()
    admin.get_by_role("button", name="Suspend Vera").click()
    expect(vera.get_by_text("Your access has ended")).to_be_visible(timeout=10_000)
