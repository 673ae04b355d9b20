"""Yes-rates by what the coach finds: everybody is counted once, under each principle, an hour after their ask."""

from datetime import timedelta

import pytest

from phonebank import db
from phonebank.asks.models import Ask
from phonebank.campaigns.models import Alternative
from phonebank.intents import Outcome
from phonebank.reports import worked
from tests.support import conversations as make
from tests.support import factories

pytestmark = pytest.mark.usefixtures("database")
HARD = "Hi {{ first_name }}, it's Amanda with RepresentUs. Can I count on you to make calls with us {{ ask.when }}?"
WEAK = "Hi all, sorry to bother you. Would you maybe be interested in helping out sometime?"


def drive_of(session, now, texts):
    drive = make.campaign(session, now)
    session.get(Ask, drive.ask_id).texts = texts
    session.flush()
    return drive


def people(session, drive, now, number, *, yes, **fields):
    """So many asked two hours ago; the first `yes` of them said yes."""
    then = now - timedelta(hours=2)
    for at in range(number):
        outcome = Outcome.YES if at < yes else Outcome.NONE
        factories.asked(session, drive, now, asked_at=then, **{"outcome": outcome, **fields})


def found(now):
    with db.reading() as session:
        return worked.worked(session, now)


def finding(told, principle):
    return next(one for one in told["findings"] if one["principle"] == principle)


def test_nobody_asked_is_told_as_nothing(clock):
    told = found(clock.now())
    assert (told["asked"], told["campaigns"], told["findings"]) == (0, 0, [])
    assert told["yes_rate"] == [None, 0.0, 1.0]
    assert "no experiment" in told["says"]


def test_texts_that_meet_a_principle_are_set_beside_those_that_miss_it(clock):
    with db.transaction() as session:
        people(session, drive_of(session, clock.now(), {"en": [HARD]}), clock.now(), 10, yes=4)
        people(session, drive_of(session, clock.now(), {"en": [WEAK]}), clock.now(), 20, yes=1)
    told = found(clock.now())
    assert (told["campaigns"], told["texts"], told["asked"], told["yes"]) == (2, 2, 30, 5)
    hedging = finding(told, "confidence")
    assert hedging["met"] == {"texts": 1, "asked": 10, "yes": 4, "yes_rate": [0.4, 0.1682, 0.6873]}  # Wilson
    assert (hedging["missed"]["asked"], hedging["missed"]["yes"]) == (20, 1)
    assert [(one["verdict"], one["asked"]) for one in told["verdicts"]] == [("hard", 10), ("nearly", 0), ("weak", 20)]


def test_every_principle_counts_each_person_at_most_once(clock):
    with db.transaction() as session:
        people(session, drive_of(session, clock.now(), {"en": [HARD, WEAK], "es": ["Hola"]}), clock.now(), 3, yes=1)
    for one in found(clock.now())["findings"]:
        assert one["met"]["asked"] + one["missed"]["asked"] <= 3
        assert one["met"]["yes"] + one["missed"]["yes"] <= 1


def test_versions_and_languages_are_texts_of_their_own(clock):
    with db.transaction() as session:
        drive = drive_of(session, clock.now(), {"en": [HARD, WEAK], "es": ["¿Puedo contar contigo?"], "vi": ["Chào"]})
        people(session, drive, clock.now(), 2, yes=1, variant=0)
        people(session, drive, clock.now(), 2, yes=0, variant=1)
        people(session, drive, clock.now(), 2, yes=2, variant=1, language="es")  # the one Spanish text
        people(session, drive, clock.now(), 2, yes=2, language="vi")  # which the coach does not read
        people(session, drive, clock.now(), 2, yes=0, language="fr")  # who got the first language's
    told = found(clock.now())
    assert (told["texts"], told["asked"], told["yes"]) == (3, 8, 3)


def test_those_asked_within_the_hour_are_not_counted_yet(clock):
    with db.transaction() as session:
        factories.asked(session, drive_of(session, clock.now(), {"en": [HARD]}), clock.now())
    assert found(clock.now())["asked"] == 0
    assert found(clock.pass_by(hours=1))["asked"] == 1


def test_a_campaign_with_an_alternative_ready_stands_beside_those_without(clock):
    with db.transaction() as session:
        ready, bare = (drive_of(session, clock.now(), {"en": [HARD]}) for _ in range(2))
        make.kept(session, Alternative(campaign_id=ready.id, answers_to="not_now", ask_id=bare.ask_id))
        people(session, ready, clock.now(), 3, yes=2)
        people(session, bare, clock.now(), 4, yes=1)
    told = finding(found(clock.now()), "not_now")
    assert [(told[side]["asked"], told[side]["yes"]) for side in ("met", "missed")] == [(3, 2), (4, 1)]
