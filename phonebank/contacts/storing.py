"""Stores one batch of a list: contacts, their places on the list, their consent, in one transaction of few statements.

Rows reach the database in its driver's fastest manner, PostgreSQL's by COPY.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain, islice
from json.encoder import encode_basestring_ascii as _quoted
from operator import itemgetter
from typing import Any, NamedTuple

from psycopg.errors import UniqueViolation
from sqlalchemy import Table, func, literal, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from phonebank import db
from phonebank.contacts.models import Consent, Contact, ContactList, ListMember
from phonebank.contacts.people import Arrival
from phonebank.contacts.zones import Place
from phonebank.db import Moment
from phonebank.optouts import queries as optouts

_contacts: Table = Contact.__table__  # type: ignore[attr-defined]  # SQLModel hides the table from mypy
_members: Table = ListMember.__table__  # type: ignore[attr-defined]  # as above
_lists: Table = ContactList.__table__  # type: ignore[attr-defined]  # as above
_consents: Table = Consent.__table__  # type: ignore[attr-defined]  # as above

_WRITTEN = Arrival._fields[: Arrival._fields.index("fields") + 1]
_COLUMNS = (*_WRITTEN, "created_at", "updated_at")
_KEPT_WHEN_BLANK = ("first_name", "last_name", "email", "zip", "state", "language", "connection")
_NUMBERS = """
SELECT string_agg(nextval(ids)::text, ' ')
FROM (SELECT pg_get_serial_sequence('contact', 'id')::regclass AS ids OFFSET 0) AS named,
generate_series(1, %(how_many)s)
"""
_AT_ONCE = 500  # rows
_IN_COPY = str.maketrans({"\\": r"\\", "\n": r"\n", "\r": r"\r", "\t": r"\t"})


class Stored(NamedTuple):
    """How many of a batch are new, how many were contacts already, and how many of either are opted out."""

    imported: int
    updated: int
    opted_out: int


_Known = dict[str, dict[str, Any]]
"""Number → the contact as it stands."""


class Storing:
    """Stores batch after batch; the list is made with the first. A dry run only counts."""

    def __init__(self, list_name: str, *, by: str, consent: str, dry_run: bool, now: datetime) -> None:
        self._list_name, self._by, self._consent = list_name.strip(), by, consent
        self._dry_run, self._now = dry_run, now
        self._are_new = True  # so far as we have met them

    def store(self, arrivals: list[Arrival]) -> Stored:
        """All of this batch or nothing of it; each number stands once in it."""
        arrivals = sorted(arrivals, key=itemgetter(0))  # or two imports at once might wait for each other crosswise
        phones = [arrival.phone for arrival in arrivals]
        with db.reading() if self._dry_run else db.transaction() as session:
            db.prefer_indexes(session)
            opted_out = optouts.opted_out_among(session, phones)
            known = _known(session, phones) if self._dry_run else self._written(session, arrivals, phones)
        updated = len(known.keys() - opted_out)
        return Stored(len(phones) - updated - len(opted_out), updated, len(opted_out))

    def _written(self, session: Session, arrivals: list[Arrival], phones: list[str]) -> _Known:
        """Writes the batch, and gives those who were contacts before.

        Everybody is taken for new until somebody is not: to look a list's numbers up costs as much as to store them.
        """
        list_id, at = _list_id(session, self._list_name, self._now), _as_stored(session, self._now)
        known = {} if self._are_new else _known(session, phones)
        new = [each for each in arrivals if each.phone not in known] if known else arrivals
        if not _inserted(session, list_id, new, at):
            self._are_new, known = False, _known(session, phones)
            _upsert(session, [_row(each, at) for each in arrivals if each.phone not in known])
            _join(session, list_id, phones)
        _upsert(session, list(_changed(arrivals, known, at)))
        _join(session, list_id, known.keys())
        self._record_consent(session, arrivals, known.keys(), at)
        return known

    def _record_consent(self, session: Session, arrivals: list[Arrival], known: Collection[str], at: str) -> None:
        """One proof a number and source. Only who was a contact before can have the same one already."""
        there, general, by = _proofs(session, known), self._consent, self._by
        said = ((arrival.phone, proof) for arrival in arrivals if (proof := arrival.consent or general))
        rows = ((*proof, by, at) for proof in said if not there or proof not in there)
        _put(session, "consent", ("phone", "source", "recorded_by", "recorded_at"), rows)


def _known(session: Session, phones: list[str]) -> _Known:
    """Those of these numbers that are contacts already, as they stand."""
    query = select(*(_contacts.c[name] for name in _WRITTEN)).where(db.among(session, _contacts.c.phone, phones))
    return {row["phone"]: dict(row) for row in session.connection().execute(query).mappings()}


def _proofs(session: Session, phones: Collection[str]) -> set[tuple[str, str]]:
    if not phones:
        return set()
    query = select(_consents.c.phone, _consents.c.source).where(db.among(session, _consents.c.phone, phones))
    return {(phone, source) for phone, source in session.connection().execute(query)}


def _row(arrival: Arrival, at: str) -> tuple[str, ...]:
    """Somebody new, in the order of _COLUMNS."""
    phone, first, last, email, code, state, zones, language, connection, fields, *_ = arrival
    said = ", ".join([f"{_quoted(name)}: {_quoted(text)}" for name, text in fields.items()])
    return phone, first, last, email, code, state, zones, language or "en", connection, f"{{{said}}}", at, at


def _changed(arrivals: list[Arrival], known: _Known, at: str) -> Iterator[tuple[str, ...]]:
    """Those we knew who are not as they were, in the order of _COLUMNS."""
    for arrival in arrivals if known else ():
        old = known.get(arrival.phone)
        if old is not None and (merged := _merged(arrival, old)) != old:
            yield *(merged[name] for name in _WRITTEN[:-1]), json.dumps(merged["fields"]), at, at


def _merged(arrival: Arrival, old: dict[str, Any]) -> dict[str, Any]:
    row = {name: getattr(arrival, name) for name in _WRITTEN}
    row["fields"] = {**old["fields"], **arrival.fields}
    if arrival.placed_by is Place.NUMBER or ("timezone" in old["fields"] and "timezone" not in arrival.fields):
        row["zones"] = old["zones"]
    return {name: old[name] if name in _KEPT_WHEN_BLANK and not value else value for name, value in row.items()}


def _list_id(session: Session, name: str, now: datetime) -> int:
    connection = session.connection()
    connection.execute(db.insert_ignoring(_lists, session).values(name=name, created_at=now))
    return int(connection.execute(select(_lists.c.id).where(_lists.c.name == name)).scalar_one())


def _inserted(session: Session, list_id: int, arrivals: list[Arrival], at: str) -> bool:
    """Whether these are now contacts and on the list, the fast way. If one was a contact already, nothing is done."""
    ids, listed = _new_ids(session, len(arrivals)), str(list_id)
    rows = ((number, *_row(arrival, at)) for number, arrival in zip(ids, arrivals, strict=True))
    try:
        with session.begin_nested():
            _put(session, "contact", ("id", *_COLUMNS), rows)
            _put(session, "list_member", ("list_id", "contact_id"), ((listed, number) for number in ids))
    except (UniqueViolation, IntegrityError):
        return False
    return True


def _new_ids(session: Session, how_many: int) -> list[str]:
    """Ids for new contacts, so that their places on the list need not be looked up. SQLite has one writer: us."""
    connection = session.connection()
    if connection.dialect.name != "postgresql":
        highest = connection.execute(select(func.max(_contacts.c.id))).scalar() or 0
        return [str(number) for number in range(highest + 1, highest + 1 + how_many)]
    numbers = connection.exec_driver_sql(_NUMBERS, {"how_many": how_many}).scalar()
    return str(numbers).split() if numbers else []


def _upsert(session: Session, rows: list[tuple[str, ...]]) -> None:
    """By way of a table of the transaction's own, since COPY knows no conflict."""
    if not rows:
        return
    names = ", ".join(_COLUMNS)
    changes = ", ".join(f"{name} = excluded.{name}" for name in (*_WRITTEN[1:], "updated_at"))
    execute = session.connection().exec_driver_sql
    execute(f"CREATE TEMP TABLE arriving AS SELECT {names} FROM contact WHERE 1 = 0")  # noqa: S608 - our own columns' names
    _put(session, "arriving", _COLUMNS, rows)
    execute(
        f"INSERT INTO contact ({names}) SELECT {names} FROM arriving WHERE 1 = 1 "  # noqa: S608 - as above
        f"ON CONFLICT (phone) DO UPDATE SET {changes}",
    )
    execute("DROP TABLE arriving")


