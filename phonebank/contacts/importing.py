"""Takes a list in: one contact a number, batch by batch, so that a killed import is simply run again."""

import json
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from shutil import copyfileobj
from typing import Any, BinaryIO

from sqlalchemy import Table as SqlTable
from sqlalchemy import insert, literal, select
from sqlmodel import Session

from phonebank import db, phone
from phonebank.contacts import columns, csv_rows, file_kinds, people, xlsx_rows
from phonebank.contacts.models import Consent, Contact, ContactList, ListMember
from phonebank.contacts.people import Arrival
from phonebank.contacts.rejects import Rejection, RejectsFile, rejects_file
from phonebank.contacts.rows import Row, Table
from phonebank.contacts.zones import Place
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
    with _opened(source) as stream:
        size = max(1, _size(stream))
        table = _table(stream)
        chosen = columns.choose(table.header, order.mapping)
        result, batches = ImportResult(), _Batches(order, now)
        with rejects_file(order.rejects, table.header) as rejects:
            reader = people.PeopleReader(chosen, order.region)
            for arrivals in _arrivals(table, reader, result, rejects):
                batches.store(arrivals, result)
                progress(result, min(1.0, stream.tell() / size))
    return result


@contextmanager
def _opened(source: Path | BinaryIO) -> Iterator[BinaryIO]:
    """The source as a seekable stream; a pipe is first kept in a file."""
    with ExitStack() as open_files:
        try:
            stream = open_files.enter_context(source.open("rb")) if isinstance(source, Path) else source
            if not stream.seekable():
                kept = open_files.enter_context(tempfile.TemporaryFile())
                copyfileobj(stream, kept)
                stream = kept
        except OSError as wrong:
            raise BadInputError(f"The list {source} cannot be read: {wrong.strerror}.") from wrong
        yield stream


def _size(stream: BinaryIO) -> int:
    size = stream.seek(0, 2)
    stream.seek(0)
    return size


def _table(stream: BinaryIO) -> Table:
    head = stream.read(8)
    stream.seek(0)
    return xlsx_rows.read(stream) if file_kinds.is_zip(head) else csv_rows.read(stream)


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
        changed.sort(key=lambda row: str(row["phone"]))  # two imports at once lock in one order
        _upsert(session, changed, self._now)
        _join(session, list_id, [arrival.phone for arrival in arrivals])
        self._record_consent(session, arrivals, known.keys())

    def _record_consent(self, session: Session, arrivals: list[Arrival], known: Collection[str]) -> None:
        """One proof a number and source. Only who was a contact before can have the same one already."""
        said = {(arrival.phone, arrival.consent or self._order.consent) for arrival in arrivals}
        fresh = {proof for proof in said if proof[1]} - _proofs(session, known)
        stamp = {"recorded_by": self._order.imported_by, "recorded_at": self._now}
        rows = [{"phone": phone, "source": source, **stamp} for phone, source in sorted(fresh)]
        if rows:
            session.connection().execute(insert(_consents), rows)


def _proofs(session: Session, phones: Collection[str]) -> set[tuple[str, str]]:
    if not phones:
        return set()
    query = select(_consents.c.phone, _consents.c.source).where(_consents.c.phone.in_(phones))
    return {(phone, source) for phone, source in session.connection().execute(query)}


def _known(session: Session, phones: list[str]) -> dict[str, dict[str, Any]]:
    """Those of these numbers that are contacts already, as they stand."""
    query = select(*(_contacts.c[name] for name in _WRITTEN)).where(_contacts.c.phone.in_(phones))
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
    if not rows:
        return
    if session.get_bind().dialect.name == "postgresql":
        _copy(session, rows, now)
        return
    statement = db.insert_for(session, _contacts)
    changed = {name: statement.excluded[name] for name in (*_WRITTEN, "updated_at") if name != "phone"}
    stamped = [{**row, "created_at": now, "updated_at": now} for row in rows]
    session.connection().execute(statement.on_conflict_do_update(index_elements=["phone"], set_=changed), stamped)


def _copy(session: Session, rows: list[dict[str, Any]], now: datetime) -> None:
    """PostgreSQL takes a batch twice as fast by COPY into a table of its own."""
    names = ", ".join((*_WRITTEN, "created_at", "updated_at"))
    changes = ", ".join(f"{name} = excluded.{name}" for name in (*_WRITTEN, "updated_at") if name != "phone")
    connection = session.connection()
    connection.exec_driver_sql(
        f"CREATE TEMP TABLE arriving ON COMMIT DROP AS SELECT {names} FROM contact WITH NO DATA",  # noqa: S608 - names of our own columns
    )
    cursor: Any = connection.connection.cursor()
    with cursor, cursor.copy(f"COPY arriving ({names}) FROM STDIN") as copy:
        for row in rows:
            values = [row[name] for name in _WRITTEN]
            copy.write_row((*values[:-1], json.dumps(values[-1], ensure_ascii=False), now, now))
    connection.exec_driver_sql(
        f"INSERT INTO contact ({names}) SELECT {names} FROM arriving ON CONFLICT (phone) DO UPDATE SET {changes}",  # noqa: S608 - as above
    )


def _join(session: Session, list_id: int, phones: list[str]) -> None:
    """Put them on the list; who stands on it already stays."""
    if phones:
        found = select(literal(list_id), _contacts.c.id).where(_contacts.c.phone.in_(phones))
        joining = db.insert_for(session, _members).from_select(["list_id", "contact_id"], found)
        session.connection().execute(joining.on_conflict_do_nothing())
