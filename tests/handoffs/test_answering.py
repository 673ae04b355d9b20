"""A volunteer's answer goes out once, from the one who holds the conversation, and never to who said stop."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from phonebank import db
from phonebank.errors import BadInputError, PhonebankError, RefusedError
from phonebank.handoffs import answering, lifecycle, queries
from phonebank.messages.models import MessageKind, MessageStatus, Priority
from phonebank.messages.queries import conversation
from phonebank.optouts import ledger
from phonebank.optouts.models import Ban
from phonebank.optouts.queries import standing
from phonebank.recipients.models import Recipient
from tests.support import conversations as make

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def scene(database, clock):
    """Ana holds Rosa's conversation; Ben is there too."""
    now = clock.now()
    with db.transaction() as session:
        ana, ben = make.person(session, now, "Ana"), make.person(session, now, "Ben")
        rosa = make.supporter(session, make.campaign(session, now), now)
        handoff_id = make.handed_off(session, rosa, now)
        lifecycle.claim(session, handoff_id, ana, now)
    return {"ana": ana, "ben": ben, "rosa": rosa, "id": handoff_id}


def _answer(scene, who, body, now, nonce="a"):
    with db.transaction() as session:
        return answering.answer(session, scene["id"], scene[who], body, now, nonce=nonce)


def _sent(scene):
    with db.reading() as session:
        said = conversation(session, scene["rosa"].phone)
        return [message.body for message in said if message.kind is MessageKind.ANSWER]


def test_an_answer_is_written_down_to_go_before_every_ask(scene, clock):
    with db.transaction() as session:
        lifecycle.save_draft(session, scene["id"], scene["ana"], "It is on Zo")
    message_id = _answer(scene, "ana", "  It is on Zoom!\r\nCan I count on you?  ", clock.now())
    with db.reading() as session:
        message = next(m for m in conversation(session, scene["rosa"].phone) if m.id == message_id)
        assert message.body == "It is on Zoom!\nCan I count on you?"
        assert (message.kind, message.priority, message.status) == ("answer", Priority.ANSWER, "queued")
        assert (message.written_by, message.sender) == (scene["ana"], make.SENDER)
        assert message.recipient_id == scene["rosa"].id
        assert queries.by_id(session, scene["id"]).draft == ""


def test_the_first_answer_is_remembered_with_who_gave_it(scene, clock):
    first = clock.pass_by(minutes=2)
    _answer(scene, "ana", "Hi!", first)
    _answer(scene, "ana", "Still there?", clock.pass_by(minutes=5), "b")
    with db.reading() as session:
        answered = queries.by_id(session, scene["id"])
        assert (answered.first_answered_at, answered.first_answered_by) == (first, scene["ana"])


def test_the_same_form_twice_sends_once(scene, clock):
    assert _answer(scene, "ana", "Hi!", clock.now()) == _answer(scene, "ana", "Hi!", clock.pass_by(minutes=3))
    assert _sent(scene) == ["Hi!"]


def test_the_same_form_again_after_the_end_of_the_claim_says_it_went(scene, clock):
    first = _answer(scene, "ana", "Hi!", clock.now())
    with db.transaction() as session:
        lifecycle.close(session, scene["id"], person_id=None, verdict=None, now=clock.now())
    assert _answer(scene, "ana", "Hi!", clock.pass_by(hours=1)) == first


def test_the_same_words_from_a_second_tab_send_once_until_they_write_again(scene, clock):
    now = clock.now()
    assert _answer(scene, "ana", "Hi!", now, "tab one") == _answer(scene, "ana", "Hi!", now, "tab two")
    with db.transaction() as session:
        make.text(session, scene["rosa"], "Who is this?", now)
    _answer(scene, "ana", "Hi!", now, "tab three")
    assert _sent(scene) == ["Hi!", "Hi!"]


def test_other_words_from_an_old_form_are_not_swallowed(scene, clock):
    _answer(scene, "ana", "Hi!", clock.now())
    with pytest.raises(RefusedError, match="Press Send again"):
        _answer(scene, "ana", "Bye!", clock.now())
    _answer(scene, "ana", "Bye!", clock.now(), "a new form")
    assert _sent(scene) == ["Hi!", "Bye!"]


def test_words_that_never_arrived_may_be_sent_again(scene, clock):
    with db.transaction() as session:
        step = f"answer:{scene['id']}:x"
        make.text(session, scene["rosa"], "Hi!", clock.now(), kind="answer", step=step, status=MessageStatus.FAILED)
    _answer(scene, "ana", "Hi!", clock.now())
    assert _sent(scene) == ["Hi!", "Hi!"]


