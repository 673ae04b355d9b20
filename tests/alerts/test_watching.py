"""An organizer is told once that somebody waits too long: in their own hours, by whom they chose, whoever looks."""

from concurrent.futures import ThreadPoolExecutor
from datetime import time
from threading import Barrier

import pytest

from phonebank import db, jobs
from phonebank.alerts import lifecycle, queries, watching
from phonebank.handoffs import answering
from phonebank.handoffs import lifecycle as handoffs
from phonebank.messages.models import Message, MessageKind
from phonebank.optouts import ledger
from phonebank.people import lifecycle as people
from phonebank.people.models import Role
from phonebank.settings import Settings
from tests.support import conversations as make
from tests.support import mailbox
from tests.support.factories import do
from tests.support.talks import rows
from workers import alerts, opening
from workers import clock as sweeping

NUMBER = "+12025550177"  # Washington, D.C.: it is 1 p.m. there on the wound clock


@pytest.fixture
def post():
    with mailbox.opened() as box:
        yield box


@pytest.fixture
def opened(database_url, redis_url, tmp_path, clock, monkeypatch, post):
    settings = Settings(database_url=database_url, redis_url=redis_url, phonebank_home=tmp_path, smtp_url=post.url)
    engine = db.configure(settings.database)
    jobs.configure(settings)
    monkeypatch.setattr(opening._Opened, "settings", settings)
    yield settings
    jobs.connection().close()
    jobs.configure(Settings(redis_url="redis://127.0.0.1:1/0"))
    engine.dispose()


@pytest.fixture
def scene(opened, clock):
    """Rosa waits; Olu, an organizer, wishes to be texted and e-mailed."""
    now = clock.now()
    with db.transaction() as session:
        olu, ana = make.person(session, now, "Olu", Role.ORGANIZER), make.person(session, now, "Ana")
        drive = make.campaign(session, now)
        rosa = make.supporter(session, drive, now)
        wish(session, olu)
        return {"olu": olu, "ana": ana, "drive": drive, "rosa": rosa, "id": make.handed_off(session, rosa, now)}


def wish(session, person_id, **changes):
    told = {"phone": NUMBER, "by_text": True, "by_email": True, "start": time(9), "end": time(20), **changes}
    lifecycle.wish(session, person_id, **told)


def look():
    alerts.turn("")


def texts():
    return rows(Message, kind=MessageKind.TEST)


def over_since():
    with db.reading() as session:
        return queries.watch(session).over_since


def test_the_bound_is_ten_minutes_until_somebody_says_otherwise(scene, opened, clock, post):
    clock.pass_by(minutes=9, seconds=59)
    assert ("alerts", "") not in sweeping.due(opened)
    look()
    assert (over_since(), texts(), post.letters) == (None, [], [])
    now = clock.pass_by(seconds=1)
    assert ("alerts", "") in sweeping.due(opened)
    look()
    assert over_since() == now
    (text,) = texts()
    assert text.phone == NUMBER
    assert "more than 10 minutes for an answer; 1 person waits now" in text.body
    (letter,) = post.letters
    assert "Somebody waits for an answer" in letter
    assert "Rosa" not in letter + text.body
    assert scene["rosa"].phone not in letter + text.body


def test_an_organizer_sets_the_bound(scene, clock, post):
    do(lifecycle.set_bound, 3)
    clock.pass_by(minutes=3)
    look()
    assert len(texts()) == len(post.letters) == 1


def test_nobody_is_told_twice_of_one_episode_however_long_it_lasts(scene, clock, post):
    for _ in range(5):
        clock.pass_by(minutes=35)
        look()
    assert len(texts()) == len(post.letters) == 1


def test_two_clocks_at_once_tell_once(scene, opened, clock, post):
    clock.pass_by(minutes=11)
    together = Barrier(4)

    def look_together(_):
        together.wait()
        with db.transaction() as session:
            return watching.look(session, address="http://127.0.0.1", now=clock.now())

    with ThreadPoolExecutor(4) as several:
        letters = [letter for told in several.map(look_together, range(4)) for letter in told]
    assert (len(letters), len(texts())) == (1, 1)


def test_it_ends_with_the_answer_and_a_new_one_within_the_hour_shows_on_the_page_alone(scene, clock, post):
    clock.pass_by(minutes=11)
    look()
    now = clock.pass_by(minutes=1)
    do(handoffs.claim, scene["id"], scene["ana"], now)
    do(answering.answer, scene["id"], scene["ana"], "Hi Rosa!", now, nonce="a")
    look()
    assert over_since() is None
    with db.reading() as session:
        assert queries.watch(session).ended_at == now
    do(make.text, scene["rosa"], "and where?", clock.now())
    clock.pass_by(minutes=11)
    look()
    assert over_since() is not None, "she waits again, since she wrote again"
    assert len(texts()) == len(post.letters) == 1
    clock.pass_by(minutes=50)
    look()
    assert len(texts()) == len(post.letters) == 2


def test_a_text_waits_for_their_own_hours_and_does_not_come_when_it_is_over_by_then(scene, clock, post):
    clock.pass_by(hours=9)  # 10 p.m. where the number is from
    look()
    assert (len(texts()), len(post.letters)) == (0, 1)
    clock.pass_by(hours=12)
    look()
    assert len(texts()) == 1


def test_who_was_suspended_or_is_no_organizer_is_not_told(scene, clock, post):
    do(people.suspend, scene["olu"])
    do(wish, scene["ana"])
    clock.pass_by(minutes=11)
    look()
    assert over_since() is not None
    assert (texts(), post.letters) == ([], [])


def test_a_number_that_said_stop_is_not_texted_and_the_page_says_so(scene, clock):
    do(ledger.record, NUMBER, because="texted STOP", by="their own text", now=clock.now())
    clock.pass_by(minutes=11)
    look()
    assert texts() == []
    with db.reading() as session:
        assert "asked us to stop" in queries.watch(session).trouble


def test_a_mail_server_that_is_down_loses_the_alert_once_and_says_so(scene, clock, post):
    post.refuses = True
    clock.pass_by(minutes=11)
    look()
    look()
    assert post.letters == []
    with db.reading() as session:
        assert "look at SMTP_URL" in queries.watch(session).trouble
