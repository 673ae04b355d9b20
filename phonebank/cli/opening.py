"""What every verb with rows does first: settings, the clock, the doorbell and a database in this version's shape."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from phonebank import clock, db, jobs, logs, migrations, settings
from phonebank.errors import BadInputError, UnavailableError
from phonebank.migrations import Shape
from phonebank.settings import Settings

_ADVICE = {
    "database is locked": "The database is in use by another program: try again in a moment.",
    "readonly": "The database cannot be written: make its folder and files writable for you.",
    "read-only": "The database cannot be written: make its folder and files writable for you.",
    "unable to open": "The database file cannot be opened: check that its folder exists and is writable for you.",
    "full": "The disk is full: make some room, then try again.",
    "not a database": "The database file is not a database: restore a backup, or move the file away.",
    "malformed": "The database file is damaged: restore a backup.",
    "Connection refused": "The database does not answer: start it, or mend DATABASE_URL.",
    "authentication failed": "The database refused the name or password in DATABASE_URL.",
    "does not exist": "The database that DATABASE_URL names does not exist: create it first.",
}


@contextmanager
def opened(*, in_shape: bool = True) -> Iterator[Settings]:
    """Everything a verb needs, open; database trouble in the block is told in one sentence.

    A fresh SQLite database is laid out at once. `in_shape=False` takes a database in any shape.
    """
    chosen = settings.load()
    logs.configure("ERROR")  # what went wrong is said by the command itself, in its one sentence
    clock.follow(chosen.clock_file)
    jobs.configure(chosen)
    with told_plainly():
        engine = connected(chosen)
        try:
            if in_shape:
                _shaped(engine)
            yield chosen
        finally:
            engine.dispose()  # the last to leave folds SQLite's log into its one file


def connected(chosen: Settings) -> Engine:
    """The database of these settings, with var/ made for it. Raises when its address cannot be understood."""
    if not chosen.database_url:
        _make_var(chosen)
    try:
        return db.configure(chosen.database)
    except (SQLAlchemyError, ImportError):
        raise BadInputError("DATABASE_URL is not an address: use postgresql://… or sqlite:///….") from None


@contextmanager
def told_plainly() -> Iterator[None]:
    """As db.told_plainly, with what to do about the common troubles."""
    try:
        with db.told_plainly():
            yield
    except UnavailableError as wrong:
        if not isinstance(wrong.__cause__, SQLAlchemyError):
            raise
        advice = next((told for sign, told in _ADVICE.items() if sign in str(wrong.__cause__)), None)
        raise UnavailableError(advice or str(wrong)) from wrong


def operator() -> str:
    """Who types: the name of the account on this machine, for the trail."""
    try:
        return f"{getpass.getuser()} (command line)"
    except (KeyError, OSError, ImportError):  # an account without a name, as in some containers
        return "command line"


def _make_var(chosen: Settings) -> None:
    if not chosen.home.is_dir():
        raise BadInputError(f"There is no folder {chosen.home}: make it, or mend PHONEBANK_HOME.")
    try:
        chosen.var.mkdir(parents=True, exist_ok=True)
    except OSError as wrong:
        raise UnavailableError(
            f"Cannot write in {chosen.home}: {wrong.strerror}. Work in a folder of yours, or set PHONEBANK_HOME.",
        ) from None


def _shaped(engine: Engine) -> None:
    found = migrations.shape(engine)
    migrations.refuse_newer(found)
    if found is Shape.EMPTY and engine.dialect.name == "sqlite":
        migrations.upgrade(engine)
    elif found is not Shape.CURRENT:
        raise UnavailableError("The database is not in this version's shape: run `phonebank db upgrade` first.")
