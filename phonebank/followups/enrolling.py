"""Puts those who did not come on a list of their own, for a new ask."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Table, exists, insert, literal
from sqlmodel import Session, col, func, select

from phonebank.contacts.models import ContactList, ListMember
from phonebank.db import insert_ignoring
from phonebank.followups.models import Commitment, CommitmentStatus
from phonebank.optouts.models import Ban, OptOut
from phonebank.recipients.models import Recipient

_lists: Table = ContactList.__table__  # type: ignore[attr-defined]  # SQLModel hides the table from mypy


def count_reachable(session: Session, ask_id: int, statuses: Collection[CommitmentStatus]) -> int:
    """How many people with these commitments to this event may be asked again."""
    return session.exec(select(func.count()).select_from(_people(ask_id, statuses).subquery())).one()


def list_of(
    session: Session, name: str, ask_id: int, statuses: Collection[CommitmentStatus], now: datetime
) -> tuple[int, bool]:
    """A list of this name with the people of these commitments who have not opted out: (its id, whether it is new).

    A list that has the name already is left as it is: a form sent twice makes one list.
    """
    made = insert_ignoring(_lists, session).returning(_lists.c.id)
    list_id = session.connection().scalar(made, {"name": name, "created_at": now})
    if list_id is None:
        return session.exec(select(ContactList.id).where(ContactList.name == name)).one() or 0, False
    members = _people(ask_id, statuses).add_columns(literal(list_id))
    session.connection().execute(insert(ListMember).from_select(["contact_id", "list_id"], members))
    return list_id, True


def _people(ask_id: int, statuses: Collection[CommitmentStatus]) -> Any:
    """Their contact ids: without those who opted out, or whom we were asked to forget."""
    out = exists().where(
        col(OptOut.phone) == col(Recipient.phone), col(OptOut.kind) == Ban.OPT_OUT, col(OptOut.lifted_at).is_(None)
    )
    theirs = select(Recipient.contact_id).join(Commitment, col(Commitment.recipient_id) == col(Recipient.id))
    chosen = theirs.where(Commitment.ask_id == ask_id, col(Commitment.status).in_(statuses), ~out)
    return chosen.where(col(Recipient.phone).startswith("+")).distinct()
