"""A whole shift at the inbox in Chromium: next, suggested words, snooze, hand over, others, and what goes wrong meanwhile."""

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from phonebank import db, jobs
from phonebank.handoffs import lifecycle, queries, saving
from phonebank.intents import Intent
from phonebank.messages.models import MessageKind
from phonebank.messages.queries import conversation
from phonebank.people import accounts
from phonebank.people import queries as people
from phonebank.people.models import Role
from phonebank.replies.models import ReplyReading
from tests.support import browsing
from tests.support.browsing import DESK, PHONE, SMALL, looked_at, shot

pytestmark = pytest.mark.database("sqlite")
_FIRST_LOAD = 100_000  # bytes, everything that travels


def _sent(supporter):
    with db.reading() as session:
        return [one.body for one in conversation(session, supporter.phone) if one.kind is MessageKind.ANSWER]


def _handoff(handoff_id):
    with db.reading() as session:
        found = queries.by_id(session, handoff_id)
        session.expunge(found)
        return found


def _taken(site, handoff_id, name="Ana", size=None, role=Role.VOLUNTEER):
    page = site.signed_in(name, role, size=size)
    page.goto(f"/inbox/{handoff_id}")
    page.get_by_role("button", name="Take it").click()
    expect(page.locator("#body")).to_be_visible()
    return page


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_whole_shift_by_keyboard_alone(site, waits, size):
    """Sign in → next → read → suggested reply → edit → send and next → verdict → snooze → next → hand over → sign out."""
    first, rosa = waits("Rosa", "maybe? depends on my shift")
    second, _ = waits("Luis", "who is this?", reason="question")
    third, _ = waits("Kim", "later", reason="not_now")
    page = site.page(site.link("Ana"), size)
    keys = page.keyboard

    def go_to(name):
        for _ in range(60):
            keys.press("Tab")
            if name in page.evaluate("document.activeElement.innerText || document.activeElement.id"):
                return
        pytest.fail(f"Tab does not reach {name}")

    go_to("Sign in")
    keys.press("Enter")
    page.wait_for_url("**/start")
    page.goto("/inbox")
    keys.press("n")
    page.wait_for_url(f"**/inbox/{first}")
    expect(page.locator("#talk")).to_contain_text("depends on my shift")
    keys.press("s")
    keys.press("Enter")
    keys.press("End")
    keys.type(" It ends at 8.")
    keys.press("Control+Shift+Enter")
    page.wait_for_url(f"**/inbox/{second}")
    assert [words.endswith("It ends at 8.") for words in _sent(rosa)] == [True]
    keys.press("v")
    keys.press("Tab")
    keys.press("Enter")
    expect(page.get_by_text("Written down: no.")).to_be_visible()
    keys.press("n")
    page.wait_for_url(f"**/inbox/{third}")
    keys.press("z")
    keys.press("Enter")
    expect(page.get_by_text("Put aside until")).to_be_visible()
    page.goto(f"/inbox/{first}")
    keys.press("h")
    keys.type("She asks for the director")
    keys.press("Tab")
    keys.press("Enter")
    expect(page.get_by_text("Handed over. The organizers see it, with your note.")).to_be_visible()
    assert _handoff(first).for_organizer
    go_to("Sign out")
    keys.press("Enter")
    expect(page.get_by_text("You are signed out.")).to_be_visible()


def test_the_page_tells_at_a_glance_and_is_fit_for_everybody(site, waits, clock):
    handoff_id, rosa = waits("Rosa", "I can’t make Saturday, but maybe Thursday at 6pm?", reason="not_now")
    waits("ליאור", "<b>what?</b>", reason="question")
    waits("<script>alert(1)</script>", "who?", reason="question")
    with db.transaction() as session:
        reading = session.exec(make_readings(rosa)).one()
        reading.why, reading.named = "'can't make Saturday' + 'maybe Thursday' → not now", "maybe Thursday at 6pm"
        reading.intent, reading.confidence = Intent.NOT_NOW, 0.97
        queries.by_id(session, handoff_id).why = reading.why
        session.add(reading)
        saving.save(session, "zoom", "Hi {{ first_name }}, the link comes by text.", None, by="Olu", now=clock.now())
    page = _taken(site, handoff_id, size=DESK)
    assert page.locator("mark").all_inner_texts() == ["can’t make Saturday", "maybe Thursday"]
    expect(page.locator(".said__time")).to_contain_text("6:00 PM EST for them")
    looked_at(page, "conversation")
    page.emulate_media(color_scheme="dark")
    shot(page, "conversation-dark")
    page.emulate_media(color_scheme="light")
    page.get_by_role("button", name="Sounds and keys").click()
    looked_at(page, "shortcuts")
    page.keyboard.press("Escape")
    page.goto("/inbox")
    looked_at(page, "inbox-list")


