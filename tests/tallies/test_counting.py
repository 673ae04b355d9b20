"""What is kept of a campaign's counts is what its rows say, however they came to be so, and whoever died counting."""

import random
import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta

import pytest
from sqlmodel import select

from phonebank import db
from phonebank.campaigns import lifecycle as campaigns
from phonebank.campaigns.models import Campaign
from phonebank.followups.models import Commitment, CommitmentStatus
from phonebank.intents import Outcome
from phonebank.messages.models import Direction, Message, MessageKind, MessageStatus
from phonebank.recipients.models import Recipient, RecipientStatus
from phonebank.tallies import counting, lifecycle, queries
from phonebank.tallies.models import CampaignTally
from tests.support import conversations as make
from tests.support import factories
from tests.support.factories import do, fresh, update

pytestmark = pytest.mark.usefixtures("database")
OURS = [status for status in MessageStatus if status not in {MessageStatus.RECEIVED, MessageStatus.HANDLED}]


@pytest.fixture
def drive(database, clock):
    return do(make.campaign, clock.now())


def step(session, chance, drive, people, now):
    """One thing that may happen to a campaign, whether or not it makes sense."""
    match chance.randrange(5):
        case 0:
            status = chance.choice(list(RecipientStatus))
            asked = now - timedelta(minutes=chance.randrange(90)) if chance.random() < 0.7 else None
            words = {"status": status, "asked_at": asked, "outcome": chance.choice(list(Outcome))}
            people.append(factories.member(session, drive, now, replied_at=asked, **words).id)
        case 1 if people:
            to = session.get(Recipient, chance.choice(people))
            sid = factories.sid() if chance.random() < 0.5 else None
            words = {"status": chance.choice(OURS), "kind": chance.choice([MessageKind.ASK, MessageKind.REMINDER])}
            words |= {"error_code": chance.choice([None, 30003, 30007]), "carrier_sid": sid, "claimed_at": now}
            factories.queued(session, to, drive, now, step=f"step {chance.random()}", **words)
        case 2 if people:
            make.text(session, session.get(Recipient, chance.choice(people)), "yes", now)
        case 3 if people:
            session.get(Recipient, chance.choice(people)).outcome = chance.choice(list(Outcome))
        case 4 if people:
            words = {"ask_id": drive.ask_id, "token": str(chance.random()), "pledged_at": now, "campaign_id": drive.id}
            person = people.pop(0)  # one commitment each
            make.kept(session, Commitment(recipient_id=person, status=chance.choice(list(CommitmentStatus)), **words))


def truth(campaign_id, now):
    """The same counts, row by row."""
    with db.reading() as session:
        people = session.exec(select(Recipient).where(Recipient.campaign_id == campaign_id)).all()
        texts = session.exec(select(Message).where(Message.campaign_id == campaign_id)).all()
        commitments = Counter(session.exec(select(Commitment.status).where(Commitment.campaign_id == campaign_id)))
    ours = [one for one in texts if one.direction is Direction.OUT]
    said = [
        one for one in ours if one.status not in {"queued", "canceled"} and (one.status != "failed" or one.carrier_sid)
    ]
    funnel = [
        sum(one.status != "excluded" for one in people),
        sum(one.asked_at is not None for one in people),
        sum(one.kind == "ask" and one.status == "delivered" for one in ours),
        sum(one.replied_at is not None for one in people),
        sum(one.outcome == "yes" for one in people),
        commitments["confirmed"] + commitments["kept"],
        commitments["kept"],
    ]
    return {
        "recipients": Counter(str(one.status) for one in people),
        "outcomes": Counter(str(one.outcome) for one in people),
        "messages": Counter(str(one.status) for one in ours),
        "inbound": sum(one.direction is Direction.IN for one in texts),
        "segments": sum(one.segments for one in said),
        "cost": sum(one.cost_micros for one in said) / 1e6,
        "funnel": funnel,
        "lately": sum(one.asked_at is not None and one.asked_at > now - timedelta(minutes=5) for one in people),
        "asks": funnel[1],
        "trouble": Counter(one.error_code for one in ours if one.status in {"undelivered", "failed"}),
    }


