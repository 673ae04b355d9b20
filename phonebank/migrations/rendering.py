"""How a revision is written: in SQLAlchemy's own types, so that an old revision never changes with our models."""

from typing import Any, Literal

from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Enum

from phonebank.db import JSONField, Moment


def render_plainly(kind: str, thing: Any, _context: AutogenContext) -> str | Literal[False]:
    """Our column types spelled out; False leaves the rest to Alembic."""
    if kind != "type":
        return False
    if isinstance(thing, Moment):
        return "sa.DateTime(timezone=True)"
    if isinstance(thing, Enum):
        words = ", ".join(repr(word) for word in thing.enums)
        return f"sa.Enum({words}, name={thing.name!r}, native_enum=False, length=20, create_constraint=True)"
    if thing is JSONField:
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    if type(thing).__name__ == "AutoString":
        return "sa.String()"
    return False


def only_ours(thing: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:
    """What a revision is about: not another program's tables in the same database."""
    del thing, name
    return not (kind == "table" and reflected and compare_to is None)
