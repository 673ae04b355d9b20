"""The fixtures keep their promises: real servers, a clean database each, nothing left behind."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
import redis
from sqlalchemy import inspect, text

from phonebank import clock as house_clock
from phonebank import db
from phonebank.tables import metadata

ROOT = Path(__file__).parents[1]
STARTS_BOTH = """
import sys, time
from tests.support import servers
print(servers.start_redis().url, servers.start_postgres().url, flush=True)
time.sleep(60)
"""


def test_redis_is_real_and_empty(redis_url):
    with redis.Redis.from_url(redis_url) as connection:
        assert connection.dbsize() == 0
        connection.set("left", "behind")


def test_redis_is_empty_again_for_the_next_test(redis_url):
    with redis.Redis.from_url(redis_url) as connection:
        assert connection.dbsize() == 0


@pytest.mark.parametrize("turn", [1, 2])
def test_a_database_has_all_tables_and_no_rows(database, turn):
    assert set(metadata.tables) < set(inspect(database).get_table_names())
    with db.transaction() as session:
        session.execute(text("CREATE TABLE left_behind (word TEXT)"))


@pytest.mark.database("postgresql")
def test_a_test_may_ask_for_one_kind_of_database(database_url):
    assert database_url.startswith("postgresql://")


def test_a_blank_database_has_no_tables(blank_database_url, database_kind):
    assert blank_database_url.startswith(database_kind)


def test_the_clock_stands_still_until_it_is_wound(clock):
    before = house_clock.now()
    time.sleep(0.01)
    assert house_clock.now() == before
    assert clock.pass_by(hours=3) == house_clock.now() == before + timedelta(hours=3)


def test_the_carrier_is_a_process_of_its_own_that_answers(carrier):
    assert carrier.health()
    assert carrier.ledger() == []


def test_servers_end_when_the_test_run_is_killed():
    run = subprocess.Popen([sys.executable, "-c", STARTS_BOTH], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    with run.stdout:
        redis_url, postgres_url = run.stdout.readline().split()
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    _wait_until_refused(lambda: redis.Redis.from_url(redis_url).ping(), redis.ConnectionError)
    _wait_until_refused(lambda: psycopg.connect(f"{postgres_url}/postgres").close(), psycopg.OperationalError)


def _wait_until_refused(ask, refusal):
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        try:
            ask()
        except refusal:
            return
        time.sleep(0.1)
    raise AssertionError("The server still answers although the test run that started it is dead.")
