"""Who must not be reached, and why."""

from collections.abc import Iterable, Iterator

from sqlalchemy import bindparam
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from phonebank.db import among
from phonebank.optouts.models import Ban, OptOut


def standing(session: Session, phone: str) -> dict[Ban, OptOut]:
    """The bans that stand on this number, by kind."""
    rows = session.exec(select(OptOut).where(OptOut.phone == phone, col(OptOut.lifted_at).is_(None)))
    return {row.kind: row for row in rows}


def kinds_standing(session: Session, phone: str) -> set[Ban]:
    """Which bans stand on this number."""
    return set(session.connection().scalars(_KINDS, {"b_phone": phone}))


_KINDS = columns(col(OptOut.kind)).where(col(OptOut.phone) == bindparam("b_phone"), col(OptOut.lifted_at).is_(None))


def is_opted_out(session: Session, phone: str) -> bool:
    return Ban.OPT_OUT in standing(session, phone)


def opted_out_among(session: Session, phones: Iterable[str]) -> set[str]:
    """Those of these numbers that are opted out."""
    rows = session.exec(
        select(OptOut.phone).where(
            among(session, col(OptOut.phone), list(phones)),
            OptOut.kind == Ban.OPT_OUT,
            col(OptOut.lifted_at).is_(None),
        ),
    )
    return set(rows)


def entries(session: Session, *, only_standing: bool = True) -> Iterator[OptOut]:
    """The ledger, oldest first, streamed."""
    query = select(OptOut).order_by(col(OptOut.id))
    if only_standing:
        query = query.where(col(OptOut.lifted_at).is_(None))
    yield from session.exec(query.execution_options(yield_per=1000))


def banned_among(session: Session, phones: list[str]) -> tuple[set[str], set[str]]:
    """Those of these numbers that are opted out, and those that are held."""
    if not phones:
        return set(), set()
    rows = session.exec(
        select(OptOut.phone, OptOut.kind).where(
            among(session, col(OptOut.phone), phones), col(OptOut.lifted_at).is_(None)
        ),
    ).all()
    return {phone for phone, kind in rows if kind is Ban.OPT_OUT}, {phone for phone, kind in rows if kind is Ban.HOLD}


WRONG_NUMBER = "wrong number"
"""The ledger's word for a number that is somebody else's. One apology may still go to it, and nothing after."""
