"""The page of what worked, and why a weak ask went out, for organizers."""

from datetime import timedelta

import pytest

from phonebank import clock as house_clock
from phonebank import db
from phonebank.asks.models import Ask
from phonebank.campaigns import lifecycle
from phonebank.intents import Outcome
from phonebank.replies import recording
from phonebank.replies.models import ReplyThreshold
from phonebank.replies.reading import ACTS_FROM
from tests.support import conversations as make
from tests.support import factories
from tests.support.campaigns import a_campaign

pytestmark = pytest.mark.database("sqlite")


def test_with_nobody_asked_it_says_what_it_will_show(visitor, clock):
    assert "Nothing to tell yet" in visitor("organizer").open("/campaigns/what-worked")


def test_it_is_not_for_volunteers(visitor, clock):
    assert visitor("volunteer").get("/campaigns/what-worked").status_code == 403


def test_rates_stand_side_by_side_with_what_they_do_not_show(visitor, clock):
    then = clock.now() - timedelta(hours=2)
    texts = ["Can I count on you to make calls with us {{ ask.when }}?", "Would you maybe like to help sometime?"]
    with db.transaction() as session:
        for number, words in enumerate(texts, 1):
            drive = make.campaign(session, clock.now())
            session.get(Ask, drive.ask_id).texts = {"en": [words]}
            for _ in range(4 * number):
                factories.asked(session, drive, clock.now(), asked_at=then, outcome=Outcome.NONE)
            factories.asked(session, drive, clock.now(), asked_at=then, outcome=Outcome.YES)
    page = visitor("organizer").open("/campaigns/what-worked")
    assert "This is no experiment" in page
    assert "20.0 %" in page
    assert "1 of 5 people, 1 text" in page
    assert "1 of 9 people, 1 text" in page
    assert "Every text that went out has:" in page


def test_why_a_weak_ask_goes_out_is_shown_before_and_after_its_launch(visitor, clock):
    organizer = visitor("organizer")
    with db.transaction() as session:
        campaign_id = a_campaign(session).id
        later = house_clock.now() + timedelta(hours=1)
        lifecycle.schedule(session, campaign_id, at=later, by="Olu", because="They know us well.")
    page = organizer.open(f"/campaigns/{campaign_id}")
    assert "In the name of Olu, because “They know us well.”" in page
    with db.transaction() as session:
        lifecycle.launch(session, campaign_id, by="Olu", because="They know us well.", now=house_clock.now())
    page = organizer.open(f"/campaigns/{campaign_id}")
    assert "They know us well." in page
    assert "by <bdi>Olu</bdi>" in page
    assert "/campaigns/what-worked" in page


def test_a_campaigns_own_threshold_is_shown_with_who_set_it(visitor, clock):
    organizer = visitor("organizer")
    with db.transaction() as session:
        campaign_id = make.campaign(session, clock.now()).id
    assert "Answers by itself" not in organizer.open(f"/campaigns/{campaign_id}")
    for acts_from in (0.95, 0.85):
        words = {
            "was": 0.9,
            "readers_own": ACTS_FROM,
            "because": "tried",
            "set_by": "olu (command line)",
            "set_at": clock.now(),
        }
        factories.do(recording.keep_threshold, ReplyThreshold(campaign_id=campaign_id, acts_from=acts_from, **words))
    page = organizer.open(f"/campaigns/{campaign_id}")
    assert "when 85 % sure or more: set by olu (command line)" in page
