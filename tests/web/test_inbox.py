"""The inbox as a volunteer meets it: what they see, what they may do, and what happens when somebody was faster."""

import json
import re

import pytest

from phonebank import db
from phonebank.handoffs import lifecycle, queries
from phonebank.messages.models import MessageKind
from phonebank.messages.queries import conversation
from phonebank.optouts import ledger
from phonebank.optouts.models import Ban
from phonebank.optouts.queries import standing
from phonebank.people import accounts
from phonebank.people.models import Role
from tests.support import conversations as make
from tests.support.pages import Visitor

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def volunteer(app, clock):
    """volunteer("Ana"): signed in, each on a browser of their own."""

    def signed_in(name, role=Role.VOLUNTEER):
        with db.transaction() as session:
            person_id = make.person(session, clock.now(), name, role)
            token = accounts.sign_in_link(session, person_id, clock.now())
        visitor = Visitor(app.test_client())
        visitor.open(f"/sign-in/{token}")
        visitor.send(f"/sign-in/{token}")
        return visitor

    return signed_in


@pytest.fixture
def drive(app, clock):
    with db.transaction() as session:
        return make.campaign(session, clock.now())


@pytest.fixture
def waits(drive, clock):
    """waits("Rosa", "maybe?"): a handoff, and whose it is."""

    def handed_off(name="Rosa", body="maybe?", language="en", **fields):
        with db.transaction() as session:
            supporter = make.supporter(session, drive, clock.now(), name, language=language)
            return make.handed_off(session, supporter, clock.now(), body, **fields), supporter

    return handed_off


def _nonce(page):
    return re.search(r'name="nonce" value="([^"]+)"', page)[1]


def _sent(supporter):
    with db.reading() as session:
        said = conversation(session, supporter.phone)
        return [message.body for message in said if message.kind is MessageKind.ANSWER]


def _handoff(handoff_id):
    with db.reading() as session:
        found = queries.by_id(session, handoff_id)
        session.expunge(found)
        return found


@pytest.mark.database("sqlite", "postgresql")
def test_a_maybe_is_taken_read_answered_and_settled(volunteer, waits, clock):
    handoff_id, rosa = waits("Rosa", "maybe? depends on my shift")
    ana = volunteer("Ana")
    assert "1 person waits for an answer" in ana.open("/inbox")
    page = ana.follow("/inbox/next")
    for shown in ("Rosa", "maybe? depends on my shift", "Hi, can I count on you?", "neither yes nor no", "62% sure"):
        assert shown in page
    assert "make calls with us online, Wednesday, February 10 at 6 pm, on Zoom" in page
    assert "What would help you decide" in page
    answer = {"body": "It is on Zoom. Can I count on you?", "nonce": _nonce(page)}
    assert "Sent." in ana.follow(f"/inbox/{handoff_id}/answer", answer)
    assert _sent(rosa) == ["It is on Zoom. Can I count on you?"]
    assert "Written down: yes" in ana.follow(f"/inbox/{handoff_id}/verdict", {"intent": "yes"})
    assert (_handoff(handoff_id).status, _handoff(handoff_id).verdict) == ("closed", "yes")
    assert "All caught up" in ana.open("/inbox")


def test_nobody_sees_a_number_or_a_last_name(volunteer, waits):
    handoff_id, rosa = waits()
    ana = volunteer("Ana")
    pages = [ana.open("/inbox"), ana.open("/inbox/rows"), ana.follow(f"/inbox/{handoff_id}/take")]
    pages.append(ana.open(f"/inbox/{handoff_id}/talk"))
    for page in pages:
        assert "Rosa" in page
        assert "Secretname" not in page
        assert rosa.phone not in page
        assert rosa.phone[2:] not in re.sub(r"[^0-9]", "", page)


def test_a_conversation_is_read_only_by_who_holds_it_or_organizes(volunteer, waits):
    handoff_id, _ = waits("Rosa", "my secret reason")
    ana, ben, olu = volunteer("Ana"), volunteer("Ben"), volunteer("Olu", Role.ORGANIZER)
    assert "my secret reason" not in ana.open(f"/inbox/{handoff_id}")
    assert "my secret reason" in ana.follow(f"/inbox/{handoff_id}/take")
    assert "my secret reason" not in ben.open(f"/inbox/{handoff_id}")
    assert "<bdi>Ana</bdi> is on it" in ben.open(f"/inbox/{handoff_id}")
    assert "<bdi>Ana</bdi> is on it" in ben.open("/inbox")
    assert "my secret reason" in olu.open(f"/inbox/{handoff_id}")


def test_the_second_to_take_it_is_told(volunteer, waits):
    handoff_id, _ = waits()
    ana, ben = volunteer("Ana"), volunteer("Ben")
    ana.open("/inbox")
    ben.open("/inbox")
    ana.send(f"/inbox/{handoff_id}/take")
    assert "not free any more" in ben.follow(f"/inbox/{handoff_id}/take")
    assert "Nobody waits" in ben.follow("/inbox/next")


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


def test_typing_keeps_the_claim(volunteer, waits, clock):
    handoff_id, _ = waits()
    ana = volunteer("Ana")
    ana.open("/inbox")
    ana.send(f"/inbox/{handoff_id}/take")
    for _ in range(3):
        clock.pass_by(minutes=9)
        assert ana.send(f"/inbox/{handoff_id}/draft", {"body": "slowly"}).status_code == 204
    assert 'data-state="mine"' in ana.open(f"/inbox/{handoff_id}/talk")


