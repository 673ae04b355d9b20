"""Texts that belong nowhere, and texts nobody could settle: each has its page and its choices."""

import pytest

from phonebank import clock as house_clock
from phonebank import db
from phonebank.campaigns.models import CampaignStatus
from phonebank.messages import tidying
from phonebank.messages.models import Direction, Message, MessageKind, MessageStatus
from phonebank.optouts import queries as optouts
from tests.support.campaigns import a_campaign, a_contact

pytestmark = pytest.mark.database("sqlite")


def store(**values):
    now = house_clock.now()
    row = {
        "direction": Direction.IN,
        "kind": MessageKind.REPLY,
        "status": MessageStatus.RECEIVED,
        "phone": "+12025550143",
        "sender": "+12025550100",
        "body": "Who is this?",
        "created_at": now,
    }
    with db.transaction() as session:
        text = Message(**row | values)
        session.add(text)
        session.flush()
        return text.id


def doubtful(**values):
    return store(
        direction=Direction.OUT,
        kind=MessageKind.ASK,
        status=MessageStatus.UNKNOWN,
        body="Can I count on you?",
        attempts=1,
        claimed_at=house_clock.now(),
        **values,
    )


def status_of(message_id):
    with db.reading() as session:
        return session.get(Message, message_id).status


def test_a_text_from_a_stranger_is_shown(visitor):
    store(body="<b>Who</b> is this?")
    page = visitor("organizer").get("/unmatched").text
    assert "&lt;b&gt;Who&lt;/b&gt; is this?" in page
    assert "(202) 555-0143" in page


def test_a_stranger_can_be_left_alone(visitor):
    text = store(body="take me off this list")
    organizer = visitor("organizer")
    organizer.open("/unmatched")
    assert "opt out" in organizer.follow(f"/unmatched/{text}/opt-out")
    with db.reading() as session:
        assert optouts.is_opted_out(session, "+12025550143")


def test_a_text_in_doubt_is_shown_with_both_choices(visitor):
    doubtful()
    page = visitor("organizer").open("/in-doubt")
    assert "Can I count on you?" in page
    assert "Mark as sent" in page
    assert "gets it twice" in page


@pytest.mark.parametrize(("choice", "status"), [("sent", MessageStatus.SENT), ("again", MessageStatus.QUEUED)])
def test_staff_decide_what_became_of_it(visitor, choice, status):
    text = doubtful()
    organizer = visitor("organizer")
    organizer.open("/in-doubt")
    organizer.follow(f"/in-doubt/{text}/{choice}")
    assert status_of(text) is status
    assert "settled meanwhile" in organizer.follow(f"/in-doubt/{text}/{choice}")


def test_nothing_goes_out_again_of_a_campaign_that_is_closed(visitor):
    with db.transaction() as session:
        drive = a_campaign(session, contacts=[a_contact()])
        drive.status = CampaignStatus.CLOSED
        session.flush()
        campaign_id = drive.id
    text = doubtful(campaign_id=campaign_id)
    organizer = visitor("organizer")
    organizer.open("/in-doubt")
    assert "It does not go out again" in organizer.follow(f"/in-doubt/{text}/again")
    with db.transaction() as session:
        tidying.tidy(session, house_clock.now())
    assert status_of(text) is MessageStatus.CANCELED


def test_a_text_that_is_not_there_says_so(visitor):
    organizer = visitor("organizer")
    organizer.open("/in-doubt")
    assert organizer.send("/in-doubt/999/again").status_code == 404
