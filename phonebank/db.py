"""Engine, transactions and column types; no business words.

One database a process, named once by `configure`. A write transaction on SQLite begins IMMEDIATE, so that two writers
queue at the door instead of failing in the middle; reading begins deferred and never waits.
"""

import json
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import (
    JSON,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Enum,
    String,
    Table,
    any_,
    create_engine,
    event,
    func,
    literal,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Session
from sqlmodel.sql.sqltypes import AutoString

from phonebank import turnstile
from phonebank.errors import UnavailableError

_SEPARATOR = "\x1f"  # between texts that go as one; it stands in none of ours
_SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # a claim lost in a power cut is a double text
    "PRAGMA busy_timeout=15000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-32000",
)


class Moment(TypeDecorator[datetime]):
    """An aware moment in UTC on both databases (SQLite keeps no zone, so it is put back on the way out)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment without a zone cannot be stored.")
        at = value.astimezone(UTC)
        return at if dialect.name == "postgresql" else at.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        return None if value is None else value.replace(tzinfo=value.tzinfo or UTC).astimezone(UTC)


def choice(kind: type[StrEnum]) -> TypeEngine[Any]:
    """A column that stores the enum's value (not its name) and refuses any other word."""
    return Enum(
        kind,
        native_enum=False,
        length=20,
        create_constraint=True,
        name=f"{kind.__name__.lower()}_known",
        values_callable=lambda members: [member.value for member in members],
    )


JSONField = JSON().with_variant(postgresql.JSONB(), "postgresql")


class _Current:
    engine: Engine | None = None
    reader: Engine | None = None  # the same engine and connections, for those who only read


def configure(url: str) -> Engine:
    """Use this database from now on in this process; the former one is let go."""
    if _Current.engine is not None:
        _Current.engine.dispose()
    _Current.engine = _engine(url)
    _Current.reader = _Current.engine.execution_options(only_reads=True)
    return _Current.engine


def engine() -> Engine:
    """The engine of this process; `configure` comes first."""
    if _Current.engine is None:
        raise UnavailableError("No database is configured yet.")
    return _Current.engine


@contextmanager
def transaction() -> Iterator[Session]:
    """A session that writes: committed at the end, rolled back on any error."""
    with Session(engine(), expire_on_commit=False) as session:
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


@contextmanager
def reading() -> Iterator[Session]:
    """A session that only reads: it waits for no writer and nothing is stored. Rows read in it stay readable after."""
    engine()  # says what is missing
    with Session(_Current.reader, expire_on_commit=False) as session:
        yield session


@contextmanager
def snapshot() -> Iterator[Session]:
    """As `reading`; however long it lasts, all that is read in it is as of one moment."""
    with reading() as session:
        if is_postgresql():
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield session


def prefer_indexes(session: Session) -> None:
    """In this transaction, look rows up rather than scan for them: PostgreSQL thinks a scan cheaper too soon.

    For batches against a table of any size, whose cost must not grow with it.
    """
    if session.connection().dialect.name == "postgresql":
        session.connection().exec_driver_sql("SET LOCAL enable_seqscan = off")


def compile_nothing(session: Session) -> None:
    """In this transaction PostgreSQL compiles no query: for one that takes a second that costs as much again."""
    if session.connection().dialect.name == "postgresql":
        session.connection().exec_driver_sql("SET LOCAL jit = off")


def is_postgresql() -> bool:
    return engine().dialect.name == "postgresql"


def insert_ignoring(table: Table, session: Session) -> Any:
    """An INSERT that does nothing where a unique row already stands, on either database."""
    return insert_for(session, table).on_conflict_do_nothing()


def insert_for(session: Session, table: Table) -> Any:
    """The dialect's own INSERT, for ON CONFLICT."""
    postgres = session.get_bind().dialect.name == "postgresql"
    return postgresql.insert(table) if postgres else sqlite.insert(table)


_LOCKED_S = 15.0
"""How long somebody else may write, seconds, before a writer gives up."""

_CONNECTIONS = 16
"""Kept open: as many as the web's threads. One that is made anew for a request costs more than the request."""


def among(session: Session, column: Any, values: Collection[Any]) -> Any:
    """Whether the column is one of these: one bound value however many they are, which is many times faster than IN."""
    if session.get_bind().dialect.name == "postgresql":
        if isinstance(column.type, (String, AutoString)):  # an array of texts costs the driver ten times as much
            return column == any_(func.string_to_array(_SEPARATOR.join(values), _SEPARATOR))
        return column == any_(literal(list(values), postgresql.ARRAY(column.type)))
    told = func.json_each(json.dumps(list(values))).table_valued("value")
    return column.in_(select(told.c.value))


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turns a database that cannot be reached, is full or read-only into one sentence that says what to do."""
    try:
        yield
    except OperationalError as wrong:
        raise UnavailableError(f"The database does not answer: {_first_line(wrong)}") from wrong
    except SQLAlchemyError as wrong:
        raise UnavailableError(f"The database refused: {_first_line(wrong)}") from wrong


def _first_line(wrong: SQLAlchemyError) -> str:
    return str(getattr(wrong, "orig", wrong)).strip().splitlines()[0]


def _engine(url: str) -> Engine:
    if url.startswith("sqlite"):
        made = create_engine(
            url,
            hide_parameters=True,
            pool_size=_CONNECTIONS,
            max_overflow=_CONNECTIONS,
            connect_args={"timeout": _LOCKED_S, "check_same_thread": False, "factory": turnstile.Connection},
        )
        event.listen(made, "connect", _sqlite_connect)
        event.listen(made, "begin", _sqlite_begin)
        return made
    # An error's text is logged: what was being stored (names, numbers) stays out of it.
    return create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=_CONNECTIONS,
        max_overflow=0,
        connect_args={"connect_timeout": 5},
    )


def _sqlite_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(pragma)
    if path := turnstile.file_of(connection):
        connection.stand_at(path)


def _sqlite_begin(connection: Connection) -> None:
    only_reads = connection.get_execution_options().get("only_reads", False)
    if only_reads:
        connection.exec_driver_sql("BEGIN")
        return
    own = cast("turnstile.Connection", connection.connection.dbapi_connection)
    own.take_turn()
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except BaseException:
        own.give_turn_up()
        raise


def _forget_after_fork() -> None:
    if _Current.engine is not None:
        _Current.engine.dispose(close=False)


os.register_at_fork(after_in_child=_forget_after_fork)
