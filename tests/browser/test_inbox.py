"""The inbox in Chromium: by keyboard, on a small phone, live, and with everything that can go wrong in mid-answer."""

import re

import pytest
from playwright.sync_api import expect

from phonebank import db
from phonebank.followups import scheduling
from phonebank.handoffs import lifecycle
from phonebank.messages.models import MessageKind
from phonebank.messages.queries import conversation
from phonebank.people.models import Role
from tests.support import conversations as make
from tests.support.browsing import DESK, PHONE, SMALL, shot

pytestmark = pytest.mark.database("sqlite")


def _sent(supporter):
    with db.reading() as session:
        said = conversation(session, supporter.phone)
        return [message.body for message in said if message.kind is MessageKind.ANSWER]


def _writes(supporter, body, clock):
    with db.transaction() as session:
        make.text(session, supporter, body, clock.now())


def _overflow(page):
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


def _taken(site, handoff_id, name="Ana", size=None):
    page = site.signed_in(name, size=size)
    page.goto(f"/inbox/{handoff_id}")
    page.get_by_role("button", name="Take it").click()
    expect(page.get_by_label("Your answer to Rosa")).to_be_visible()
    return page


def test_a_conversation_is_answered_and_settled_by_keyboard_alone(site, waits):
    handoff_id, rosa = waits("Rosa", "maybe? depends on my shift")
    page = site.signed_in("Ana", size=DESK)
    page.goto("/inbox")

    def go_to(name):
        for _ in range(40):
            page.keyboard.press("Tab")
            if name in page.evaluate("document.activeElement.innerText || document.activeElement.id"):
                return
        pytest.fail(f"Tab does not reach {name}")

    go_to("Next conversation")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/inbox/{handoff_id}")
    go_to("body")
    page.keyboard.type("It is on Zoom. Can I count on you?")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#talk")).to_contain_text("It is on Zoom. Can I count on you?")
    expect(page.locator("#heard")).to_have_text("Sent.")
    assert _sent(rosa) == ["It is on Zoom. Can I count on you?"]
    go_to("Yes")
    page.keyboard.press("Enter")
    page.wait_for_url("**/inbox")
    expect(page.get_by_text("Written down: yes.")).to_be_visible()


def test_a_new_text_shows_within_two_seconds_and_leaves_the_typing_alone(site, waits, clock):
    handoff_id, rosa = waits()
    page = _taken(site, handoff_id)
    box = page.get_by_label("Your answer to Rosa")
    box.press_sequentially("I am still typing")
    page.keyboard.press("Home")
    _writes(rosa, "Never mind, I can come!", clock)
    expect(page.locator("#talk")).to_contain_text("Never mind", timeout=2000)
    expect(page.locator("#heard")).to_contain_text("Never mind, I can come!")
    expect(box).to_be_focused()
    page.keyboard.type("Wait: ")
    expect(box).to_have_value("Wait: I am still typing")


def test_the_list_follows_within_two_seconds(site, waits, clock):
    page = site.signed_in("Ana")
    page.goto("/inbox")
    expect(page.get_by_text("All caught up")).to_be_visible()
    handoff_id, _ = waits("Luis")
    expect(page.locator("#rows")).to_contain_text("Luis", timeout=2000)
    with db.transaction() as session:
        lifecycle.claim(session, handoff_id, make.person(session, clock.now(), "Ben"), clock.now())
    expect(page.get_by_text("Ben is on it")).to_be_visible(timeout=3000)


def test_a_held_key_and_a_double_tap_send_once(site, waits):
    handoff_id, rosa = waits()
    page = _taken(site, handoff_id)
    page.get_by_label("Your answer to Rosa").fill("Hi!")
    page.evaluate("for (let i = 0; i < 5; i++) document.getElementById('send').click()")
    for _ in range(3):
        page.keyboard.press("Control+Enter")
    expect(page.locator("#talk")).to_contain_text("Hi!")
    page.wait_for_timeout(500)
    assert _sent(rosa) == ["Hi!"]


