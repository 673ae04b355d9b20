"""Takes a list in: one contact a number, batch by batch, so that a killed import is simply run again."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import ARRAY, String, any_, bindparam, literal, select, text
from sqlalchemy import Table as SqlTable
from sqlmodel import Session

from phonebank import db, phone
from phonebank.contacts import columns, people, sources
from phonebank.contacts.models import Consent, Contact, ContactList, ListMember
from phonebank.contacts.people import Arrival
from phonebank.contacts.rejects import Rejection, RejectsFile, rejects_file
from phonebank.contacts.rows import Row, Table
from phonebank.contacts.zones import Place
from phonebank.db import Moment
from phonebank.errors import BadInputError
from phonebank.optouts import queries as optouts

BATCH = 5_000
_REJECTIONS_KEPT = 1_000
_contacts: SqlTable = Contact.__table__  # type: ignore[attr-defined]  # SQLModel hides the table from mypy
_members: SqlTable = ListMember.__table__  # type: ignore[attr-defined]  # as above
_lists: SqlTable = ContactList.__table__  # type: ignore[attr-defined]  # as above
_consents: SqlTable = Consent.__table__  # type: ignore[attr-defined]  # as above
_WRITTEN = ("phone", "first_name", "last_name", "email", "zip", "state", "zones", "language", "connection", "fields")
_KEPT_WHEN_BLANK = ("first_name", "last_name", "email", "zip", "state", "language", "connection")


@dataclass(frozen=True)
class Order:
    """How to take a list in. `mapping` is field → header; `consent` is what they agreed to, where no column says."""

    list_name: str
    imported_by: str
    mapping: Mapping[str, str] = field(default_factory=dict)
    region: str = "US"
    consent: str = ""
    rejects: Path | None = None
    dry_run: bool = False


@dataclass
class ImportResult:
    """Every row is counted once: `rows` is the sum of the others.

    `duplicates` stand a second time in the same file (the first counts); `opted_out` are kept as contacts and never
    reached; `rejections` are the first thousand, the file of rejects has all.
    """

    rows: int = 0
    imported: int = 0
    updated: int = 0
    duplicates: int = 0
    opted_out: int = 0
    rejected: int = 0
    rejections: list[Rejection] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """As `contacts import --json` prints them."""
        return {
            "rows": self.rows,
            "imported": self.imported,
            "updated": self.updated,
            "duplicates": self.duplicates,
            "opted_out": self.opted_out,
            "rejected": self.rejected,
        }


Progress = Callable[[ImportResult, float], None]
"""Told after each batch what is counted so far, and what share of the file is read (0 to 1)."""


def import_list(
    source: Path | BinaryIO,
    order: Order,
    *,
    now: datetime,
    progress: Progress = lambda _so_far, _share: None,
) -> ImportResult:
    """Store the people of this CSV or XLSX on the list, in transactions of its own; a dry run only counts.

    A number we know is updated with what the row says; blank cells take nothing away. Raises BadInputError for a file
    that is no list: what was read before a fault in its middle stays stored.
    """
    phone.check_region(order.region)
    if not order.list_name.strip():
        raise BadInputError("A list needs a name.")
    with sources.opened(source) as stream:
        size = max(1, sources.size_of(stream))
        table = sources.table_in(stream)
        chosen = columns.choose(table.header, order.mapping)
        result, batches = ImportResult(), _Batches(order, now)
        with rejects_file(order.rejects, table.header) as rejects:
            reader = people.PeopleReader(chosen, order.region)
            for arrivals in _arrivals(table, reader, result, rejects):
                batches.store(arrivals, result)
                progress(result, min(1.0, stream.tell() / size))
    return result


def _arrivals(
    table: Table,
    reader: people.PeopleReader,
    result: ImportResult,
    rejects: RejectsFile | None,
) -> Iterator[list[Arrival]]:
    """The people of the list in batches, each number once; the rest is counted as rejected or duplicate."""
    seen: set[int] = set()
    batch: list[Arrival] = []
    for row in table.rows:
        result.rows += 1
        try:
            arrival = _person(row, reader)
        except BadInputError as wrong:
            _reject(row, str(wrong), result, rejects)
            continue
        number = int(arrival.phone)  # half the memory of the text
        if number in seen:
            result.duplicates += 1
            continue
        seen.add(number)
        batch.append(arrival)
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


def _person(row: Row, reader: people.PeopleReader) -> Arrival:
    if row.problem:
        raise BadInputError(row.problem)
    return reader.read(row.cells)


def _reject(row: Row, because: str, result: ImportResult, rejects: RejectsFile | None) -> None:
    result.rejected += 1
    if len(result.rejections) < _REJECTIONS_KEPT:
        result.rejections.append(Rejection(row.line, because))
    if rejects:
        rejects.add(row, because)


class _Batches:
    """Stores batch after batch, each in one transaction; the list is made with the first."""

    def __init__(self, order: Order, now: datetime) -> None:
        self._order, self._now = order, now

    def store(self, arrivals: list[Arrival], result: ImportResult) -> None:
        with db.reading() if self._order.dry_run else db.transaction() as session:
            phones = [arrival.phone for arrival in arrivals]
            known = _known(session, phones)
            opted_out = optouts.opted_out_among(session, phones)
            if not self._order.dry_run:
                self._write(session, arrivals, known)
        result.opted_out += len(opted_out)
        result.updated += len(known.keys() - opted_out)
        result.imported += len(set(phones) - known.keys() - opted_out)

    def _write(self, session: Session, arrivals: list[Arrival], known: dict[str, dict[str, Any]]) -> None:
        list_id = _list_id(session, self._order.list_name.strip(), self._now)
        rows = [_merged(arrival, known.get(arrival.phone)) for arrival in arrivals]
        changed = [row for row in rows if row != known.get(row["phone"])]
        _upsert(session, changed, self._now)
        _join(session, list_id, [arrival.phone for arrival in arrivals])
        self._record_consent(session, arrivals, known.keys())

    def _record_consent(self, session: Session, arrivals: list[Arrival], known: Collection[str]) -> None:
        """One proof a number and source. Only who was a contact before can have the same one already."""
        said = {(arrival.phone, arrival.consent or self._order.consent) for arrival in arrivals}
        fresh = {proof for proof in said if proof[1]} - _proofs(session, known)
        stamp = (self._order.imported_by, _as_stored(session, self._now))
        rows = [(*proof, *stamp) for proof in sorted(fresh)]
        _put(session, "consent", ("phone", "source", "recorded_by", "recorded_at"), rows)


def _proofs(session: Session, phones: Collection[str]) -> set[tuple[str, str]]:
    if not phones:
        return set()
    query = select(_consents.c.phone, _consents.c.source).where(_among(session, _consents.c.phone, phones))
    return {(phone, source) for phone, source in session.connection().execute(query)}


def _among(session: Session, column: Any, phones: Collection[str]) -> Any:
    """Whether the column is one of these; PostgreSQL takes them as one value, which is many times faster."""
    if session.connection().dialect.name == "postgresql":
        return column == any_(literal(list(phones), ARRAY(String)))
    return column.in_(phones)


def _known(session: Session, phones: list[str]) -> dict[str, dict[str, Any]]:
    """Those of these numbers that are contacts already, as they stand."""
    query = select(*(_contacts.c[name] for name in _WRITTEN)).where(_among(session, _contacts.c.phone, phones))
    return {row["phone"]: dict(row) for row in session.connection().execute(query).mappings()}


def _merged(arrival: Arrival, old: dict[str, Any] | None) -> dict[str, Any]:
    row = {name: getattr(arrival, name) for name in _WRITTEN}
    if old is None:
        return {**row, "language": arrival.language or "en"}
    row["fields"] = {**old["fields"], **arrival.fields}
    if arrival.placed_by is Place.NUMBER or ("timezone" in old["fields"] and "timezone" not in arrival.fields):
        row["zones"] = old["zones"]
    return {name: old[name] if name in _KEPT_WHEN_BLANK and not value else value for name, value in row.items()}


def _list_id(session: Session, name: str, now: datetime) -> int:
    connection = session.connection()
    connection.execute(db.insert_ignoring(_lists, session).values(name=name, created_at=now))
    return int(connection.execute(select(_lists.c.id).where(_lists.c.name == name)).scalar_one())


def _upsert(session: Session, rows: list[dict[str, Any]], now: datetime) -> None:
    """By way of a table of the transaction's own, which the driver fills many times faster than SQLAlchemy could.

    In the order of numbers, so that two imports at once never wait for each other crosswise.
    """
    if not rows:
        return
    names = ", ".join(_WRITTEN)
    changes = ", ".join(f"{name} = excluded.{name}" for name in (*_WRITTEN[1:], "updated_at"))
    connection = session.connection()
    connection.execute(text(f"CREATE TEMP TABLE arriving AS SELECT {names} FROM contact WHERE 1 = 0"))  # noqa: S608 - our own columns' names
    texts = [(*(row[name] for name in _WRITTEN[:-1]), json.dumps(row["fields"])) for row in rows]
    _put(session, "arriving", _WRITTEN, texts)
    taking = text(
        f"INSERT INTO contact ({names}, created_at, updated_at) SELECT {names}, :now, :now FROM arriving WHERE 1 = 1 "  # noqa: S608 - as above
        f"ORDER BY phone ON CONFLICT (phone) DO UPDATE SET {changes}",
    )
    connection.execute(taking.bindparams(bindparam("now", now, type_=Moment)))
    connection.execute(text("DROP TABLE arriving"))


def _as_stored(session: Session, moment: datetime) -> Any:
    """The moment as the driver keeps it in a column of ours."""
    processor = Moment().bind_processor(session.connection().dialect)
    return processor(moment) if processor else moment


def _put(session: Session, table: str, names: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    """Rows into a table in the driver's own fastest way; each value is as the driver takes it."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        cursor: Any = connection.connection.cursor()
        with cursor, cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    elif rows:
        marks = ", ".join("?" * len(names))
        connection.exec_driver_sql(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", rows)  # noqa: S608 - as above


def _join(session: Session, list_id: int, phones: list[str]) -> None:
    """Put them on the list; who stands on it already stays."""
    if phones:
        found = select(literal(list_id), _contacts.c.id).where(_among(session, _contacts.c.phone, phones))
        joining = db.insert_for(session, _members).from_select(["list_id", "contact_id"], found)
        session.connection().execute(joining.on_conflict_do_nothing())
