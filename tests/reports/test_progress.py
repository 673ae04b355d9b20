"""What a campaign's page and status say beside the counts: who waits until when, who is left out, how texts compare."""

from datetime import UTC, datetime, timedelta

import pytest

from phonebank.asks.models import Ask
from phonebank.campaigns.models import Campaign
from phonebank.intents import Outcome
from phonebank.messages import asking, texting, tidying
from phonebank.optouts import ledger
from phonebank.optouts.models import Ban
from phonebank.people.models import Person
from phonebank.recipients.models import RecipientStatus
from phonebank.reports.progress import progress
from tests.support import conversations as make
from tests.support import factories
from tests.support.factories import do, fresh, update

pytestmark = pytest.mark.usefixtures("database")
NINE_PM = datetime(2027, 2, 4, 2, 0, tzinfo=UTC)  # in New York
EASTERN, PACIFIC = "America/New_York", "America/Los_Angeles"


@pytest.fixture
def drive(database, clock):
    return do(make.campaign, clock.now())


def _progress(drive, now):
    return do(progress, fresh(Campaign, drive.id), now)


def test_people_whose_hours_are_over_are_said_to_wait_until_they_open_on_their_own_clock(drive, clock):
    for zones in (EASTERN, EASTERN, f"{EASTERN}|{PACIFIC}"):
        do(factories.member, drive, clock.now(), zones=zones)
    do(asking.top_up, drive.sender, NINE_PM)
    found = _progress(drive, NINE_PM)["waiting"]
    assert found["people"] == 3
    assert found["until"] == [{"at": "2027-02-04T09:00", "people": 3}]
    assert found["says"] == ["3 people wait until 09:00 their time (Thursday, February 4)."]


def test_asks_written_down_when_the_hours_ended_are_said_to_wait_too(drive, clock):
    do(factories.member, drive, clock.now())
    do(asking.top_up, drive.sender, clock.now())
    assert _progress(drive, clock.now())["waiting"]["people"] == 0
    do(tidying.tidy, NINE_PM)
    assert _progress(drive, NINE_PM)["waiting"]["says"] == [
        "1 person waits until 09:00 their time (Thursday, February 4)."
    ]


def test_whoever_is_held_does_not_wait_for_hours(drive, clock):
    held = do(factories.member, drive, clock.now())
    do(ledger.record, held.phone, because="may have", by="the reader", now=clock.now(), kind=Ban.HOLD)
    do(asking.top_up, drive.sender, clock.now())
    assert _progress(drive, clock.now())["waiting"] == {"people": 0, "until": [], "says": []}


def test_people_without_hours_before_the_event_are_counted_with_that_reason(drive, clock):
    update(Ask, drive.ask_id, starts_at=NINE_PM + timedelta(hours=3))
    for _ in range(2):
        do(factories.member, drive, clock.now())
    do(asking.top_up, drive.sender, NINE_PM)
    found = _progress(drive, NINE_PM)
    assert found["left_out"] == {"no contact hours were left before the event": 2}
    assert found["waiting"]["people"] == 0


def test_one_text_is_no_experiment(drive, clock):
    assert "experiment" not in _progress(drive, clock.now())


def test_several_texts_are_compared(drive, clock):
    update(Ask, drive.ask_id, texts={"en": ["One", "Two"], "es": ["Uno"]})
    then = clock.now() - timedelta(hours=2)
    words = {"status": RecipientStatus.SETTLED, "asked_at": then, "replied_at": then}
    for variant, outcome in ((0, Outcome.YES), (0, Outcome.OPTED_OUT), (1, Outcome.NO)):
        do(factories.member, drive, clock.now(), variant=variant, outcome=outcome, **words)
    found = _progress(drive, clock.now())["experiment"]
    assert (found["verdict"], found["better"], found["shifts"]) == ("not_yet", None, False)
    assert found["languages_left_out"] == ["es"]
    first, second = found["texts"]
    assert (first["text"], first["asked"], first["yes"], first["opted_out"]) == (1, 2, 1, 1)
    assert first["yes_rate"][0] == 0.5
    assert first["yes_rate"][1] < 0.5 < first["yes_rate"][2]
    assert (second["asked"], second["no"], second["yes_rate"][0]) == (1, 1, 0.0)


@pytest.mark.database("sqlite")
def test_first_texts_by_hand_are_told_with_who_is_at_it(drive, clock):
    assert "by_hand" not in _progress(drive, clock.now())
    update(Campaign, drive.id, sent_by="people")
    assert _progress(drive, clock.now())["by_hand"]["says"].endswith("none so far, nobody is at it now.")
    for _ in range(2):
        do(factories.member, drive, clock.now())
    ana = fresh(Person, do(make.person, clock.now(), "Ana"))
    do(texting.take, drive.id, ana, clock.now())
    text = do(texting.in_hand, drive.id, ana, clock.now())[0]
    do(texting.send, drive.id, text.recipient_id, ana, text.body, clock.now())
    told = _progress(drive, clock.now())["by_hand"]
    assert (told["texts"], told["volunteers"], told["at_it"]) == (1, 1, 1)
    assert told["says"].endswith("1 by 1 so far, 1 is at it now.")
