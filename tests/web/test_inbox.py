"""The inbox as a volunteer meets it: what they see, what they may do, and what happens when somebody was faster."""

import re

import pytest
from sqlmodel import select

from phonebank import db
from phonebank.calls.models import Call, CallKind, CallLine, Speaker
from phonebank.handoffs import queries
from phonebank.messages.models import MessageKind
from phonebank.messages.queries import conversation
from phonebank.optouts import ledger
from phonebank.optouts.models import Ban
from phonebank.optouts.queries import standing
from phonebank.people.models import AuditEntry, Role
from tests.support import conversations as make

pytestmark = pytest.mark.database("sqlite")


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


@pytest.mark.database("sqlite", "postgresql")
def test_what_was_said_in_a_call_stands_among_the_texts(volunteer, waits, clock):
    handoff_id, rosa = waits("Rosa", "maybe?")
    ana = volunteer("Ana")
    ana.open("/inbox")
    page = ana.follow(f"/inbox/{handoff_id}/take")
    talk = re.search(rf'hx-get="(/inbox/{handoff_id}/talk\?seen=[^"]+)"', page)[1]
    assert ana.get(talk).status_code == 204
    with db.transaction() as session:
        call = Call(kind=CallKind.SCRIPTED, phone=rosa.phone, sender="+12025550100", created_at=clock.now())
        session.add(call)
        session.flush()
        for turn, (speaker, more) in enumerate(
            [
                (Speaker.US, {"words": "Can I count on you to join us?"}),
                (Speaker.THEM, {"words": "<b>I am at work", "intent": "not_now"}),
                (Speaker.US, {"words": "When may we call you back?"}),
                (Speaker.THEM, {"digits": "3"}),
                (Speaker.THEM, {}),
            ]
        ):
            session.add(CallLine(call_id=call.id, turn=turn, speaker=speaker, at=clock.now(), **more))
    page = ana.get(talk).text
    said = re.findall(r'class="said__words[^"]*"[^>]*>(.*?)</p>', page)
    assert said[-5:] == [
        "Can I count on you to join us?",
        "&lt;b&gt;I am at work",
        "When may we call you back?",
        "pressed 3",
        "Silence",
    ]
    assert page.count("by phone, ") == 5
    assert "Understood as not now" in page
    ana.open(f"/inbox/{handoff_id}")
    with db.reading() as session:
        [read] = session.exec(select(AuditEntry)).all()
        assert (read.deed, read.detail, read.by.split(" (")[0]) == ("call_opened", f"read call {call.id}", "Ana")


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
