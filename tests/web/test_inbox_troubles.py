"""What can go wrong in mid-answer: each is said clearly, nothing is lost, nothing goes twice."""

import json
import re

import pytest

from phonebank import db
from phonebank.handoffs import lifecycle
from phonebank.messages.models import MessageKind
from phonebank.messages.queries import conversation

pytestmark = pytest.mark.database("sqlite")


def _nonce(page):
    return re.search(r'name="nonce" value="([^"]+)"', page)[1]


def _sent(supporter):
    with db.reading() as session:
        said = conversation(session, supporter.phone)
        return [message.body for message in said if message.kind is MessageKind.ANSWER]


def test_another_volunteers_answer_is_refused_and_their_words_kept(volunteer, waits):
    handoff_id, rosa = waits()
    ana, ben = volunteer("Ana"), volunteer("Ben")
    ana.open("/inbox")
    ana.send(f"/inbox/{handoff_id}/take")
    ben.open("/inbox")
    refused = ben.send(f"/inbox/{handoff_id}/answer", {"body": "long & careful <words>", "nonce": "x"})
    assert refused.status_code == 409
    assert "Somebody else has taken this conversation" in refused.text
    assert "long &amp; careful &lt;words&gt;" in refused.text
    assert _sent(rosa) == []


def test_a_page_posted_twice_sends_once(volunteer, waits):
    handoff_id, rosa = waits()
    ana = volunteer("Ana")
    ana.open("/inbox")
    form = {"body": "Hi!", "nonce": _nonce(ana.follow(f"/inbox/{handoff_id}/take"))}
    for _ in range(3):
        assert ana.send(f"/inbox/{handoff_id}/answer", form).status_code == 303
    assert _sent(rosa) == ["Hi!"]


def test_other_words_on_an_old_page_go_when_send_is_pressed_again(volunteer, waits):
    handoff_id, rosa = waits()
    ana = volunteer("Ana")
    ana.open("/inbox")
    nonce = _nonce(ana.follow(f"/inbox/{handoff_id}/take"))
    ana.send(f"/inbox/{handoff_id}/answer", {"body": "Hi!", "nonce": nonce})
    page = ana.send(f"/inbox/{handoff_id}/answer", {"body": "And bring a friend.", "nonce": nonce})
    assert page.status_code == 409
    assert "And bring a friend." in page.text
    ana.send(f"/inbox/{handoff_id}/answer", {"body": "And bring a friend.", "nonce": _nonce(page.text)})
    assert _sent(rosa) == ["Hi!", "And bring a friend."]


@pytest.mark.parametrize("body", ["", "   ", "x" * 1601])
def test_an_empty_or_too_long_answer_is_explained_and_kept(volunteer, waits, body):
    handoff_id, rosa = waits()
    ana = volunteer("Ana")
    ana.open("/inbox")
    nonce = _nonce(ana.follow(f"/inbox/{handoff_id}/take"))
    refused = ana.send(f"/inbox/{handoff_id}/answer", {"body": body, "nonce": nonce})
    assert refused.status_code == 400
    assert body in refused.text
    assert _sent(rosa) == []


def test_a_script_gets_words_and_a_new_nonce_instead_of_a_page(volunteer, waits):
    handoff_id, _ = waits()
    ana = volunteer("Ana")
    ana.open("/inbox")
    nonce = _nonce(ana.follow(f"/inbox/{handoff_id}/take"))
    script = {"HX-Request": "true"}
    sent = ana.send(f"/inbox/{handoff_id}/answer", {"body": "Hi!", "nonce": nonce}, headers=script)
    assert json.loads(sent.text)["nonce"] != nonce
    refused = ana.send(f"/inbox/{handoff_id}/answer", {"body": " ", "nonce": nonce}, headers=script)
    assert (refused.status_code, json.loads(refused.text)["wrong"]) == (
        400,
        "Write something first: the answer is empty.",
    )


def test_a_lapsed_claim_goes_to_the_next_volunteer_with_its_draft(volunteer, waits, clock):
    handoff_id, rosa = waits()
    ana, ben = volunteer("Ana"), volunteer("Ben")
    ana.open("/inbox")
    nonce = _nonce(ana.follow(f"/inbox/{handoff_id}/take"))
    assert ana.send(f"/inbox/{handoff_id}/draft", {"body": "Hi Rosa, it"}).status_code == 204
    clock.pass_by(minutes=10)
    refused = ana.send(f"/inbox/{handoff_id}/answer", {"body": "Hi Rosa, it is", "nonce": nonce})
    assert "Your ten minutes ran out" in refused.text
    assert "Hi Rosa, it is" in refused.text
    ben.open("/inbox")
    assert "Hi Rosa, it" in ben.follow("/inbox/next")
    assert ana.send(f"/inbox/{handoff_id}/draft", {"body": "mine"}).status_code == 409
    assert _sent(rosa) == []


def test_a_conversation_that_was_settled_meanwhile_says_so(volunteer, waits, clock):
    handoff_id, _ = waits()
    ana = volunteer("Ana")
    ana.open("/inbox")
    nonce = _nonce(ana.follow(f"/inbox/{handoff_id}/take"))
    with db.transaction() as session:
        lifecycle.close(session, handoff_id, person_id=None, verdict="opted_out", now=clock.now())
    assert "settled: opted out" in ana.open(f"/inbox/{handoff_id}/talk")
    refused = ana.send(f"/inbox/{handoff_id}/answer", {"body": "Hi!", "nonce": nonce})
    assert "is settled, so nothing was sent" in refused.text
    assert "Hi!" in refused.text


def test_a_signed_out_volunteer_is_told_and_nothing_goes(app, volunteer, waits):
    handoff_id, rosa = waits()
    ana = volunteer("Ana")
    ana.open("/inbox")
    nonce = _nonce(ana.follow(f"/inbox/{handoff_id}/take"))
    with ana.client.session_transaction() as session:
        del session["person"]
    script = {"HX-Request": "true"}
    assert ana.send(f"/inbox/{handoff_id}/answer", {"body": "Hi!", "nonce": nonce}, headers=script).status_code == 401
    assert _sent(rosa) == []


def test_an_unknown_conversation_is_not_found(volunteer):
    ana = volunteer("Ana")
    assert ana.get("/inbox/999").status_code == 404
    ana.open("/inbox")
    assert ana.send("/inbox/999/answer", {"body": "Hi!", "nonce": "x"}).status_code == 404
    assert ana.send("/inbox/999/take").status_code == 303
