"""The first shift: what we ask and why, one practised conversation, the first real one; and what is kept of it."""

import re

import pytest

from phonebank import db
from phonebank.campaigns.models import Campaign
from phonebank.handoffs import beginning
from phonebank.people import queries
from phonebank.people.models import Role
from tests.support.factories import update

pytestmark = pytest.mark.database("sqlite")
GOOD = "Thanks for writing back! What would help you decide: the day, or what we will be doing?"


def _practised():
    with db.reading() as session:
        return len(queries.practised(session))


def test_a_new_volunteer_begins_there_and_from_then_on_at_the_inbox(volunteer, waits):
    handoff_id, _ = waits("Rosa")
    ana = volunteer("Ana")
    assert ana.get("/").location == "/start"
    page = ana.open("/start")
    assert "make calls with us online" in page
    assert "calls from neighbors move votes" in page
    ana.open("/start/practice")
    page = ana.follow("/start/practice", {"with": "maya", "answer": GOOD})
    assert "Well said" in page
    assert "What did they decide?" in page
    assert _practised() == 0
    page = ana.follow("/start/practice", {"with": "maya", "answer": GOOD, "verdict": "yes"})
    assert "That is it: yes" in page
    assert _practised() == 1
    answer = ana.send("/start/begin")
    assert answer.location == f"/inbox/{handoff_id}", "their first conversation is in their hands"
    assert ana.get("/").location == "/inbox"
    assert "Practise again" in ana.open("/start")
    assert volunteer("Kim", Role.ORGANIZER).open("/people").count("has practised") == 1


def test_whoever_knows_it_all_skips_to_the_inbox_for_good(volunteer, drive):
    ana = volunteer("Ana")
    ana.open("/start")
    assert ana.send("/start/begin", {"skip": "yes"}).location == "/inbox"
    assert ana.get("/").location == "/inbox"
    assert _practised() == 0
    for _ in range(2):
        ana.send("/start/begin", {"skip": "yes"})


def test_organizers_begin_with_their_campaigns(volunteer):
    assert volunteer("Kim", Role.ORGANIZER).get("/").location == "/campaigns"


def test_words_to_start_from_are_the_inboxs_own_and_can_be_changed(volunteer, drive):
    ana = volunteer("Ana")
    page = ana.open("/start/practice")
    label = re.search(r'name="start" value="([^"]+)"', page)[1]
    page = ana.follow("/start/practice", {"with": "maya", "start": label})
    assert len(re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)[1]) > 20
    assert "Write an answer" in ana.follow("/start/practice", {"with": "maya", "answer": "  "})


@pytest.mark.parametrize("person", beginning.everybody(), ids=lambda one: one.slug)
def test_each_verdict_is_told_kindly_whether_it_is_right_or_not(volunteer, drive, person):
    ana = volunteer("Ana")
    ana.open("/start/practice")
    right = {"with": person.slug, "answer": "ok", "verdict": person.verdict.value}
    assert f"That is it: {person.verdict.value.replace('_', ' ')}" in ana.follow("/start/practice", right)
    page = ana.follow("/start/practice", right | {"verdict": "maybe"})
    assert "Nearly" in page
    assert person.because in page


def test_a_verdict_there_is_not_and_a_stranger_to_practise_with_do_no_harm(volunteer, drive):
    ana = volunteer("Ana")
    assert "Maya" in ana.open("/start/practice?with=nobody")
    page = ana.follow("/start/practice", {"with": "x", "answer": "<script>alert(1)</script>", "verdict": "boss"})
    assert "What did they decide?" in page
    assert _practised() == 0


def test_without_a_campaign_there_is_still_something_to_learn(volunteer):
    ana = volunteer("Ana")
    assert "No campaign runs right now" in ana.open("/start")
    assert "Can I count on you" in ana.open("/start/practice")


def test_questions_people_ask_are_learnt_first_and_at_hand_beside_the_answer(volunteer, waits, drive):
    asked = [
        {"question": "How long is it?", "answer": "Two hours, {{ ask.when }}."},
        {"question": "Who pays?", "answer": "{{ nobody_knows }}"},
    ]
    update(Campaign, drive.id, questions=asked)
    handoff_id, _ = waits("Rosa")
    ana = volunteer("Ana")
    page = ana.open("/start")
    assert "Questions people ask (1)" in page
    assert "Two hours, Wednesday" in page
    ana.open("/inbox")
    page = ana.follow(f"/inbox/{handoff_id}/take")
    assert "How long is it?" in page
    assert "Two hours, Wednesday" in page
    assert "Who pays?" not in page
