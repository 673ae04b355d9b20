"""What every test may ask for: real servers, a database of its own on SQLite and on PostgreSQL, a clock to wind."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from zlib import crc32

import hypothesis
import pytest
import redis
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine
from werkzeug.routing import Rule

from phonebank import clock as house_clock
from phonebank import db
from phonebank.rehearsal import remote
from phonebank.rehearsal.remote import Carrier
from phonebank.replies import drives
from phonebank.settings import Settings
from tests.support import servers
from tests.support.databases import PostgresDatabases, SqliteDatabases
from tests.support.servers import Server
from tests.support.winding import WoundClock

DATABASES = ("sqlite", "postgresql")

hypothesis.settings.register_profile("house", deadline=None, derandomize=True)  # a busy machine is not a bug
hypothesis.settings.register_profile("random", deadline=None)  # what nobody has tried: --hypothesis-profile=random
hypothesis.settings.load_profile("house")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that uses a database on each kind, or on the ones it names: @pytest.mark.database("postgresql")."""
    if "database_kind" in metafunc.fixturenames:
        marker = metafunc.definition.get_closest_marker("database")
        kinds = DATABASES if marker is None and "walk" not in metafunc.fixturenames else _of_a_story(metafunc, marker)
        metafunc.parametrize("database_kind", kinds, indirect=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each worker's share begins with what takes long, stories of one database together: one house of real parts for
    each worker, and short tests at the end, which they take over from each other.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    long = sorted((one for one in items if _LONG.search(one.nodeid)), key=lambda one: "[postgresql" in one.nodeid)
    short = [one for one in items if not _LONG.search(one.nodeid)]
    items[:] = [one for share in range(workers) for all_ in (long, short) for one in _share(all_, share, workers)]


_LONG = re.compile("/(stories|chaos)/|test_rehearse|test_run")


def _share(items: list[pytest.Item], share: int, shares: int) -> list[pytest.Item]:
    return items[len(items) * share // shares : len(items) * (share + 1) // shares]


def _of_a_story(metafunc: pytest.Metafunc, marker: pytest.Mark | None) -> tuple[str, ...]:
    """A story takes seconds of many processes: each is told on one kind, about half on either; STORIES_ON=both tells all on both."""
    if marker is not None:
        return marker.args
    name = metafunc.function.__qualname__
    return DATABASES if os.environ.get("STORIES_ON") == "both" else (DATABASES[crc32(name.encode()) % 2],)


@pytest.fixture(scope="session", autouse=True)
def _made_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What every application makes anew and is always the same, which is half the time of a test of pages: its compiled
    templates, and how each address is written.
    """
    folder = tmp_path_factory.getbasetemp().parent / "templates"
    folder.mkdir(exist_ok=True)
    compiled = FileSystemBytecodeCache(str(folder))
    write, written = Rule._compile_builder, {}

    def write_once(rule: Rule, append_unknown: bool = True) -> Any:
        key = (rule.rule, rule.endpoint, append_unknown)
        if key not in written:
            written[key] = write(rule, append_unknown)
        return written[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "jinja_options", Flask.jinja_options | {"bytecode_cache": compiled})
        patch.setattr(Rule, "_compile_builder", write_once)
        yield


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder for `.env` and `var/`; whatever the developer's own environment sets is not seen."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("PHONEBANK_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture(autouse=True)
def _nothing_of_calls_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drives, "KEPT_FOR_S", 0.0)  # each step reads afresh: a test's database may be another's again


@pytest.fixture
def free_port() -> int:
    """A loopback port for a server of the test's own."""
    return servers.free_port()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Server]:
    server = servers.start_redis()
    yield server
    server.stop()


@pytest.fixture
def redis_url(redis_server: Server) -> str:
    """A real Redis with nothing in it."""
    with redis.Redis.from_url(redis_server.url) as connection:
        connection.flushall()
    return redis_server.url


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    server = servers.start_postgres()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_databases(postgres_server: Server) -> PostgresDatabases:
    return PostgresDatabases(postgres_server)


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    return SqliteDatabases(tmp_path_factory.mktemp("databases"))


@pytest.fixture
def database_kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def databases(database_kind: str, request: pytest.FixtureRequest) -> PostgresDatabases | SqliteDatabases:
    return request.getfixturevalue({"sqlite": "sqlite_databases", "postgresql": "postgres_databases"}[database_kind])


@pytest.fixture
def database_url(databases: PostgresDatabases | SqliteDatabases) -> Iterator[str]:
    """DATABASE_URL of a database with all tables and no rows: the test runs once on SQLite and once on PostgreSQL."""
    url = databases.fresh()
    yield url
    databases.drop(url)


@pytest.fixture
def blank_database_url(databases: PostgresDatabases | SqliteDatabases) -> Iterator[str]:
    """DATABASE_URL of a database without a single table, for what migrates; on both kinds."""
    url = databases.blank()
    yield url
    databases.drop(url)


@pytest.fixture
def postgres_url(postgres_databases: PostgresDatabases) -> Iterator[str]:
    """DATABASE_URL of a database with all tables and no rows, on PostgreSQL only."""
    url = postgres_databases.fresh()
    yield url
    postgres_databases.drop(url)


@pytest.fixture
def database(database_url: str) -> Iterator[Engine]:
    """The database of `database_url`, opened as this process's own: `db.transaction()` and `db.reading()` work."""
    engine = db.configure(Settings(database_url=database_url).database)
    yield engine
    engine.dispose()


@pytest.fixture
def clock(tmp_path: Path) -> Iterator[WoundClock]:
    """A clock that stands still inside contact hours until the test winds it; others follow it by `clock.path`."""
    yield WoundClock(tmp_path / "clock.json")
    house_clock.follow(None)


@pytest.fixture
def spawn_carrier() -> Iterator[Callable[..., Carrier]]:
    """Starts stand-in carriers set up as the test says (fields of rehearsal.config.Config, `clock_file`); all end with the test."""
    with ExitStack() as carriers:
        yield lambda **config: carriers.enter_context(remote.spawn(**config))


@pytest.fixture
def carrier(spawn_carrier: Callable[..., Carrier]) -> Carrier:
    """A stand-in carrier on a real port, by real time, that delivers almost at once."""
    return spawn_carrier(pick_delay=(0.0, 0.01), delivery_delay=(0.01, 0.05))
