"""A maybe goes to a volunteer and back: one conversation, one voice, one text."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

ANSWER = "It ends at 8, {name}, and you can join from home. Can I count on you?"


@pytest.fixture
def maybe(walk):
    """Somebody whose maybe waits in the inbox: their number and its id."""
    drive = walk.launch(1)
    walk.until_asked()
    walk.says(drive.people[0], "Maybe, what time does it end?")
    return drive.people[0], walk.until(lambda: walk.handoff(drive.people[0])).id


def _take(browser, handoff_id):
    browser.open("/inbox")
    return browser.send(f"/inbox/{handoff_id}/take").text


def _answer(browser, handoff_id, body, nonce):
    return browser.send(f"/inbox/{handoff_id}/answer", {"body": body, "nonce": nonce}).status_code


def _plain(page):
    """Without what the reader marked in the texts."""
    return re.sub("</?mark>", "", page)


def test_a_maybe_is_answered_by_a_volunteer_and_the_supporters_reply_comes_back(walk, maybe):
    number, handoff_id = maybe
    ana = walk.volunteer("Ana")
    assert re.search(r"\d+ (person waits|people wait) for an answer", ana.open("/inbox"))
    page = _take(ana, handoff_id)
    assert "what time does it end?" in _plain(page)
    assert _answer(ana, handoff_id, ANSWER, ana.field(page, "nonce")) == 200
    walk.until_heard(number, "It ends at 8")
    walk.says(number, "Oh nice, then yes")
    walk.until(lambda: "Oh nice, then yes" in _plain(ana.open(f"/inbox/{handoff_id}")))
    walk.until_quiet()
    assert len(walk.heard(number)) == 2, "the machine must not talk over a volunteer"
    ana.send(f"/inbox/{handoff_id}/verdict", {"intent": "yes"})
    walk.until_heard(number, "Wonderful", "/y/")
    assert walk.recipient(number).outcome == "yes"
    assert walk.handoff(number) is None


def test_two_volunteers_answering_at_once_send_one_text(walk, maybe):
    number, handoff_id = maybe
    both = [walk.volunteer("Ana"), walk.volunteer("Ben")]
    with ThreadPoolExecutor(2) as at_once:
        pages = list(at_once.map(lambda who: _take(who, handoff_id), both))
        nonces = [
            who.field(page, "nonce") if 'name="nonce"' in page else "none"
            for who, page in zip(both, pages, strict=True)
        ]
        said = list(at_once.map(lambda i: _answer(both[i], handoff_id, f"From volunteer {i}", nonces[i]), (0, 1)))
    assert sorted(status < 400 for status in said) == [False, True]
    walk.until_heard(number, f"From volunteer {[status < 400 for status in said].index(True)}")
    walk.until_quiet()
    assert len(walk.heard(number)) == 2


def test_a_double_tap_sends_one_text(walk, maybe):
    number, handoff_id = maybe
    ana = walk.volunteer("Ana")
    nonce = ana.field(_take(ana, handoff_id), "nonce")
    with ThreadPoolExecutor(3) as at_once:
        list(at_once.map(lambda _tap: _answer(ana, handoff_id, "It ends at 8.", nonce), range(3)))
    walk.until_heard(number, "It ends at 8.")
    walk.until_quiet()
    assert len(walk.heard(number)) == 2


def test_a_volunteer_who_is_gone_loses_the_lease_and_another_answers(walk, maybe):
    number, handoff_id = maybe
    ana, ben = walk.volunteer("Ana"), walk.volunteer("Ben")
    nonce = ana.field(_take(ana, handoff_id), "nonce")
    walk.pass_by(minutes=11)
    page = walk.until(lambda: page if 'name="nonce"' in (page := _take(ben, handoff_id)) else None)
    assert _answer(ana, handoff_id, "Too late", nonce) >= 400
    assert _answer(ben, handoff_id, "It ends at 8.", ben.field(page, "nonce")) == 200
    walk.until_heard(number, "It ends at 8.")
    walk.until_quiet()
    assert len(walk.heard(number)) == 2
