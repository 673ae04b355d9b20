"""The doorbell: one ring waits for each turn and key, only what is committed rings, and nothing is lost without it."""

import pytest
import redis
from rq.serializers import JSONSerializer

from phonebank import db, jobs
from phonebank.errors import BadInputError, UnavailableError
from phonebank.jobs import ring_after_commit
from phonebank.settings import Settings
from tests.support.factories import at_once
from workers import opening

NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def configured():
    yield
    jobs.configure(Settings(redis_url=NOWHERE))


@pytest.fixture
def bell(redis_url):
    settings = Settings(redis_url=redis_url)
    jobs.configure(settings)
    with redis.Redis.from_url(redis_url) as connection:
        yield connection
    jobs.connection().close()


def waiting():
    """(turn, key) of each job that waits, in the queue of its turn."""
    found = [(job.func_name, *job.args, name) for name in jobs.QUEUES for job in jobs.queue(name).jobs]
    turns = {f"workers.{turn}.turn": (turn, queue) for turn, queue in jobs.QUEUE_OF_TURN.items()}
    assert all(turns[function][1] == queue for function, _, queue in found)
    return [(turns[function][0], key) for function, key, _ in found]


def test_a_ring_asks_for_one_turn_by_name_and_key(bell):
    jobs.ring("texts", "MG1")
    assert waiting() == [("texts", "MG1")]


def test_only_one_ring_waits_for_a_turn_and_key(bell):
    for _ in range(5):
        jobs.ring("texts", "MG1")
        jobs.ring("texts", "MG2")
        jobs.ring("replies")
    assert sorted(waiting()) == [("replies", ""), ("texts", "MG1"), ("texts", "MG2")]


def test_threads_that_ring_at_once_ask_for_one_turn(bell):
    at_once(8, lambda _: jobs.ring("replies"))
    assert waiting() == [("replies", "")]


def test_every_turn_has_a_queue_and_a_worker():
    import importlib

    for name, queue in jobs.QUEUE_OF_TURN.items():
        assert queue in jobs.QUEUES
        assert callable(importlib.import_module(f"workers.{name}").turn)


def test_a_turn_lifts_its_flag_before_it_looks(bell, monkeypatch):
    monkeypatch.setattr(opening, "settings", lambda: None)
    seen = []

    @opening.turn("replies")
    def drain(_key, _until):
        jobs.ring("replies")  # a row committed while it works
        seen.append(len(waiting()))
        return False

    jobs.ring("replies")
    drain("")
    assert seen == [2], "the ring that woke us, and the new one"


def test_a_turn_that_leaves_rows_rings_again(bell, monkeypatch):
    monkeypatch.setattr(opening, "settings", lambda: None)
    left = iter([True, False])
    turn = opening.turn("answers")(lambda _key, _until: next(left))
    turn("MG1")
    assert waiting() == [("answers", "MG1")]
    bell.flushall()
    turn("MG1")
    assert waiting() == []


def test_a_turn_told_to_stop_does_not_ring_for_itself(bell, monkeypatch):
    monkeypatch.setattr(opening, "settings", lambda: None)
    monkeypatch.setattr(jobs, "should_stop", lambda: True)
    opening.turn("answers")(lambda _key, _until: True)("MG1")
    assert waiting() == []


@pytest.mark.usefixtures("database", "bell")
class TestAfterCommit:
    def test_the_bell_rings_once_the_rows_are_committed(self):
        with db.transaction() as session:
            for _ in range(3):
                ring_after_commit(session, "replies")
                ring_after_commit(session, "answers", "MG1")
            assert waiting() == []
        assert sorted(waiting()) == [("answers", "MG1"), ("replies", "")]

    def test_a_rollback_drops_the_ring(self):
        def regretted():
            with db.transaction() as session:
                ring_after_commit(session, "replies")
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            regretted()
        assert waiting() == []

    def test_a_session_used_again_after_a_rollback_rings_only_for_what_came_after(self, bell):
        with db.transaction() as session:
            session.connection()
            ring_after_commit(session, "replies")
            session.rollback()
            session.connection()
            ring_after_commit(session, "answers", "MG1")
            session.commit()
            assert waiting() == [("answers", "MG1")]
            bell.flushall()
            session.commit()
        assert waiting() == []

    def test_a_doorbell_that_is_down_fails_no_commit(self, clock):
        from phonebank.messages import queries, receiving
        from tests.support.factories import inbound

        jobs.configure(Settings(redis_url=NOWHERE))
        with db.transaction() as session:
            assert receiving.store(session, inbound("+12025550143", "yes"), clock.now())
        with db.reading() as session:
            assert len(queries.unread(session, 9)) == 1


def test_a_doorbell_that_is_down_raises_nothing(monkeypatch):
    told = []
    monkeypatch.setattr(jobs.log, "warning", lambda event, **_: told.append(event), raising=False)
    jobs.configure(Settings(redis_url=NOWHERE))
    jobs.ring("replies")
    assert not jobs.is_up()
    assert told == ["ring lost; the clock rings again"]


def test_a_doorbell_that_comes_back_rings_again(bell, redis_url, monkeypatch):
    broken = redis.Redis.from_url(NOWHERE)
    real = jobs.connection
    monkeypatch.setattr(jobs, "connection", lambda: broken)
    broken_cache = {"cleared": False}
    monkeypatch.setattr(broken, "cache_clear", lambda: None, raising=False)
    monkeypatch.setattr(jobs.connection, "cache_clear", lambda: broken_cache.update(cleared=True), raising=False)
    jobs.ring("replies")
    assert broken_cache["cleared"], "the next ring looks for the server anew"
    monkeypatch.setattr(jobs, "connection", real)
    jobs.ring("replies")
    assert waiting() == [("replies", "")]


def test_a_flushed_doorbell_rings_again(bell):
    jobs.ring("replies")
    bell.flushall()
    jobs.ring("replies")
    assert waiting() == [("replies", "")]


def test_a_flag_that_nobody_lifts_falls_by_itself(bell):
    jobs.ring("replies")
    assert 0 < bell.ttl("phonebank:rung:replies:") <= 60


def test_without_any_redis_the_sentence_says_what_to_do(home):
    with pytest.raises(UnavailableError, match="phonebank run"):
        jobs.redis_url(Settings())
    address = jobs.embedded_address(Settings(phonebank_home=home))
    address.parent.mkdir(parents=True)
    address.write_text("redis://127.0.0.1:7/0\n")
    assert jobs.redis_url(Settings(phonebank_home=home)) == "redis://127.0.0.1:7/0"


def test_a_queue_nobody_knows_is_refused_in_one_sentence(bell):
    with pytest.raises(BadInputError, match=f"no queue 'fast'; there are {', '.join(jobs.QUEUES)}"):
        jobs.work(["urgent", "fast"])


def test_a_turn_killed_before_it_lifted_its_flag_is_rung_for_again(bell):
    jobs.ring("texts", "MG1")
    queue = jobs.queue(jobs.BULK)
    killed = queue.jobs[0]
    queue.empty()
    jobs.ring("texts", "MG1")
    assert waiting() == []
    worker = jobs._Worker([queue], connection=jobs.connection(), serializer=JSONSerializer)
    worker.handle_work_horse_killed(killed, 1, 9, None)
    jobs.ring("texts", "MG1")
    assert waiting() == [("texts", "MG1")]
