"""What a volunteer is told of a reading, in Chromium: what it is, why, and the other time or deed it names."""

import pytest
from playwright.sync_api import expect

from phonebank import db
from phonebank.handoffs import lifecycle
from phonebank.intents import Decision
from phonebank.messages.models import MessageKind
from phonebank.replies.models import ReplyReading
from phonebank.replies.reading import read
from tests.support import conversations as make
from tests.support.browsing import DESK, shot

pytestmark = pytest.mark.database("sqlite")


@pytest.mark.parametrize(
    ("body", "told", "name"),
    [
        (
            "Ugh, I work Wednesdays 😩 Could I do Thursday at 6 instead?",
            "Named another time: Thursday at 6",
            "reading-not-now",
        ),
        (
            "I'm too shy for that, but I could bake for the volunteers",
            "Offered instead: but I could bake for the volunteers",
            "reading-not-that",
        ),
    ],
    ids=["another time", "another deed"],
)
def test_a_volunteer_sees_why_a_reply_was_read_so_and_what_it_names(site, clock, body, told, name):
    asked = "Hi Rosa, can you make calls with us online on Wednesday, February 10 at 6 pm?"
    with db.transaction() as session:
        rosa = make.supporter(session, make.campaign(session, clock.now()), clock.now(), "Rosa")
        handoff_id = _reads(session, rosa, asked, body, clock.now())
    page = site.signed_in("Dana", size=DESK)
    page.goto(f"/inbox/{handoff_id}")
    page.get_by_role("button", name="Take it").click()
    expect(page.get_by_label("Your answer to Rosa")).to_be_visible()
    expect(page.locator("#talk")).to_contain_text(f"Read as {name.removeprefix('reading-').replace('-', ' ')}")
    expect(page.locator("#talk")).to_contain_text(told)
    shot(page, name, whole=False)


def _reads(session, supporter, asked, body, now):
    """The handoff of a reply that was read as the reader really reads it."""
    make.text(session, supporter, asked, now, kind=MessageKind.ASK, step="ask")
    heard, reading = make.text(session, supporter, body, now), read(body, question=asked)
    told = {field: getattr(reading, field) for field in ("intent", "confidence", "acted", "hold", "why", "named")}
    kept = ReplyReading(message_id=heard, recipient_id=supporter.id, decision=Decision.HAND_OFF, read_at=now, **told)
    make.kept(session, kept)
    place = {"phone": supporter.phone, "campaign_id": supporter.campaign_id, "recipient_id": supporter.id}
    return lifecycle.open_(session, reason=reading.intent, why=reading.why, urgency=2, now=now, **place)