def test_giving_it_back_keeps_the_words_for_the_next(volunteer, waits):
    handoff_id, _ = waits()
    ana, ben = volunteer("Ana"), volunteer("Ben")
    ana.open("/inbox")
    ana.follow(f"/inbox/{handoff_id}/take")
    assert "Given back" in ana.follow(f"/inbox/{handoff_id}/release", {"body": "half a sen"})
    ben.open("/inbox")
    assert "half a sen" in ben.follow(f"/inbox/{handoff_id}/take")


def test_a_held_number_asks_first_whether_they_said_stop(volunteer, waits, clock):
    handoff_id, stan = waits("Stan", "make it stop", reason="may_opt_out", urgency=0)
    with db.transaction() as session:
        ledger.record(session, stan.phone, because="may be", by="the reader", now=clock.now(), kind=Ban.HOLD)
    ana = volunteer("Ana")
    ana.open("/inbox")
    page = ana.follow("/inbox/next")
    assert "They may have asked us to stop" in page
    refused = ana.send(f"/inbox/{handoff_id}/answer", {"body": "Hi!", "nonce": _nonce(page)})
    assert refused.status_code == 409
    assert "say first whether they did" in refused.text
    page = ana.follow(f"/inbox/{handoff_id}/no-stop", {"body": "Hi!"})
    assert "They may have asked us to stop" not in page
    assert "Hi!" in page
    ana.send(f"/inbox/{handoff_id}/answer", {"body": "Hi!", "nonce": _nonce(page)})
    assert _sent(stan) == ["Hi!"]


def test_they_asked_to_stop_is_the_end(volunteer, waits, clock):
    handoff_id, stan = waits("Stan", "make it stop", reason="may_opt_out", urgency=0)
    with db.transaction() as session:
        ledger.record(session, stan.phone, because="may be", by="the reader", now=clock.now(), kind=Ban.HOLD)
    ana = volunteer("Ana")
    ana.open("/inbox")
    ana.send(f"/inbox/{handoff_id}/take")
    assert "Written down: asked to stop" in ana.follow(f"/inbox/{handoff_id}/verdict", {"intent": "opt_out"})
    with db.reading() as session:
        assert set(standing(session, stan.phone)) == {Ban.OPT_OUT}
    assert _handoff(handoff_id).status == "closed"


def test_a_verdict_by_who_does_not_hold_it_is_refused(volunteer, waits):
    handoff_id, _ = waits()
    ana, ben = volunteer("Ana"), volunteer("Ben")
    ana.open("/inbox")
    ana.send(f"/inbox/{handoff_id}/take")
    ben.open("/inbox")
    assert "Somebody else" in ben.follow(f"/inbox/{handoff_id}/verdict", {"intent": "no"})
    assert ben.send(f"/inbox/{handoff_id}/verdict", {"intent": "banana"}).status_code == 400
    assert _handoff(handoff_id).status == "claimed"


def test_an_unchanged_piece_costs_nothing_and_a_new_text_shows(volunteer, waits, clock):
    handoff_id, rosa = waits()
    ana = volunteer("Ana")
    ana.open("/inbox")
    for piece, change in (("/inbox/rows", "Luis"), (f"/inbox/{handoff_id}/talk", "And where is it?")):
        page = ana.follow(f"/inbox/{handoff_id}/take") if piece.endswith("talk") else ana.open("/inbox")
        url = re.search(rf'hx-get="({piece}\?seen=[^"]+)"', page)[1]
        assert ana.get(url).status_code == 204
        with db.transaction() as session:
            make.text(session, rosa, "And where is it?", clock.now())
        if "rows" in piece:
            waits("Luis")
        assert change in ana.open(url)


def test_names_and_words_that_are_html_stay_words(volunteer, waits):
    handoff_id, _ = waits("<script>alert(1)</script>", "<img src=x onerror=alert(1)>")
    ana = volunteer("Ana")
    ana.open("/inbox")
    page = ana.send(f"/inbox/{handoff_id}/take", follow_redirects=True).text
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert "<img" not in page


@pytest.mark.parametrize(
    ("name", "body"), [("ליאור", "👍🏽"), ("José María", "¿A qué hora?"), ("", ""), ("Al", "x" * 9_000)]
)
def test_any_name_and_any_words_have_a_page(volunteer, waits, name, body):
    handoff_id, _ = waits(name, body, language="es")
    ana = volunteer("Ana")
    ana.open("/inbox")
    page = ana.follow(f"/inbox/{handoff_id}/take")
    assert (name or "Somebody we do not know") in page
    assert (body or "An empty text") in page


def test_a_picture_is_named_by_its_kind(volunteer, waits, clock):
    handoff_id, rosa = waits()
    with db.transaction() as session:
        media = [{"url": "https://api.example/picture", "content_type": "image/jpeg"}]
        make.text(session, rosa, "", clock.now(), media=media)
    ana = volunteer("Ana")
    ana.open("/inbox")
    page = ana.follow(f"/inbox/{handoff_id}/take")
    assert "Picture received (image/jpeg)" in page
    assert "api.example" not in page


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