def test_two_tabs_of_one_volunteer_send_the_same_words_once(site, waits):
    handoff_id, rosa = waits()
    page = _taken(site, handoff_id)
    second = page.context.new_page()
    second.goto(f"/inbox/{handoff_id}")
    for tab in (page, second):
        tab.get_by_label("Your answer to Rosa").fill("Hi!")
        tab.get_by_role("button", name="Send", exact=True).click()
        expect(tab.get_by_label("Your answer to Rosa")).to_have_value("")
    assert _sent(rosa) == ["Hi!"]
    expect(second.locator("#talk li")).to_have_count(3)


def test_going_back_after_sending_sends_nothing_again(site, waits):
    handoff_id, rosa = waits()
    page = _taken(site, handoff_id)
    page.get_by_label("Your answer to Rosa").fill("Hi!")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#talk")).to_contain_text("Hi!")
    page.get_by_role("link", name="Back to the inbox").click()
    page.go_back()
    expect(page.get_by_label("Your answer to Rosa")).to_have_value("")
    page.keyboard.press("Control+Enter")
    page.wait_for_timeout(500)
    assert _sent(rosa) == ["Hi!"]


def test_without_a_connection_the_words_stay_and_go_once_when_it_is_back(site, waits):
    handoff_id, rosa = waits()
    page = _taken(site, handoff_id)
    page.get_by_label("Your answer to Rosa").fill("Hi!")
    page.context.set_offline(True)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("No connection")
    expect(page.get_by_label("Your answer to Rosa")).to_have_value("Hi!")
    page.context.set_offline(False)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#talk")).to_contain_text("Hi!")
    assert _sent(rosa) == ["Hi!"]


def test_a_session_that_ends_in_mid_answer_loses_no_word(site, waits):
    handoff_id, rosa = waits()
    page = _taken(site, handoff_id)
    box = page.get_by_label("Your answer to Rosa")
    box.fill("Long and careful words")
    page.wait_for_timeout(900)
    cookies = [cookie for cookie in page.context.cookies() if cookie["name"].startswith("phonebank")]
    page.context.clear_cookies()
    box.press("End")
    box.press_sequentially(", and more")
    expect(page.get_by_role("alert")).to_contain_text("You are signed out. Your words are kept here.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(box).to_have_value("Long and careful words, and more")
    assert _sent(rosa) == []
    page.get_by_role("link", name="Sign in again").click()
    page.wait_for_url(re.compile(r"/sign-in\?next="))
    page.context.add_cookies(cookies)  # as if signed in again
    page.goto(f"/inbox/{handoff_id}")
    expect(box).to_have_value("Long and careful words, and more")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#talk")).to_contain_text("Long and careful words, and more")
    assert _sent(rosa) == ["Long and careful words, and more"]


def test_a_claim_that_runs_out_while_typing_says_so_and_can_be_taken_again(site, waits, clock):
    handoff_id, rosa = waits()
    page = _taken(site, handoff_id)
    box = page.get_by_label("Your answer to Rosa")
    box.fill("Slow words")
    page.wait_for_timeout(900)
    clock.pass_by(minutes=11)
    expect(page.get_by_text("Nobody is on it.")).to_be_visible(timeout=3000)
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    expect(box).to_have_value("Slow words")
    page.get_by_role("button", name="Take it").click()
    expect(box).to_have_value("Slow words")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#talk")).to_contain_text("Slow words")
    assert _sent(rosa) == ["Slow words"]


def test_whoever_was_faster_is_named_and_the_words_stay(site, waits, clock):
    handoff_id, rosa = waits()
    page = _taken(site, handoff_id)
    page.get_by_label("Your answer to Rosa").fill("My words")
    clock.pass_by(minutes=11)
    with db.transaction() as session:
        lifecycle.claim(session, handoff_id, make.person(session, clock.now(), "Ben"), clock.now())
    expect(page.get_by_text("Ben is on it.")).to_be_visible(timeout=3000)
    expect(page.get_by_label("Your answer to Rosa")).to_have_value("My words")
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    assert _sent(rosa) == []


def test_a_refusal_is_told_beside_the_words(site, waits):
    handoff_id, rosa = waits()
    page = _taken(site, handoff_id)
    box = page.get_by_label("Your answer to Rosa")
    box.fill("x" * 1601)
    expect(page.get_by_text("1,601 of 1,600 characters")).to_be_visible()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Shorten it")
    box.fill("x" * 1600)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(box).to_have_value("")
    assert _sent(rosa) == ["x" * 1600]


def test_a_suggestion_is_one_tap_and_one_undo_away(site, waits):
    handoff_id, _ = waits()
    page = _taken(site, handoff_id)
    box = page.get_by_label("Your answer to Rosa")
    box.press_sequentially("my own words")
    page.get_by_role("button", name=re.compile("^Find out what it means")).click()
    expect(box).to_have_value(re.compile("What would help you decide"))
    page.keyboard.press("Control+z")
    expect(box).to_have_value("my own words")


def test_a_verdict_with_unsent_words_asks_first(site, waits):
    handoff_id, _ = waits()
    page = _taken(site, handoff_id)
    page.get_by_label("Your answer to Rosa").fill("Not sent yet")
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="No", exact=True).click()
    expect(page.get_by_label("Your answer to Rosa")).to_have_value("Not sent yet")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="No", exact=True).click()
    page.wait_for_url("**/inbox")
    expect(page.get_by_text("Written down: no.")).to_be_visible()


