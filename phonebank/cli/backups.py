"""Backups: one file that holds the whole database at one moment, checked before anything is replaced by it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session

from phonebank import db, migrations
from phonebank.campaigns import lifecycle, queries
from phonebank.cli import postgres
from phonebank.cli.files import draft_beside
from phonebank.errors import BadInputError, RefusedError, UnavailableError
from phonebank.migrations import Shape
from phonebank.settings import Settings
from phonebank.tables import metadata

_SQLITE_MARK = b"SQLite format 3\x00"
_REPLACE = "Give --replace to write over it"


def back_up(engine: Engine, settings: Settings, file: Path, *, replace: bool) -> None:
    """Write the database into `file`, whole or not at all, readable by its owner only."""
    if file.exists() and not replace:
        raise RefusedError(f"{file} is there already. {_REPLACE}, or choose another name.")
    with draft_beside(file) as draft:
        if engine.dialect.name == "postgresql":
            postgres.dump(engine.url, settings, draft)
        else:
            _vacuum_into(Path(engine.url.database or ""), draft)
        draft.replace(file)


def restore(engine: Engine, settings: Settings, file: Path, *, replace: bool) -> None:
    """Put the file's rows in place of the database's and bring them to this version's shape.

    Refuses a file that is damaged, of the other kind of database or from a newer version, and a database that holds
    something unless `replace`. Programs that are running see the restored rows from their next transaction on.
    """
    is_postgresql = engine.dialect.name == "postgresql"
    _refuse_the_wrong_kind(file, is_postgresql=is_postgresql)
    revision = postgres.revision_in(settings, file) if is_postgresql else _checked_revision(file)
    if revision not in migrations.revisions():
        migrations.refuse_newer(Shape.NEWER)
    if not replace and not _is_empty(engine):
        raise RefusedError(f"The database holds something. {_REPLACE} (back it up first).")
    if is_postgresql:
        postgres.load(engine.url, settings, file)
    else:
        engine.dispose()
        _copy_pages(file, Path(engine.url.database or ""))
    migrations.upgrade(engine)


def pause_all(engine: Engine, now: datetime) -> list[str]:
    """Pause every campaign that a restored database believes to be running: what it knows of today is too old."""
    with Session(engine, expire_on_commit=False) as session:
        campaigns = queries.all_(session)
        reason = "restored from a backup: texts and opt-outs since then are not known"
        paused = [c.name for c in campaigns if c.id and lifecycle.pause(session, c.id, reason=reason, now=now)]
        for campaign in campaigns:
            lifecycle.unschedule(session, campaign.id or 0)
        session.commit()
    return paused


def _vacuum_into(source: Path, draft: Path) -> None:
    if not source.exists():
        raise RefusedError("There is no database yet: nothing to back up.")
    with _sqlite_told(draft), closing(sqlite3.connect(source, timeout=15)) as connection:
        connection.execute("VACUUM INTO ?", (str(draft),))


def _checked_revision(file: Path) -> str | None:
    """The revision of a sound SQLite backup."""
    with _sqlite_told(file), closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise BadInputError(f"{file} is damaged: use another backup.")
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if "alembic_version" not in tables:
            raise BadInputError(f"{file} is not a backup of phonebank.")
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(row[0]) if row else None


def _copy_pages(file: Path, target: Path) -> None:
    with (
        _sqlite_told(target),
        closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(target, timeout=15)) as destination,
    ):
        source.backup(destination)


@contextmanager
def _sqlite_told(file: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as wrong:
        reason = "the disk is full" if "full" in str(wrong) else str(wrong)
        raise UnavailableError(f"{file} could not be read or written: {reason}.") from wrong


def _refuse_the_wrong_kind(file: Path, *, is_postgresql: bool) -> None:
    try:
        with file.open("rb") as opened:
            mark = opened.read(len(_SQLITE_MARK))
    except OSError as wrong:
        raise BadInputError(f"Cannot read {file}: {wrong.strerror}.") from None
    kinds = {_SQLITE_MARK: "SQLite", postgres.MARK + mark[len(postgres.MARK) :]: "PostgreSQL"}
    found, wanted = kinds.get(mark), "PostgreSQL" if is_postgresql else "SQLite"
    if found is None:
        raise BadInputError(f"{file} is not a backup of phonebank.")
    if found != wanted:
        raise BadInputError(f"{file} is a backup of {found}, and this database is {wanted}: mend DATABASE_URL.")


def _is_empty(engine: Engine) -> bool:
    if migrations.shape(engine) is Shape.EMPTY:
        return True
    with db.told_plainly(), engine.execution_options(only_reads=True).connect() as connection:
        return not any(connection.execute(table.select().limit(1)).first() for table in metadata.sorted_tables)
