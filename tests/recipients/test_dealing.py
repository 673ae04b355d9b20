"""What came of each version, by language; and people dealt anew when their campaign shifts to the better text."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlmodel import select

from phonebank import db
from phonebank.asks.models import Ask
from phonebank.campaigns.experiments import ANSWERED_AFTER, Tally
from phonebank.intents import Outcome
from phonebank.messages import asking
from phonebank.messages.models import Message
from phonebank.recipients import dealing, lifecycle
from phonebank.recipients.models import Recipient, RecipientStatus
from tests.support import conversations as make
from tests.support import factories
from tests.support.factories import do, fresh, update

pytestmark = pytest.mark.usefixtures("database")
TEXTS = {"en": ["First {{ first_name }}", "Second {{ first_name }}"], "es": ["Uno", "Dos"], "ht": ["Youn"]}


@pytest.fixture
def drive(database, clock):
    made = do(make.campaign, clock.now())
    update(Ask, made.ask_id, texts=TEXTS)
    return made


@pytest.fixture
def asked(drive, clock):
    """asked(variant, outcome): somebody asked long enough ago to count."""

    def made(variant, outcome=Outcome.NONE, *, ago=timedelta(hours=2), **fields):
        then = clock.now() - ago
        words = {"status": RecipientStatus.ASKED, "asked_at": then, "composed_at": then, "variant": variant}
        return do(factories.member, drive, clock.now(), outcome=outcome, **(words | fields))

    return made


def _tallies(drive, now):
    return do(dealing.tallies_of, drive.id, fresh(Ask, drive.ask_id), now, ANSWERED_AFTER)


def test_yeses_noes_stops_and_other_answers_are_counted_by_version(drive, asked, clock):
    for outcome in (Outcome.YES, Outcome.YES, Outcome.NO, Outcome.OPTED_OUT, Outcome.NONE):
        asked(0, outcome, replied_at=clock.now() if outcome is not Outcome.NONE else None)
    asked(1, Outcome.NOT_NOW, replied_at=clock.now())
    asked(3, replied_at=clock.now())
    assert _tallies(drive, clock.now()) == [Tally(5, 2, 1, 0, 1), Tally(2, 0, 0, 2, 0)]


def test_whoever_was_asked_within_the_hour_is_not_counted_yet(drive, asked, clock):
    asked(0, Outcome.YES, ago=timedelta(minutes=59))
    asked(0, ago=timedelta(minutes=60))
    assert _tallies(drive, clock.now()) == [Tally(1, 0, recent=1), Tally()]


def test_languages_with_as_many_versions_count_together_and_one_without_a_choice_is_left_out(drive, asked, clock):
    asked(1, Outcome.YES, language="es")
    asked(1, Outcome.YES, language="fr")  # speaks no language of the campaign's, so had the English text
    asked(1, Outcome.YES, language="ht")
    assert _tallies(drive, clock.now()) == [Tally(), Tally(2, 2)]


def test_two_versions_in_another_language_alone_are_an_experiment_of_its_own(drive, asked, clock):
    update(Ask, drive.ask_id, texts={"en": ["Only"], "es": ["Uno", "Dos"]})
    asked(1, Outcome.YES, language="es")
    asked(1, Outcome.YES)
    assert _tallies(drive, clock.now()) == [Tally(), Tally(1, 1)]


def _variants(people):
    return [fresh(Recipient, one.id).variant for one in people]


def test_the_next_people_get_the_text_that_earns_more_and_it_is_written_down_with_them(drive, asked, clock):
    update(Ask, drive.ask_id, shift=True)
    for number in range(60):
        asked(0)
        asked(1, Outcome.YES if number % 2 else Outcome.NONE)
    people = [do(factories.member, drive, clock.now(), variant=number % 2) for number in range(40)]
    do(asking.top_up, drive.sender, clock.now())
    variants = _variants(people)
    assert Counter(variants)[1] > 30
    with db.reading() as session:
        for one, variant in zip(people, variants, strict=True):
            body = session.exec(select(Message.body).where(Message.recipient_id == one.id)).one()
            assert ("Second" in body) == bool(variant)


def test_nobody_is_dealt_anew_once_their_ask_is_written_down(drive, asked, clock):
    somebody = do(factories.member, drive, clock.now(), variant=0)
    do(asking.top_up, drive.sender, clock.now())
    assert do(lifecycle.deal, [somebody.id], 1) == 0
    assert fresh(Recipient, somebody.id).variant == 0


def test_without_shifting_everyone_keeps_what_they_were_dealt(drive, asked, clock):
    for _ in range(60):
        asked(0)
        asked(1, Outcome.YES)
    people = [do(factories.member, drive, clock.now(), variant=number % 2) for number in range(10)]
    do(asking.top_up, drive.sender, clock.now())
    assert _variants(people) == [0, 1] * 5


def test_people_whose_language_has_one_text_only_are_not_dealt(drive, asked, clock):
    update(Ask, drive.ask_id, shift=True)
    for _ in range(60):
        asked(0)
        asked(1, Outcome.YES)
    alone = do(factories.member, drive, clock.now(), variant=0, language="ht")
    do(asking.top_up, drive.sender, clock.now())
    assert fresh(Recipient, alone.id).variant == 0