def test_an_open_page_that_is_used_keeps_its_conversation(site, waits, clock):
    handoff_id, _ = waits()
    clock.run(60)  # ten minutes are ten seconds
    page = _taken(site, handoff_id)
    for _ in range(7):
        page.mouse.wheel(0, 50)
        page.get_by_label("Your answer to Rosa").press("ArrowLeft")
        page.wait_for_timeout(2000)
    assert page.locator("#talk").get_attribute("data-state") == "mine"


@pytest.mark.parametrize(("size", "name"), [(DESK, "inbox"), (PHONE, "inbox-on-a-phone")], ids=["desk", "phone"])
def test_the_whole_conversation_and_the_next_step_are_on_one_page(site, waits, size, name):
    handoff_id, _ = waits("Rosa", "Maybe! When does it end? I have class until 7.", reason="maybe")
    page = _taken(site, handoff_id, size=size)
    expect(page.get_by_text("I have class until 7")).to_be_visible()
    page.get_by_label("Your answer to Rosa").fill("We finish at 8, and you can join at 7. Can I count on you?")
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_enabled()
    shot(page, name)


@pytest.mark.parametrize("size", [SMALL, PHONE, DESK], ids=["small", "phone", "desk"])
def test_every_page_fits_its_screen(site, waits, clock, size):
    handoff_id, _ = waits("Rosa", "w" * 300)
    waits("Priscilla-Alexandrina Wolfeschlegelsteinhausenbergerdorff", "what?", reason="question")
    waits("ליאור", "👍🏽")
    olu = site.signed_in("Olu", Role.ORGANIZER, size)
    for path in ("/inbox", "/conversations"):
        olu.goto(path)
        assert _overflow(olu) <= 0
    page = _taken(site, handoff_id, size=size)
    assert _overflow(page) <= 0
    with db.transaction() as session:
        drive = make.campaign(session, clock.now())
        luis = make.supporter(session, drive, clock.now(), "Luis")
        ask = session.get(make.Ask, drive.ask_id)
        token = scheduling.pledge(session, drive, ask, luis, clock.now()).token
    page.goto(f"/y/{token}")
    assert _overflow(page) <= 0


def test_a_supporter_takes_the_calendar_file_and_changes_their_mind(site, waits, clock):
    with db.transaction() as session:
        drive = make.campaign(session, clock.now())
        luis = make.supporter(session, drive, clock.now(), "Luis")
        token = scheduling.pledge(session, drive, session.get(make.Ask, drive.ask_id), luis, clock.now()).token
    page = site.page(f"/y/{token}", SMALL)
    shot(page, "supporter")
    with page.expect_download() as download:
        page.get_by_role("link", name="Add it to my calendar").click()
    assert download.value.suggested_filename == "event.ics"
    page.get_by_role("button", name="I can't make it").click()
    expect(page.get_by_text("you can't make it, Luis")).to_be_visible()
    page.get_by_role("button", name="Stop texting me").click()
    expect(page.get_by_text("We will not text you again")).to_be_visible()