def test_who_does_not_hold_it_is_refused(scene, clock):
    with pytest.raises(RefusedError, match="Somebody else"):
        _answer(scene, "ben", "Hi!", clock.now())
    with pytest.raises(RefusedError, match="ten minutes"):
        _answer(scene, "ana", "Hi!", clock.pass_by(minutes=10))
    with db.transaction() as session:
        lifecycle.lapse(session, clock.now())
    with pytest.raises(RefusedError, match="ten minutes"):
        _answer(scene, "ana", "Hi!", clock.now())
    with db.transaction() as session:
        lifecycle.close(session, scene["id"], person_id=None, verdict="yes", now=clock.now())
    with pytest.raises(RefusedError, match="settled"):
        _answer(scene, "ana", "Hi!", clock.now())
    assert _sent(scene) == []


def test_an_answer_renews_the_lease(scene, clock):
    _answer(scene, "ana", "Hi!", clock.pass_by(minutes=9))
    _answer(scene, "ana", "There!", clock.pass_by(minutes=9), "b")
    assert _sent(scene) == ["Hi!", "There!"]


@pytest.mark.parametrize("body", ["", "   \r\n\t ", "\u200b\u2060", "\x00\x07", "x" * 1601, "é" * 1601])
def test_empty_and_too_long_answers_are_refused(scene, clock, body):
    with pytest.raises(BadInputError):
        _answer(scene, "ana", body, clock.now())
    assert _sent(scene) == []


@pytest.mark.parametrize("body", ["👍🏽", "x" * 1600, "نراك يوم الأربعاء", "<b>&amp;</b> {{ first_name }}", "a\x00b"])
def test_any_real_words_go_as_they_are(scene, clock, body):
    _answer(scene, "ana", body, clock.now())
    assert _sent(scene) == [body.replace("\x00", "")]


def test_nothing_goes_to_who_asked_us_to_stop(scene, clock):
    now = clock.now()
    with db.transaction() as session:
        ledger.record(session, scene["rosa"].phone, because="STOP", by="their text", now=now)
    with pytest.raises(RefusedError, match="asked us to stop"):
        _answer(scene, "ana", "Hi!", now)
    assert _sent(scene) == []


def test_a_held_number_is_written_to_only_after_a_person_has_read_it(scene, clock):
    now = clock.now()
    with db.transaction() as session:
        ledger.record(session, scene["rosa"].phone, because="may be a stop", by="their text", now=now, kind=Ban.HOLD)
    with pytest.raises(RefusedError, match="say first whether"):
        _answer(scene, "ana", "Hi!", now)
    with db.transaction() as session, pytest.raises(RefusedError, match="Somebody else"):
        answering.say_no_stop(session, scene["id"], scene["ben"], "ben@example.org", now)
    with db.transaction() as session:
        assert answering.say_no_stop(session, scene["id"], scene["ana"], "ana@example.org", now)
        assert not answering.say_no_stop(session, scene["id"], scene["ana"], "ana@example.org", now)
        assert standing(session, scene["rosa"].phone) == {}
    _answer(scene, "ana", "Hi!", now)
    assert _sent(scene) == ["Hi!"]


def test_a_number_we_do_not_know_is_answered_from_the_one_they_wrote_to(scene, clock):
    now = clock.now()
    stray = Recipient(campaign_id=None, id=None, phone="+12025550177")
    with db.transaction() as session:
        make.text(session, stray, "Who are you?", now, sender="+15005550009")
        words = {"phone": stray.phone, "campaign_id": None, "recipient_id": None, "reason": "question", "why": ""}
        handoff_id = lifecycle.open_(session, **words, urgency=2, now=now)
        lifecycle.claim(session, handoff_id, scene["ana"], now)
        sent = [answering.answer(session, handoff_id, scene["ana"], "RepresentUs!", now, nonce="n") for _ in range(2)]
        assert sent[0] == sent[1]
        assert conversation(session, stray.phone)[-1].sender == "+15005550009"


def test_two_who_answer_at_once_send_one_answer(scene, clock):
    now, together = clock.now(), Barrier(2)
    with db.transaction() as session:
        lifecycle.release(session, scene["id"], scene["ana"])

    def claim_and_answer(who):
        together.wait()
        with db.transaction() as session:
            lifecycle.claim(session, scene["id"], scene[who], now)
        try:
            _answer(scene, who, f"It is {who}", now, who)
        except PhonebankError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        won = list(pool.map(claim_and_answer, ["ana", "ben"]))
    assert sorted(won) == [False, True]
    assert len(_sent(scene)) == 1


def test_a_held_key_sends_once(scene, clock):
    now, together = clock.now(), Barrier(6)

    def press(_):
        together.wait()
        return _answer(scene, "ana", "Hi!", now)

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(press, range(6)))) == 1
    assert _sent(scene) == ["Hi!"]
