"""Fresh databases for tests: the tables are laid once by the migrations, then copied for each test."""

import itertools
import shutil
from pathlib import Path

import psycopg
from psycopg import sql

from phonebank import db, migrations
from phonebank.settings import Settings
from tests.support.servers import Server

_numbers = itertools.count(1)
TEMPLATE = "phonebank_template"


def lay_tables(url: str) -> None:
    """Bring an empty database to the newest revision."""
    engine = db.configure(Settings(database_url=url).database)
    migrations.upgrade(engine)
    engine.dispose()


class PostgresDatabases:
    """Databases of one cluster: `blank` ones without tables, `fresh` ones with tables and no rows."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._has_template = False

    def blank(self) -> str:
        return self._create(f"blank_{next(_numbers)}", "template1")

    def fresh(self) -> str:
        if not self._has_template:
            lay_tables(self._create(TEMPLATE, "template1"))
            self._has_template = True
        return self._create(f"fresh_{next(_numbers)}", TEMPLATE)

    def drop(self, url: str) -> None:
        self._say("DROP DATABASE {} WITH (FORCE)", url.rsplit("/", 1)[1])

    def _create(self, name: str, template: str) -> str:
        self._say("CREATE DATABASE {} TEMPLATE {}", name, template)
        return f"{self._server.url}/{name}"

    def _say(self, words: str, *names: str) -> None:
        with psycopg.connect(f"{self._server.url}/postgres", autocommit=True) as connection:
            connection.execute(sql.SQL(words).format(*map(sql.Identifier, names)))


class SqliteDatabases:
    """Database files, copied from one that the migrations made."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template.db"

    def blank(self) -> str:
        return f"sqlite:///{self._folder / f'blank_{next(_numbers)}.db'}"

    def fresh(self) -> str:
        if not self._template.exists():
            lay_tables(f"sqlite:///{self._template}")
        copy = self._folder / f"fresh_{next(_numbers)}.db"
        shutil.copy(self._template, copy)
        return f"sqlite:///{copy}"

    def drop(self, url: str) -> None:
        for leftover in self._folder.glob(Path(url).name + "*"):
            leftover.unlink()
