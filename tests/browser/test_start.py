"""The first shift in Chromium: from signing in to a first real conversation in five taps, on a phone and at a desk."""

import pytest
from playwright.sync_api import expect

from phonebank.campaigns.models import Campaign
from tests.support.browsing import DESK, PHONE, looked_at
from tests.support.factories import update

pytestmark = pytest.mark.database("sqlite")
ASKED = [
    {"question": "How long does it take?", "answer": "Two hours, and one is fine too."},
    {"question": "I have never called anybody. Can I?", "answer": "Yes: we practise together first, ten minutes."},
]


def _taps(page):
    """Counts what is tapped on from now on."""
    taps = []
    page.expose_function("tapped", lambda: taps.append(1))
    page.context.add_init_script(
        "document.addEventListener('click', (event) => { if (event.isTrusted) window.tapped(); }, true);"
    )
    return taps


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_five_taps_lead_from_signing_in_to_a_first_conversation(site, waits, size):
    handoff_id, rosa = waits("Rosa")
    update(Campaign, rosa.campaign_id, questions=ASKED)
    page = site.signed_in("Ana", size=size)
    taps = _taps(page)
    page.goto("/start")
    expect(page.get_by_role("heading", name="Your first shift")).to_be_visible()
    if size is PHONE:
        looked_at(page, "start")
    taps.clear()
    page.get_by_role("link", name="Practise one conversation").click()
    page.locator("button.start").first.click()
    if size is PHONE:
        looked_at(page, "start-practice")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("count me in!")).to_be_visible()
    looked_at(page)
    page.get_by_role("button", name="Yes", exact=True).click()
    expect(page.get_by_role("heading", name="That is it: yes")).to_be_visible()
    if size is PHONE:
        looked_at(page, "start-practised")
    page.get_by_role("button", name="Take your first conversation").click()
    page.wait_for_url(f"**/inbox/{handoff_id}")
    assert len(taps) == 5
    page.get_by_text("Questions people ask").click()
    page.get_by_role("button", name="How long does it take?").click()
    expect(page.get_by_label("Your answer to Rosa")).to_have_value("Two hours, and one is fine too.")
