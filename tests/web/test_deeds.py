"""Put aside, hand over, flag, send and next: over plain forms, as a browser without scripts posts them."""

import re
from datetime import timedelta

import pytest

from phonebank import db
from phonebank.followups import scheduling
from phonebank.handoffs import queries
from phonebank.messages.models import Message
from phonebank.people import accounts
from phonebank.people import queries as people
from phonebank.people.models import Role
from tests.support import conversations as make

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def ana(volunteer):
    ana = volunteer("Ana")
    ana.open("/inbox")
    return ana


def _handoff(handoff_id):
    with db.reading() as session:
        found = queries.by_id(session, handoff_id)
        session.expunge(found)
        return found


def test_send_and_next_goes_on_and_a_second_tap_sends_nothing(ana, waits):
    first, _ = waits("Rosa")
    second, _ = waits("Luis")
    nonce = re.search(r'name="nonce" value="([^"]+)"', ana.follow("/inbox/next"))[1]
    form = {"body": "Hi!", "nonce": nonce, "then": "next"}
    assert ana.send(f"/inbox/{first}/answer", form).location == f"/inbox/{second}"
    assert ana.send(f"/inbox/{first}/answer", form).location == "/inbox"
    assert ana.send(f"/inbox/{first}/answer", form, headers={"HX-Request": "true"}).get_json()["to"] == "/inbox"


def test_put_aside_until_then_and_what_was_written_is_kept(ana, waits):
    handoff_id, _ = waits()
    ana.send(f"/inbox/{handoff_id}/take")
    assert "Choose when it should come back" in ana.follow(f"/inbox/{handoff_id}/snooze", {"until": "chosen"})
    told = ana.follow(f"/inbox/{handoff_id}/snooze", {"until": "soon", "body": "half a sen"})
    assert "Put aside until 13:30 their time, or until they write." in told
    assert "Put aside" in ana.open("/inbox")
    assert _handoff(handoff_id).draft == "half a sen"
    assert "ran out" in ana.follow(f"/inbox/{handoff_id}/snooze", {"until": "soon"})


def test_handed_over_with_a_note_only_organizers_see_it(ana, volunteer, waits):
    handoff_id, _ = waits()
    olu = volunteer("Olu", Role.ORGANIZER)
    ana.send(f"/inbox/{handoff_id}/take")
    assert "Write a line for the organizers" in ana.follow(f"/inbox/{handoff_id}/hand-over", {"note": " "})
    assert "Handed over." in ana.follow(f"/inbox/{handoff_id}/hand-over", {"note": "asks for <you>"})
    assert "asks for" not in ana.open("/inbox")
    assert "asks for" not in ana.open(f"/inbox/{handoff_id}")
    assert "not free" in ana.follow(f"/inbox/{handoff_id}/take")
    assert "asks for <you>" in olu.open("/inbox")
    assert "&lt;you&gt;" in olu.get(f"/inbox/{handoff_id}").text
    assert ana.send(f"/inbox/{handoff_id}/hand-back").status_code == 403
    assert "Back with the volunteers" in olu.follow(f"/inbox/{handoff_id}/hand-back")


def test_abuse_needs_no_note_and_never_comes_back_to_volunteers(ana, volunteer, waits):
    handoff_id, _ = waits()
    olu = volunteer("Olu", Role.ORGANIZER)
    ana.send(f"/inbox/{handoff_id}/take")
    assert "do not have to read or answer" in ana.follow(f"/inbox/{handoff_id}/hand-over", {"why": "abuse"})
    assert "Nobody waits" in ana.follow("/inbox/next")
    assert "abusive" in olu.open("/inbox")


def test_what_they_have_promised_and_said_before_is_shown(ana, waits, drive, clock):
    handoff_id, rosa = waits()
    with db.transaction() as session:
        earlier = make.campaign(session, clock.now(), name="May phone bank")
        then = clock.now() - timedelta(days=90)
        heard = make.text(session, rosa, "I loved it last time", then)
        session.get(Message, heard).campaign_id = earlier.id
        scheduling.pledge(session, drive, session.get(make.Ask, drive.ask_id), rosa, clock.now())
    page = ana.follow(f"/inbox/{handoff_id}/take")
    assert "They have said yes to" in page
    before = page[page.index("Before this (1 texts)") : page.index('id="scroll"')]
    assert "May phone bank" in before
    assert "I loved it last time" in before


def test_a_campaign_that_is_gone_leaves_the_conversation_readable(ana, waits):
    handoff_id, _ = waits("Rosa", "maybe?")
    with db.transaction() as session:
        found = queries.by_id(session, handoff_id)
        found.campaign_id = found.recipient_id = None
        session.add(found)
    assert "maybe?" in ana.follow(f"/inbox/{handoff_id}/take")


def test_somebody_suspended_in_mid_answer_sends_nothing(ana, waits):
    handoff_id, _ = waits()
    ana.send(f"/inbox/{handoff_id}/take")
    with db.transaction() as session:
        accounts.suspend(session, next(one.email for one in people.everyone(session) if one.name == "Ana"))
    refused = ana.send(f"/inbox/{handoff_id}/answer", {"body": "Hi", "nonce": "1"}, headers={"HX-Request": "true"})
    assert refused.status_code == 403
    assert _handoff(handoff_id).draft == ""


def test_saved_answers_are_made_mended_and_deleted_by_organizers(ana, volunteer, waits):
    handoff_id, _ = waits()
    olu = volunteer("Olu", Role.ORGANIZER)
    olu.open("/saved-answers")
    assert ana.get("/saved-answers").status_code == 403
    assert "short name" in olu.follow("/saved-answers", {"shortcut": "two words", "body": "Hi"})
    assert "cannot be read" in olu.follow("/saved-answers", {"shortcut": "zoom", "body": "Hi {{ first name }}"})
    olu.follow("/saved-answers", {"shortcut": "zoom", "body": "Hi {{ first_name }}, by Zoom."})
    assert "Hi Rosa, by Zoom." in ana.follow(f"/inbox/{handoff_id}/take")
    assert "Deleted" in olu.follow("/saved-answers/1/delete")
    assert olu.send("/saved-answers/1/delete").status_code == 404


def test_the_list_is_read_once_for_all_who_look(app, ana, volunteer, waits, monkeypatch):
    monkeypatch.setattr("phonebank.web.waiting_list.SHARED_FOR_S", 60.0)
    assert "All caught up" in ana.open("/inbox")
    waits("Luis")
    assert "All caught up" in volunteer("Ben").open("/inbox")


def test_static_files_travel_pressed_and_pages_do_not(ana):
    pressed = ana.get("/static/css/base.css", headers={"Accept-Encoding": "gzip"})
    assert pressed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in pressed.headers["Vary"]
    with ana.get("/static/css/base.css") as plain:
        assert "Content-Encoding" not in plain.headers
    assert "Content-Encoding" not in ana.get("/inbox", headers={"Accept-Encoding": "gzip"}).headers
