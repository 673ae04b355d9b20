"""Every conversation, for organizers: numbers masked, strays and late ones too."""

import re

import pytest

from phonebank import db
from phonebank.messages.models import MessageKind
from phonebank.messages.queries import conversation
from phonebank.people.models import Role
from tests.support import conversations as make

pytestmark = pytest.mark.database("sqlite")


def _nonce(page):
    return re.search(r'name="nonce" value="([^"]+)"', page)[1]


def _sent(supporter):
    with db.reading() as session:
        said = conversation(session, supporter.phone)
        return [message.body for message in said if message.kind is MessageKind.ANSWER]


@pytest.mark.database("sqlite", "postgresql")
def test_organizers_see_every_conversation_with_its_number_masked(volunteer, waits, clock):
    _, rosa = waits("Rosa", "maybe?")
    with db.transaction() as session:
        stray = make.Recipient(campaign_id=None, id=None, phone="+12025559876")
        make.text(session, stray, "Who are you?", clock.now())
    olu, ana = volunteer("Olu", Role.ORGANIZER), volunteer("Ana")
    page = olu.open("/conversations")
    assert "Rosa" in page
    assert "Who are you?" in page
    assert "…76" in page
    assert "2025559876" not in page
    assert rosa.phone not in page
    assert ana.get("/conversations").status_code == 403


def test_an_organizer_answers_somebody_no_campaign_knows(volunteer, drive, clock):
    with db.transaction() as session:
        stray = make.Recipient(campaign_id=None, id=None, phone="+12025559876")
        heard = make.text(session, stray, "Who are you?", clock.now())
    olu = volunteer("Olu", Role.ORGANIZER)
    assert "Who are you?" in olu.open(f"/conversations/{heard}")
    page = olu.follow(f"/conversations/{heard}/take")
    assert "Somebody we do not know" in page
    (handoff_id,) = re.findall(r'action="/inbox/(\d+)/answer"', page)
    olu.send(f"/inbox/{handoff_id}/answer", {"body": "RepresentUs!", "nonce": _nonce(page)})
    assert _sent(stray) == ["RepresentUs!"]
    assert olu.get("/conversations/999").status_code == 404
