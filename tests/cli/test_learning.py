"""`phonebank replies report`, `calibrate` and `replay` on both kinds of database."""

import json
from datetime import timedelta

import pytest

from phonebank import db
from phonebank.intents import ANSWERED_BY_MACHINE, Decision, Intent, Outcome
from phonebank.replies import queries, together
from phonebank.replies.models import ReplyReading, ReplyThreshold
from phonebank.replies.reading import Reading
from phonebank.settings import Settings
from tests.support import conversations as make
from tests.support import factories
from tests.support.talks import rows


@pytest.fixture
def laid_out(blank_database_url, monkeypatch, phonebank, noon):
    """A database in this version's shape, named by the environment."""
    monkeypatch.setenv("DATABASE_URL", blank_database_url)
    phonebank.ok("db", "upgrade")
    db.configure(Settings(database_url=blank_database_url).database)
    yield
    db.engine().dispose()


@pytest.fixture
def reader(monkeypatch):
    """A reader that finds what "0.85 yes" says, intent and confidence, and acts from 0.90."""

    def read(text, *, acts_from, **_context):
        confidence, intent = text.split()[:2]
        acted = float(confidence) >= acts_from and intent in ANSWERED_BY_MACHINE
        return Reading(Intent(intent), float(confidence), f"“{intent}”", acted=acted)

    monkeypatch.setattr(together, "read", read)
    monkeypatch.setattr(queries, "ACTS_FROM", 0.9)


@pytest.fixture
def drive(laid_out, clock):
    with db.transaction() as session:
        made = make.campaign(session, clock.now(), name="RCV")
        session.expunge_all()
    return made


def heard(drive, now, text, verdict, *, times=1):
    """So many replies of these words, read by the threshold of 0.90 and judged so."""
    with db.transaction() as session:
        rosa = make.supporter(session, drive, now)
        confidence, intent = text.split()[:2]
        acted = float(confidence) >= 0.9
        for _ in range(times):
            message_id = make.text(session, rosa, text, now)
            words = {"recipient_id": rosa.id, "hold": False, "why": "read", "decision": Decision.HAND_OFF}
            told = {"intent": intent, "confidence": float(confidence), "acted": acted, "verdict": verdict}
            session.add(ReplyReading(message_id=message_id, read_at=now, **told, **words))
            now = now.fromtimestamp(now.timestamp() + 1, now.tzinfo)


@pytest.mark.parametrize("verb", ["report", "replay"])
def test_an_empty_database_is_one_clear_sentence(laid_out, phonebank, verb):
    assert "No reply has been read yet" in phonebank.ok("replies", verb)
    [told] = phonebank.records("replies", verb, "--json")
    assert told["replies"] == 0


def test_calibrating_without_verdicts_is_refused_with_what_is_needed(laid_out, phonebank):
    assert "There are 0 verdicts" in phonebank.refused("replies", "calibrate", "--json")
    assert "no campaign named “x”" in phonebank.refused("replies", "calibrate", "--campaign", "x")


def test_the_report_shows_the_words_and_never_who_wrote_them(drive, phonebank, clock, reader):
    heard(drive, clock.now(), "0.95 yes", "yes", times=3)
    heard(drive, clock.now(), "0.99 yes but no", "no")
    heard(drive, clock.now(), "0.30 question", "not_now")
    told = phonebank.ok("replies", "report", "--campaign", "RCV")
    assert "yes      4       3       75.0% (30.1% to 95.4%)" in told
    assert "0.99  yes → no, answered  “0.99 yes but no”" in told
    assert "corrected by a person: 1" in told
    [record] = phonebank.records("replies", "report", "--json")
    assert record["confusion"] == {"question": {"not_now": 1}, "yes": {"no": 1, "yes": 3}}
    for secret in ("+1202", "Rosa", "Secretname"):
        assert secret not in told + json.dumps(record)


def test_a_refit_is_said_first_and_kept_only_when_applied(drive, phonebank, clock, reader):
    heard(drive, clock.now(), "0.85 no", "no", times=400)
    heard(drive, clock.now(), "0.84 yes", "no")
    told = phonebank.ok("replies", "calibrate", "--campaign", "RCV")
    assert "From 0.85 on it would answer 400: 400 more." in told
    assert "Nothing is changed: add --apply" in told
    assert rows(ReplyThreshold) == []
    [record] = phonebank.records("replies", "calibrate", "--campaign", "RCV", "--apply", "--json")
    assert (record["acts_from"], record["proposed"], record["applied"]) == (0.9, 0.85, True)
    assert (record["changed"], record["changed_judged"], record["changed_wrong"]) == (400, 400, 0)
    [kept] = rows(ReplyThreshold)
    assert (kept.campaign_id, kept.acts_from, kept.was) == (drive.id, 0.85, 0.9)
    assert "(command line)" in kept.set_by
    assert kept.set_at == clock.now()
    [again] = phonebank.records("replies", "calibrate", "--campaign", "RCV", "--apply", "--json")
    assert (again["acts_from"], again["applied"]) == (0.85, False)  # the wrong yes below keeps it where it is
    assert len(rows(ReplyThreshold)) == 1


def test_a_replay_shows_what_differs_and_counts_it_and_writes_nothing(drive, phonebank, clock, reader):
    heard(drive, clock.now(), "0.95 yes", None, times=3)
    with db.transaction() as session:
        session.get(ReplyReading, 1).intent = Intent.NO
    before = [dict(one) for one in rows(ReplyReading)]
    *differing, counts = phonebank.records("replies", "replay", "--json")
    assert [(one["from"], one["to"], one["text"]) for one in differing] == [
        ("no, answered", "yes, answered", "0.95 yes")
    ]
    assert (counts["replies"], counts["same"], counts["different"]) == (3, 2, 1)
    assert counts["changes"] == [{"from": "no, answered", "to": "yes, answered", "replies": 1}]
    told = phonebank.ok("replies", "replay", "--campaign", "RCV")
    assert "3 replies read again: 2 as before, 1 differently." in told
    assert [dict(one) for one in rows(ReplyReading)] == before


def test_what_worked_is_told_with_what_it_does_not_show(drive, phonebank, clock):
    assert "Nothing to tell yet" in phonebank.ok("campaigns", "worked")
    with db.transaction() as session:
        then = clock.now() - timedelta(hours=2)
        for outcome in (Outcome.YES, Outcome.NO):
            factories.asked(session, drive, clock.now(), asked_at=then, outcome=outcome)
    told = phonebank.ok("campaigns", "worked")
    assert "1 text of 1 campaign: 1 of 2 said yes (50.0%; 9.4% to 90.5%)." in told
    assert "This is no experiment" in told
    [record] = phonebank.records("campaigns", "worked", "--json")
    assert (record["asked"], record["yes"], record["yes_rate"]) == (2, 1, [0.5, 0.0945, 0.9055])
