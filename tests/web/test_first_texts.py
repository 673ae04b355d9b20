"""The pages of first texts by hand, without a script: a batch, a text a tap, and what stands in the way."""

import re

import pytest
from sqlmodel import select

from phonebank import db
from phonebank.asks.models import Ask
from phonebank.campaigns.models import Campaign, CampaignStatus
from phonebank.messages.models import Message
from phonebank.people.models import Role
from phonebank.recipients.models import Recipient, RecipientStatus
from tests.support import factories
from tests.support.factories import do, fresh, update

pytestmark = pytest.mark.database("sqlite")
TEXT = "Hi {{ first_name }}, it's {{ sender_name }} with RepresentUs. Can I count on you to join us {{ ask.when }}? Reply STOP to end."


@pytest.fixture
def drive(drive):
    update(Campaign, drive.id, sent_by="people")
    update(Ask, drive.ask_id, texts={"en": [TEXT]})
    return drive


@pytest.fixture
def people(drive, clock):
    return [do(factories.member, drive, clock.now(), first_name=name) for name in ("Rosa", "Luis")]


def _bodies():
    with db.reading() as session:
        return [row.body for row in session.exec(select(Message).order_by(Message.id))]


def _form(page):
    """Where Send goes, and the words that are filled in."""
    address = re.search(r'action="(/first-texts/\d+/\d+/send)"', page)[1]
    return address, re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)[1]


def test_a_batch_is_sent_one_tap_a_text(volunteer, drive, people):
    ana = volunteer("Ana Lopez")
    assert "Send the last 2" in ana.open("/first-texts")
    page = ana.follow(f"/first-texts/{drive.id}/take")
    assert "2 left in your hands" in page
    address, words = _form(page)
    assert "it's Ana with" in words
    page = ana.follow(address, {"body": words})
    assert "Luis" in page
    assert "1 waits its turn" in page
    address, words = _form(page)
    page = ana.follow(address, {"body": words.replace("Hi Luis", "Hello Luis")})
    assert "Nobody is left to text right now" in page
    assert [body.split(",")[0] for body in _bodies()] == ["Hi Rosa", "Hello Luis"]


def test_a_page_sent_again_from_the_back_button_sends_nothing_new(volunteer, drive, people):
    ana = volunteer("Ana")
    ana.open("/first-texts")
    address, words = _form(ana.follow(f"/first-texts/{drive.id}/take"))
    for _ in range(3):
        assert "Luis" in ana.follow(address, {"body": words})
    assert len(_bodies()) == 1


def test_words_that_may_not_go_stay_in_the_box_with_the_reason(volunteer, drive, people):
    ana = volunteer("Ana")
    ana.open("/first-texts")
    address, _ = _form(ana.follow(f"/first-texts/{drive.id}/take"))
    answer = ana.send(address, {"body": "<script>alert(1)</script> hello"})
    assert answer.status_code == 400
    assert "&lt;script&gt;alert(1)&lt;/script&gt; hello" in answer.text
    assert "Keep the name RepresentUs" in answer.text
    assert _bodies() == []


def test_a_pause_is_told_at_once_and_nothing_goes(volunteer, drive, people):
    ana = volunteer("Ana")
    ana.open("/first-texts")
    address, words = _form(ana.follow(f"/first-texts/{drive.id}/take"))
    update(Campaign, drive.id, status=CampaignStatus.PAUSED, paused_reason="Paused by Kim.")
    assert "It is paused. Paused by Kim." in ana.open(f"/first-texts/{drive.id}/standing")
    answer = ana.send(address, {"body": words})
    assert answer.status_code == 409
    assert "It is paused. Paused by Kim." in answer.text
    assert "It is paused" in ana.open("/first-texts")
    assert _bodies() == []


def test_somebody_is_passed_by_with_a_reason(volunteer, drive, people):
    ana = volunteer("Ana")
    ana.open("/first-texts")
    page = ana.follow(f"/first-texts/{drive.id}/take")
    address = _form(page)[0].replace("/send", "/pass")
    assert ana.send(address, {"why": "tired"}).status_code == 400
    page = ana.follow(address, {"why": "wrong_person"})
    assert "left out of this campaign" in page
    assert fresh(Recipient, people[0].id).status is RecipientStatus.EXCLUDED
    page = ana.follow(_form(page)[0].replace("/send", "/pass"), {"why": "know_them"})
    assert "left to another volunteer" in page


def test_the_rest_is_given_back(volunteer, drive, people):
    ana, ben = volunteer("Ana"), volunteer("Ben")
    ana.open("/first-texts")
    ana.follow(f"/first-texts/{drive.id}/take")
    assert "Nobody is left to text" in ben.open("/first-texts")
    assert "2 given back" in ana.follow(f"/first-texts/{drive.id}/back")
    assert "Send the last 2" in ben.open("/first-texts")


def test_nothing_to_send_says_what_else_to_do(volunteer):
    page = volunteer("Ana").open("/first-texts")
    assert "No first texts to send by hand just now" in page
    assert 'href="/inbox"' in page


def test_a_volunteer_sees_no_number_and_no_last_name(volunteer, drive, people):
    ana = volunteer("Ana")
    ana.open("/first-texts")
    page = ana.follow(f"/first-texts/{drive.id}/take")
    assert people[0].phone not in page
    assert people[0].phone[-4:] not in page


def test_campaigns_that_the_machine_sends_have_no_such_page(volunteer, drive):
    update(Campaign, drive.id, sent_by="machine")
    ana = volunteer("Ana", Role.ORGANIZER)
    assert ana.get(f"/first-texts/{drive.id}").status_code == 404
    assert ana.get("/first-texts/999").status_code == 404
