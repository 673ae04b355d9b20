"""First texts by hand in Chromium: a text a key or tap, and no second one for a held key, a double tap or a lost connection."""

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from phonebank import db
from phonebank.asks.models import Ask
from phonebank.campaigns.models import Campaign, CampaignStatus
from phonebank.messages.models import Message
from tests.support import conversations as make
from tests.support import factories
from tests.support.browsing import DESK, PHONE, looked_at
from tests.support.factories import do, update

pytestmark = pytest.mark.database("sqlite")
NAMES = ("Rosa", "Luis", "Åsa", "مريم", "Ben", "Kim")


@pytest.fixture
def drive(site, clock):
    drive = do(make.campaign, clock.now(), name="Ranked choice phone bank", sent_by="people")
    text = "Hi {{ first_name }}, it's {{ sender_name }} with RepresentUs. Can I count on you to make calls with us {{ ask.when }}? Reply STOP to end."
    update(Ask, drive.ask_id, texts={"en": [text]})
    for name in NAMES:
        do(factories.member, drive, clock.now(), first_name=name)
    return drive


def _sent():
    with db.reading() as session:
        return [
            row.body.split(",")[0].removeprefix("Hi ") for row in session.exec(select(Message).order_by(Message.id))
        ]


def _begun(site, size):
    page = site.signed_in("Ana Lopez", size=size)
    page.goto("/first-texts")
    page.get_by_role("button", name="Send the last 6").click()
    expect(page.get_by_role("heading", name="Rosa")).to_be_visible()
    return page


def _is_ready(page):
    """Long enough for a look at the next text."""
    page.wait_for_function("document.activeElement?.id === 'send'")
    page.wait_for_timeout(360)


def test_a_batch_goes_by_the_enter_key_alone_and_a_held_key_is_one_text(site, drive):
    page = _begun(site, DESK)
    looked_at(page, "first-texts")
    _is_ready(page)
    page.keyboard.down("Enter")
    for _ in range(12):
        page.keyboard.down("Enter")  # held: the browser repeats it
    expect(page.get_by_role("heading", name="Luis")).to_be_visible()
    for _ in range(12):
        page.keyboard.down("Enter")
        page.wait_for_timeout(40)
    page.keyboard.up("Enter")
    assert _sent() == ["Rosa"]
    for name in NAMES[2:]:
        _is_ready(page)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name=name)).to_be_visible()
    _is_ready(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Nobody is left to text right now")).to_be_visible()
    expect(page.locator("#standing")).to_contain_text("6 wait their turn", timeout=4000)
    assert _sent() == list(NAMES)


def test_a_double_tap_on_a_phone_is_one_text_and_an_edited_one_goes_as_edited(site, drive):
    page = _begun(site, PHONE)
    _is_ready(page)
    page.evaluate("for (let i = 0; i < 5; i++) document.getElementById('send').click()")
    expect(page.get_by_role("heading", name="Luis")).to_be_visible()
    page.evaluate("for (let i = 0; i < 5; i++) document.getElementById('send').click()")  # the tap's other half
    _is_ready(page)
    assert _sent() == ["Rosa"]
    box = page.get_by_label("Your text to Luis")
    words = box.input_value()
    box.fill(words.replace(" Reply STOP to end.", ""))
    expect(page.locator("#counted")).to_contain_text("1 segment")
    page.get_by_role("button", name="Send to Luis").click()
    expect(page.get_by_role("alert")).to_contain_text("Keep the words that say how to stop")
    expect(box).to_have_value(words.replace(" Reply STOP to end.", ""))
    box.fill(words.replace("Hi Luis", "Hey Luis"))
    _is_there(page)
    page.get_by_role("button", name="Send to Luis").click()
    expect(page.get_by_role("heading", name="Åsa")).to_be_visible()
    assert _sent() == ["Rosa", "Hey Luis"]


def _is_there(page):
    page.wait_for_timeout(360)


def test_a_lost_connection_two_tabs_and_the_back_button_send_once(site, drive):
    page = _begun(site, PHONE)
    second = page.context.new_page()
    second.goto(page.url)
    _is_ready(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="Send to Rosa").click()
    expect(page.get_by_role("alert")).to_contain_text("it will not go twice")
    page.context.set_offline(False)
    page.get_by_role("button", name="Send to Rosa").click()
    expect(page.get_by_role("heading", name="Luis")).to_be_visible()
    _is_there(second)
    second.get_by_role("button", name="Send to Rosa").click()
    expect(second.get_by_role("heading", name="Luis")).to_be_visible()
    page.goto("/inbox")
    page.go_back()
    _is_there(page)
    page.locator("#send").click()
    expect(page.get_by_role("heading", name="Åsa").or_(page.get_by_role("heading", name="Luis"))).to_be_visible()
    assert len(set(_sent())) == len(_sent())


def test_a_pause_is_told_at_once_and_somebody_can_be_passed_by(site, drive):
    page = _begun(site, PHONE)
    page.get_by_text("Not text them").click()
    _is_there(page)
    page.get_by_role("button", name="I know them").click()
    expect(page.get_by_text("They are left to another volunteer.")).to_be_visible()
    expect(page.get_by_role("heading", name="Luis")).to_be_visible()
    update(Campaign, drive.id, status=CampaignStatus.PAUSED, paused_reason="Paused by Kim.")
    expect(page.get_by_text("It is paused. Paused by Kim.")).to_be_visible(timeout=3000)
    expect(page.get_by_role("button", name="Send to Luis")).to_be_disabled()
    looked_at(page)
    assert _sent() == []