def told(campaign_id):
    """What is kept, in the same shape."""
    counts = fresh(CampaignTally, campaign_id).counts
    found = {
        name: Counter({word: n for word, n in counts[name].items() if n})
        for name in ("recipients", "outcomes", "messages")
    }
    assert sum(point["replies"] for point in counts["curve"]["points"]) == counts["inbound"]
    return found | {
        **{name: counts[name] for name in ("inbound", "segments", "cost", "lately")},
        "funnel": [one["people"] for one in counts["funnel"]],
        "asks": sum(point["asks"] for point in counts["curve"]["points"]),
        "trouble": Counter({one["code"]: one["number"] for one in counts["trouble"]}),
    }


@pytest.mark.parametrize("seed", [1, 2])
def test_after_any_walk_the_counts_are_those_of_the_rows(drive, clock, seed):
    chance, people, now = random.Random(seed), [], clock.now()
    for _ in range(4):
        for _ in range(40):
            do(step, chance, drive, people, now)
        assert counting.keep(drive.id, _seen(drive))
        assert told(drive.id) == truth(drive.id, now)


def test_another_campaigns_rows_are_not_counted(drive, clock):
    other = do(make.campaign, clock.now())
    do(factories.asked, other, clock.now())
    do(factories.member, drive, clock.now())
    counting.keep(drive.id, None)
    assert told(drive.id)["funnel"] == [1, 0, 0, 0, 0, 0, 0]


def test_a_count_that_was_killed_is_made_by_the_next_one(drive, clock, database_url):
    """A process of its own says that it counts, and is killed before it has."""
    do(factories.asked, drive, clock.now())
    program = (
        "import sys, signal, os; from phonebank import db, clock, tables; from pathlib import Path; from phonebank.settings import Settings\n"
        "from phonebank.tallies import counting\n"
        "clock.follow(Path(sys.argv[2])); db.configure(Settings(database_url=sys.argv[1]).database)\n"
        "counting.counted = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"counting.keep({drive.id}, None)\n"
    )
    killed = subprocess.run([sys.executable, "-c", program, database_url, str(clock.path)], timeout=60, check=False)
    assert killed.returncode == -signal.SIGKILL
    left = fresh(CampaignTally, drive.id)
    assert (left.begun_at, left.counted_at) == (clock.now(), None)
    assert not counting.count(drive.id, is_looked_at=True), "it may still be at it"
    clock.pass_by(seconds=31)
    assert counting.count(drive.id, is_looked_at=True)
    assert told(drive.id)["funnel"][:3] == [1, 1, 1]


def test_two_at_once_count_once(drive, clock):
    begins = factories.at_once(2, lambda _: do(lifecycle.begin, drive.id, None, clock.now()))
    assert sorted(begins) == [False, True]


def test_what_took_long_stands_longer_and_longer_still_when_nobody_looks(drive, clock):
    counting.keep(drive.id, None)
    update(CampaignTally, drive.id, took_ms=10_000)
    clock.pass_by(seconds=39)
    assert not counting.count(drive.id, is_looked_at=True)
    clock.pass_by(seconds=2)
    assert not _is_due(drive, clock)
    assert counting.count(drive.id, is_looked_at=True)
    update(CampaignTally, drive.id, took_ms=10_000)
    clock.pass_by(seconds=201)
    assert _is_due(drive, clock)


def test_a_campaign_that_ended_is_counted_once_more_and_then_left_alone(drive, clock):
    counting.keep(drive.id, None)
    do(campaigns.close, drive.id, clock.now())
    assert _is_due(drive, clock)
    counting.keep(drive.id, _seen(drive))
    clock.pass_by(hours=1)
    assert not _is_due(drive, clock)


def test_a_campaign_deleted_while_it_is_counted_is_not_kept(drive, clock):
    counting.keep(drive.id, None)
    do(lambda session: session.delete(session.get(Campaign, drive.id)))
    assert fresh(CampaignTally, drive.id) is None
    assert not do(lifecycle.store, drive.id, counts={})


def test_a_few_thousand_rows_are_small_and_more_are_not(drive, clock, monkeypatch):
    monkeypatch.setattr(queries, "_COUNTED_AT_ONCE", 2)
    for small in (True, True, False):
        do(factories.asked, drive, clock.now())
        with db.reading() as session:
            assert queries.is_small(session, drive.id) is small


def _seen(drive):
    with db.reading() as session:
        return queries.of(session, drive.id)


def _is_due(drive, clock):
    with db.reading() as session:
        return [found for found, _ in queries.due(session, clock.now())] == [drive.id]
