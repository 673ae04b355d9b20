"""Fresh databases for tests: the tables are laid once by the migrations, then copied for each test."""

import itertools
import shutil
from pathlib import Path

import psycopg
from psycopg import sql

from phonebank import db, migrations
from phonebank.settings import Settings
from phonebank.tables import metadata
from tests.support.servers import Server

_numbers = itertools.count(1)
TEMPLATE = "phonebank_template"
_FRESH = "fresh_"
_LARGEST = 64 * 2**20
_END_OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
_STANDS = """SELECT pg_database_size(current_database()),
    ARRAY(SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'),
    ARRAY(SELECT sequencename::text FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL)"""


def lay_tables(url: str) -> None:
    """Bring an empty database to the newest revision."""
    engine = db.configure(Settings(database_url=url).database)
    migrations.upgrade(engine)
    engine.dispose()


class PostgresDatabases:
    """Databases of one cluster: `blank` ones without tables, `fresh` ones with tables and no rows.

    To copy one takes half a second, to empty one a hundredth: `drop` keeps what was a fresh one for the next test.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._has_template = False
        self._emptied: list[str] = []

    def blank(self) -> str:
        return self._create(f"blank_{next(_numbers)}", "template1")

    def fresh(self) -> str:
        if not self._has_template:
            lay_tables(self._create(TEMPLATE, "template1"))
            self._has_template = True
        return self._emptied.pop() if self._emptied else self._create(f"{_FRESH}{next(_numbers)}", TEMPLATE)

    def drop(self, url: str) -> None:
        name = url.rsplit("/", 1)[1]
        if name.startswith(_FRESH) and self._is_emptied(url):
            self._emptied.append(url)
        else:
            self._say("DROP DATABASE {} WITH (FORCE)", name)

    def _is_emptied(self, url: str) -> bool:
        """Every row gone and every id from 1 again. False: it has grown large, or is none of ours any more."""
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(_END_OTHERS)
            found = connection.execute(_STANDS).fetchone()
            assert found is not None
            size, tables, sequences = found
            if size > _LARGEST or set(tables) != set(metadata.tables) | {"alembic_version"}:
                return False
            asked = [
                sql.SQL("SELECT {0} WHERE EXISTS (SELECT 1 FROM {1})").format(n, sql.Identifier(n)) for n in tables
            ]
            filled = {row[0] for row in connection.execute(sql.SQL(" UNION ALL ").join(asked))} - {"alembic_version"}
            words = [sql.SQL("SET session_replication_role = replica")]  # so that no foreign key is in the way
            words += [sql.SQL("DELETE FROM {}").format(sql.Identifier(name)) for name in filled]
            words += [sql.SQL("ALTER SEQUENCE {} RESTART").format(sql.Identifier(name)) for name in sequences]
            connection.execute(sql.SQL(";").join(words))
        return True

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
