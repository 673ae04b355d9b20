"""Takes a list in: one contact a number, batch by batch, so that a killed import is simply run again."""

import gc
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from phonebank import phone
from phonebank.contacts import columns, people, sources
from phonebank.contacts.people import Arrival
from phonebank.contacts.rejects import Rejection, Rejects, rejects_file
from phonebank.contacts.rows import Row, Table
from phonebank.contacts.storing import Stored, Storing
from phonebank.errors import BadInputError

BATCH = 20_000  # rows
_TURN = 0.0005  # seconds
_REJECTIONS_KEPT = 1_000


@dataclass(frozen=True)
class Order:
    """How to take a list in. `mapping` is field → header; `consent` is what they agreed to, where no column says.

    `fields`, where given, is what each column is, one after the other.
    """

    list_name: str
    imported_by: str
    mapping: Mapping[str, str] = field(default_factory=dict)
    fields: Sequence[str] = ()
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

    def add(self, batch: "Batch", stored: Stored) -> None:
        self.rows += batch.rows
        self.duplicates += batch.duplicates
        self.rejected += batch.rejected
        self.rejections += batch.rejections[: _REJECTIONS_KEPT - len(self.rejections)]
        self.imported += stored.imported
        self.updated += stored.updated
        self.opted_out += stored.opted_out

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

    @property
    def told(self) -> str:
        """In a few words, for the audit trail."""
        return f"{self.rows:,} rows: {self.imported:,} new, {self.updated:,} known, {self.rejected:,} rejected"


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
    that is no list: what was read before a fault in its middle stays stored. An error raised by `progress` ends it
    between two batches, in the same way.
    """
    phone.check_region(order.region)
    if not order.list_name.strip():
        raise BadInputError("A list needs a name.")
    with sources.opened(source) as stream:
        size = max(1, sources.size_of(stream))
        table = sources.table_in(stream)
        fields = order.fields or columns.fields_of(table.header, order.mapping)
        reader = people.PeopleReader(columns.of_fields(table.header, fields), order.region)
        storing = Storing(order.list_name, by=order.imported_by, consent=order.consent, dry_run=order.dry_run, now=now)
        result = ImportResult()
        with rejects_file(order.rejects, table.header) as rejects, _in_two_threads() as writer:
            batches = _batches(table, reader, rejects, stream)
            for batch, stored in _stored(batches, storing, writer):
                result.add(batch, stored)
                progress(result, min(1.0, batch.read_to / size))
    return result


@contextmanager
def _in_two_threads() -> Iterator[ThreadPoolExecutor]:
    """One to store while this one reads, and waits no 5 ms for its turn each time the database has answered.

    Rows make no cycles: to look for some took a third of the time.
    """
    was_on, turn = gc.isenabled(), sys.getswitchinterval()
    gc.disable()
    sys.setswitchinterval(_TURN)
    try:
        with ThreadPoolExecutor(1, "storing") as writer:
            yield writer
    finally:
        sys.setswitchinterval(turn)
        if was_on:
            gc.enable()


@dataclass
class Batch:
    """So many rows of the file: the people in them, each number once in the whole file, and what became of the rest."""

    rows: int = 0
    arrivals: list[Arrival] = field(default_factory=list)
    duplicates: int = 0
    rejected: int = 0
    rejections: list[Rejection] = field(default_factory=list)
    read_to: int = 0  # bytes


def _stored(batches: Iterator[Batch], storing: Storing, writer: ThreadPoolExecutor) -> Iterator[tuple[Batch, Stored]]:
    """Each batch once it is stored. The next is read meanwhile, and nothing is in hand when one is told of."""
    before: tuple[Batch, Future[Stored]] | None = None
    for batch in batches:
        if before is not None:
            yield before[0], before[1].result()
        before = batch, writer.submit(storing.store, batch.arrivals)
    if before is not None:
        yield before[0], before[1].result()


def _batches(table: Table, reader: people.PeopleReader, rejects: Rejects | None, stream: BinaryIO) -> Iterator[Batch]:
    """The rows in batches, at least one: the first with a number counts, the others are its duplicates."""
    seen: set[int] = set()  # half the memory of texts
    is_first = True
    while (batch := read_batch(islice(table.rows, BATCH), reader, rejects, seen)).rows or is_first:
        batch.read_to = stream.tell()
        yield batch
        is_first = False


def read_batch(rows: Iterator[Row], reader: people.PeopleReader, rejects: Rejects | None, seen: set[int]) -> Batch:
    """These rows as people, those whose number is not among the `seen`; rejected ones are told to `rejects`."""
    batch = Batch()
    for row in rows:
        batch.rows += 1
        try:
            arrival = _person(row, reader)
        except BadInputError as wrong:
            _reject(row, str(wrong), batch, rejects)
            continue
        number = int(arrival.phone)
        if number in seen:
            batch.duplicates += 1
        else:
            seen.add(number)
            batch.arrivals.append(arrival)
    return batch


def _person(row: Row, reader: people.PeopleReader) -> Arrival:
    if row.problem:
        raise BadInputError(row.problem)
    return reader.read(row.cells)


def _reject(row: Row, because: str, batch: Batch, rejects: Rejects | None) -> None:
    batch.rejected += 1
    if len(batch.rejections) < _REJECTIONS_KEPT:
        batch.rejections.append(Rejection(row.line, because))
    if rejects:
        rejects.add(row, because)
