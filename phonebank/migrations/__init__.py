"""The database's shape through time: brings a database to this version's shape, and refuses one it does not know.

Each file in `versions/` is one revision, named by its number; the newest is the head. What is asked often (is this
database ours and up to date?) reads only the number, so that a command starts fast.
"""

from enum import StrEnum
from functools import cache
from importlib.resources import as_file, files

from sqlalchemy import Connection, Engine, inspect, text

from phonebank.errors import RefusedError

_LOCK = 7_266_223  # any number, but always this one: two upgrades of one PostgreSQL wait for each other


class Shape(StrEnum):
    """How a database stands to this version of the program."""

    EMPTY = "empty"
    OLD = "old"
    CURRENT = "current"
    NEWER = "newer"


def shape(engine: Engine) -> Shape:
    """Whether the database is empty, behind, up to date, or from a newer version than ours."""
    with engine.execution_options(only_reads=True).connect() as connection:
        return _shape(connection)


def current_is_head(engine: Engine) -> bool:
    """Whether this program and its database agree."""
    return shape(engine) is Shape.CURRENT


def upgrade(engine: Engine) -> bool:
    """Bring the database to the newest revision, in one transaction. False when it already was.

    Raises RefusedError for a database from a newer version: going back would lose what only that version knows.
    """
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        found = _shape(connection)
        refuse_newer(found)
        if found is Shape.CURRENT:
            return False
        _run(connection)
        return True


def refuse_newer(found: Shape) -> None:
    """Raise RefusedError when the database is from a newer version."""
    if found is Shape.NEWER:
        raise RefusedError(
            "The database was made by a newer version of phonebank: install that version, or restore a backup "
            "from before the upgrade.",
        )


@cache
def revisions() -> tuple[str, ...]:
    """The numbers of all revisions, oldest first; the last is the head."""
    names = (entry.name for entry in (files("phonebank.migrations") / "versions").iterdir())
    return tuple(sorted(name.split("_")[0] for name in names if name[:4].isdigit() and name.endswith(".py")))


def _shape(connection: Connection) -> Shape:
    if not inspect(connection).has_table("alembic_version"):
        return Shape.EMPTY
    number = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if number is None:
        return Shape.EMPTY
    if number not in revisions():
        return Shape.NEWER
    return Shape.CURRENT if number == revisions()[-1] else Shape.OLD


def _run(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    with as_file(files("phonebank.migrations")) as folder:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        command.upgrade(config, "head")
