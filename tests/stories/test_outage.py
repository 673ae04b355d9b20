"""The database is down: what people text is kept on disk, and nothing is said twice when it is back."""

import json
import sqlite3
import threading
from contextlib import contextmanager

import psycopg
import pytest

OUR_NUMBER = "+12025550190"


@contextmanager
def _no_database(walk):
    """Nobody can write, until the block ends."""
    url = walk.house.settings.database_url
    taken_away = _locked_file if url.startswith("sqlite") else _refused_connections
    with taken_away(url):
        yield


@contextmanager
def _locked_file(url):
    with sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None) as file:
        file.execute("BEGIN EXCLUSIVE")
        yield
        file.execute("ROLLBACK")
    file.close()


@contextmanager
def _refused_connections(url):
    server, name = url.rsplit("/", 1)
    with psycopg.connect(f"{server}/postgres", autocommit=True) as master:
        master.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        master.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        yield
        master.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


@pytest.fixture
def spool(walk):
    folder = walk.house.settings.var / "spool"
    return lambda: [kept for kept in map(_kept, folder.glob("*.json")) if kept == "text"]


def _kept(file):
    try:
        return json.loads(file.read_text())["kind"]  # delivery reports are kept, too
    except FileNotFoundError:
        return "replayed"


def test_what_people_text_meanwhile_is_kept_on_disk_and_replayed(walk, spool):
    stranger, (yes, out) = walk.people(1)[0], walk.launch(2).people
    walk.until_asked()
    with _no_database(walk):
        texts = [(yes, "Yes!"), (out, "Stop!"), (stranger, "Hello?")]
        sent = [threading.Thread(target=walk.carrier.inbound, kwargs=_text(*text)) for text in texts]
        for one in sent:
            one.start()
        walk.until(lambda: len(spool()) == len(texts), "every text on disk")
    for one in sent:
        one.join()
    walk.until(lambda: not spool(), "replayed")
    walk.pass_by(seconds=4)
    walk.until_heard(yes, "Wonderful")
    walk.until(lambda: walk.is_opted_out(out))
    walk.until_quiet()
    assert [len(walk.heard(number)) for number in (yes, out)] == [2, 1]
    assert walk.replies(stranger)[-1].body == "Hello?"


def _text(number, body):
    return {"sender": number, "to": OUR_NUMBER, "body": body}


def test_a_blast_goes_on_when_the_database_is_back(walk):
    drive = walk.launch(40, limits={"segments_per_second": 15})
    walk.until(lambda: len(walk.asks()) >= 10)
    with _no_database(walk):
        seen = -1
        while seen != (seen := len(walk.asks())):  # what was claimed is said, and then nothing more
            threading.Event().wait(1.0)
    walk.until_asked_after_all(drive)