def test_large_letters_cut_nothing_off(site, waits):
    handoff_id, _ = waits()
    page = _taken(site, handoff_id, size=SMALL)
    for path in (f"/inbox/{handoff_id}", "/inbox"):
        page.goto(path)
        page.evaluate(
            "document.documentElement.classList.add('x'); document.styleSheets[0].insertRule('html{font-size:200%}')"
        )
        too_wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert too_wide <= 0, page.evaluate(browsing._WIDEST)
        clipped = "[...document.querySelectorAll('button, .status')].filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.innerText)"
        assert [one for one in page.evaluate(clipped) if one] == []


def test_the_first_page_is_small_enough_for_slow_3g(site, waits):
    handoff_id, _ = waits()
    page = site.signed_in("Ana")
    for path in ("/inbox", f"/inbox/{handoff_id}"):
        fresh = page.context.browser.new_context(base_url=site.address, storage_state=page.context.storage_state())
        other = fresh.new_page()
        wire = fresh.new_cdp_session(other)
        wire.send("Network.enable")
        sizes = []
        wire.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))  # noqa: B023
        if path != "/inbox":
            other.goto("/inbox")
            other.request.get(path)
            sizes.clear()
            wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
        other.goto(path, wait_until="networkidle")
        assert 10_000 < sum(sizes) < _FIRST_LOAD
        fresh.close()


def test_others_see_who_looks_and_who_writes_and_a_flushed_redis_harms_nothing(site, waits):
    handoff_id, rosa = waits()
    page = _taken(site, handoff_id)
    olu = site.signed_in("Olu", Role.ORGANIZER)
    olu.goto(f"/inbox/{handoff_id}")
    expect(page.get_by_text("Olu is looking.")).to_be_visible()
    page.locator("#body").press_sequentially("Hi Rosa")
    expect(olu.get_by_text("Ana is writing.")).to_be_visible()
    jobs.connection().flushdb()
    olu.goto("/inbox")
    expect(page.get_by_text("Olu is looking.")).to_be_hidden()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#talk")).to_contain_text("Hi Rosa")
    assert _sent(rosa) == ["Hi Rosa"]


def test_saved_answers_come_by_a_slash_and_letters(site, waits, clock):
    handoff_id, _ = waits()
    olu = site.signed_in("Olu", Role.ORGANIZER, size=DESK)
    olu.goto("/saved-answers")
    olu.get_by_label("Name after the /").fill("parking")
    olu.get_by_label("Words").fill("Hi {{ first_name }}, park behind the hall.")
    olu.get_by_role("button", name="Save", exact=True).click()
    expect(olu.get_by_text("Saved. Volunteers see it")).to_be_visible()
    looked_at(olu, "saved-answers")
    page = _taken(site, handoff_id)
    page.locator("#body").press_sequentially("Sure. /par")
    expect(page.get_by_role("option", name="/parking")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#body")).to_have_value("Sure. Hi Rosa, park behind the hall.")


def test_an_answer_too_long_is_told_while_typing_with_its_segments(site, waits):
    handoff_id, rosa = waits()
    page = _taken(site, handoff_id)
    counted, box = page.locator("#counted"), page.locator("#body")
    box.fill("x" * 1600)
    expect(counted).to_have_text("1,600 of 1,600 characters, 11 segments")
    box.fill("x" * 1601)
    expect(counted).to_have_text("1,601 of 1,600 characters, 11 segments: shorten it by 1")
    box.fill("“Hi” – see you 👍")
    expect(counted).to_have_text("16 of 1,600 characters")
    page.evaluate(
        """const data = new DataTransfer(); data.setData("text/html", "<b>bold</b>"); data.setData("text/plain", "plain");
        document.getElementById("body").dispatchEvent(new ClipboardEvent("paste", {clipboardData: data}))"""
    )
    box.fill("“Bold” words… and\u00a0blanks")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(box).to_have_value("")
    assert _sent(rosa) == ['"Bold" words... and blanks']


def test_suspended_or_closed_or_deleted_in_mid_answer_loses_no_word(site, waits, clock):
    handoff_id, rosa = waits()
    page = _taken(site, handoff_id)
    box = page.locator("#body")
    box.press_sequentially("Careful words")
    expect(page.locator("#kept")).to_have_text("Draft kept.")
    with db.transaction() as session:
        lifecycle.close(session, handoff_id, person_id=None, verdict="no", now=clock.now())
    expect(page.get_by_text("This conversation is settled: no.")).to_be_visible()
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    expect(box).to_have_value("Careful words")
    with db.transaction() as session:
        ana = next(one for one in people.everyone(session) if one.name == "Ana")
        accounts.suspend(session, ana.email)
    expect(page.get_by_text("An organizer suspended you, so nothing more was saved or sent.")).to_be_visible()
    assert _handoff(handoff_id).draft == "Careful words"
    assert _sent(rosa) == []


def test_words_on_a_shared_device_are_their_writers_alone(site, waits):
    handoff_id, _ = waits()
    page = _taken(site, handoff_id)
    page.context.set_offline(True)
    page.locator("#body").press_sequentially("Private")
    expect(page.get_by_text("No connection: the draft is kept on this device.")).to_be_visible()
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft:')).length") == 1
    page.context.set_offline(False)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft:')).length") == 0


def make_readings(supporter):
    return select(ReplyReading).where(ReplyReading.recipient_id == supporter.id)