def _join(session: Session, list_id: int, phones: Collection[str]) -> None:
    """Put these contacts on the list; who stands on it already stays."""
    if not phones:
        return
    found = select(literal(list_id), _contacts.c.id).where(db.among(session, _contacts.c.phone, phones))
    joining = db.insert_for(session, _members).from_select(["list_id", "contact_id"], found)
    session.connection().execute(joining.on_conflict_do_nothing())


def _as_stored(session: Session, moment: datetime) -> str:
    """The moment as a text that the column takes."""
    processor = Moment().bind_processor(session.connection().dialect)
    return str(processor(moment) if processor else moment)


def _put(session: Session, table: str, names: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """Rows of texts into a table in the driver's own fastest way; PostgreSQL takes some while the next are made."""
    connection, rows = session.connection(), iter(rows)
    if connection.dialect.name == "postgresql":
        cursor: Any = connection.connection.cursor()
        with cursor, cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
            while some := list(islice(rows, _AT_ONCE)):
                copy.write(_copied(some))
        return
    marks = f"({', '.join('?' * len(names))})"
    while some := list(islice(rows, _AT_ONCE)):  # a statement a row would wait for the thread that reads, each time
        statement = f"INSERT INTO {table} ({', '.join(names)}) VALUES {', '.join([marks] * len(some))}"  # noqa: S608 - our own names
        connection.exec_driver_sql(statement, tuple(chain.from_iterable(some)))


def _copied(rows: Sequence[tuple[str, ...]]) -> str:
    """Lines as COPY reads them. All are looked through at once for what must be escaped: few have any of it."""
    lines = "\n".join(map("\t".join, rows)) + "\n"
    tabs = sum(map(len, rows)) - len(rows)
    if "\\" in lines or "\r" in lines or lines.count("\n") != len(rows) or lines.count("\t") != tabs:
        escaped = ("\t".join([cell.translate(_IN_COPY) for cell in row]) for row in rows)
        lines = "\n".join(escaped) + "\n"
    return lines
