"""Lists put together, renamed and deleted: the verbs that change lists and know of campaigns."""

from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, literal, update
from sqlmodel import Session, col

from phonebank.audiences import queries
from phonebank.audiences.rules import Rules
from phonebank.contacts import queries as contacts
from phonebank.contacts.models import ContactImport, ContactList, ListMember
from phonebank.errors import BadInputError, RefusedError

LONGEST_NAME = 100
_members: Table = ListMember.__table__  # type: ignore[attr-defined]  # SQLModel hides the table from mypy


def save(session: Session, rules: Rules, name: str, *, by: str, told: list[Any], now: datetime) -> ContactList:
    """The list of everybody these rules choose now; `told` is how its page will say where it came from.

    The same rules under the same name by the same person again give the same list: a double click saves once.
    """
    queries.check(session, rules)
    name = proper_name(name)
    chosen_by = rules.model_dump(mode="json", exclude_defaults=True)
    there = contacts.list_id_of(session, name)
    if there is not None:
        found = contacts.list_by_id(session, there)
        if found.made_by == by and found.rules.get("chosen_by") == chosen_by:
            return found
    _refuse_taken(session, name)
    made = ContactList(name=name, made_by=by, rules={"chosen_by": chosen_by, "told": told}, created_at=now)
    session.add(made)
    session.flush()
    people = queries.chosen(session, rules, now)
    joining = _members.insert().from_select(
        ["list_id", "contact_id"], people.with_only_columns(literal(made.id), *people.selected_columns)
    )
    session.connection().execute(joining)
    return made


def rename(session: Session, list_id: int, name: str) -> str:
    """Give a list that no campaign uses another name. Returns it as it is kept."""
    found, name = _unused(session, list_id), proper_name(name)
    if name != found.name:
        _refuse_taken(session, name)
        session.connection().execute(update(ContactList).where(col(ContactList.id) == list_id).values(name=name))
        theirs = update(ContactImport).where(col(ContactImport.list_id) == list_id)
        session.connection().execute(theirs.values(list_name=name))
    return name


def remove(session: Session, list_id: int) -> str:
    """Delete a list that no campaign uses; its people stay contacts. Returns its name."""
    found = _unused(session, list_id)
    session.connection().execute(delete(ListMember).where(col(ListMember.list_id) == list_id))
    session.connection().execute(delete(ContactList).where(col(ContactList.id) == list_id))
    return found.name


def _unused(session: Session, list_id: int) -> ContactList:
    found = contacts.list_by_id(session, list_id)
    if using := queries.campaigns_using(session, found):
        names = ", ".join(f"“{name}”" for _, name in using[:3]) + (" and others" if len(using) > 3 else "")  # noqa: PLR2004  # as many as fit
        raise RefusedError(f"The list stays as it is: {names} uses it.")
    if contacts.is_import_on_its_way(session, found.name):
        raise RefusedError("A file is being imported into this list: wait until it is done.")
    return found


def proper_name(name: str) -> str:
    """A name for a list as it is kept. Raises BadInputError for one that no list can have."""
    plain = " ".join(name.split())
    if not plain or len(plain) > LONGEST_NAME or not plain.isprintable():
        raise BadInputError(f"Name the list: 1 to {LONGEST_NAME} ordinary characters.")
    return plain


def _refuse_taken(session: Session, name: str) -> None:
    if contacts.is_list_named(session, name):
        raise BadInputError(f"There is a list “{name}” already: give this one another name.")
