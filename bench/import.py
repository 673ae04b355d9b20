"""Rows a second through a whole import, beside reading the file and storing it unchecked, in the same run.

    python bench/import.py [--rows 200000] [--database sqlite|postgresql]

The limit cuts the same file with the csv module and stores its columns as they are, by COPY on PostgreSQL, by INSERT on
SQLite, into the table `contact` of a database of its own, whose keys are kept as ever. It checks, merges and places
nobody, and writes neither a list nor a consent (the precinct, which has no column, stands in `zones`; constants fill
the columns that must not be null). It runs before and after ours, since other work on the machine comes and goes. Each
runs in a process of its own, whose greatest memory is shown.
"""

import argparse
import csv
import multiprocessing
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import fmean
from typing import Any

from bench import figures
from phonebank import db, tables
from phonebank.contacts.importing import BATCH, Order, import_list
from phonebank.settings import Settings
from tests.support import servers
from tests.support.databases import PostgresDatabases, SqliteDatabases

HEADER = ("First Name", "Last Name", "Cell Phone", "Email", "Zip", "State", "Connection", "Precinct")
AREAS = ("212", "646", "415", "305", "850", "208", "713", "312", "602", "404", "206", "617")
ZIPS = [f"{number:05d}" for number in range(1001, 99950, 7)]
KINDS = ("sqlite", "postgresql")
DECIDES = 0.3  # of the limit, at least
ROWS_A_SECOND = 20_000  # at least
COLUMNS = "first_name, last_name, phone, email, zip, state, connection, zones, language, fields, created_at, updated_at"
CONSTANTS = ("en", "{}", "2026-11-22 12:00:00", "2026-11-22 12:00:00")
assert tables.metadata is not None


@dataclass(frozen=True)
class Measured:
    seconds: float
    cpu: float
    peak_mb: int


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--database", choices=KINDS)
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        path = folder / "list.csv"
        write_list(path, asked.rows)
        for kind in [asked.database] if asked.database else KINDS:
            compare(kind, path, asked.rows, databases(stack, kind, folder))


def databases(stack: ExitStack, kind: str, folder: Path) -> Callable[[], str]:
    """Gives the address of one database after another, with our tables and no rows."""
    if kind == "sqlite":
        files = SqliteDatabases(folder)
        return lambda: Settings(database_url=files.fresh()).database
    server = servers.start_postgres()
    stack.callback(server.stop)
    made = PostgresDatabases(server)
    return lambda: Settings(database_url=made.fresh()).database


def compare(kind: str, path: Path, rows: int, fresh: Callable[[], str]) -> None:
    print(f"{kind}, {rows:,} rows")
    before = told("limit", rows, partial(unchecked, path), fresh())
    ours = told("first import", rows, partial(imported, path), house := fresh())
    after = told("limit", rows, partial(unchecked, path), fresh())
    again = told("import again", rows, partial(imported, path), house)
    limit = fmean([before.seconds, after.seconds])
    promised = f"at least {DECIDES} and {ROWS_A_SECOND:,} rows/s"
    for what, one in (("a first import", ours), ("the same list again", again)):
        figures.show(
            figures.Figure(
                f"{what}, {kind}, {rows:,} rows",
                f"{rows / one.seconds:,.0f} rows/s, {one.peak_mb} MB at most",
                f"{rows / limit:,.0f} rows/s cut and stored in the same table unchecked",
                limit / one.seconds,
                promised if one is ours else "",
            ),
        )


def told(name: str, rows: int, work: Callable[[], None], url: str) -> Measured:
    here, there = multiprocessing.get_context("spawn").Pipe(duplex=False)
    child = multiprocessing.get_context("spawn").Process(target=measured, args=(work, url, there))
    child.start()
    child.join()
    if child.exitcode:
        sys.exit(f"{name} failed")
    found: Measured = here.recv()
    print(
        f"  {name:14}{rows / found.seconds:9,.0f} rows/s {found.cpu / rows * 1e6:6.1f} us CPU a row"
        f" in our process {found.peak_mb:5} MB at most"
    )
    return found


def measured(work: Callable[[], None], url: str, there: "multiprocessing.connection.Connection") -> None:
    engine = db.configure(url)
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    there.send(Measured(wall, cpu, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024))
    engine.dispose()


def imported(path: Path) -> None:
    import_list(path, Order("bench", "bench", consent="signed at the fair"), now=datetime.now(UTC))


def unchecked(path: Path) -> None:
    """What nobody can beat: read, cut, store."""
    with db.engine().begin() as connection, path.open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines)
        next(rows)
        if connection.dialect.name == "postgresql":
            cursor: Any = connection.connection.cursor()
            with cursor, cursor.copy(f"COPY contact ({COLUMNS}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row((*row, *CONSTANTS))
            return
        marks = ", ".join("?" * (len(HEADER) + len(CONSTANTS)))
        for batch in batches(rows):
            connection.exec_driver_sql(f"INSERT INTO contact ({COLUMNS}) VALUES ({marks})", batch)


def batches(rows: Iterator[list[str]]) -> Iterator[list[tuple[str, ...]]]:
    while batch := [(*row, *CONSTANTS) for row in islice(rows, BATCH)]:
        yield batch


def write_list(path: Path, rows: int) -> None:
    """Everybody has a number of their own: the limit could not store a second."""
    chance = random.Random(7)
    lasts = chance.sample(range(2_000_000, 9_999_999), rows)
    with path.open("w", newline="", encoding="utf-8") as out:
        lines = csv.writer(out)
        lines.writerow(HEADER)
        for number, last in enumerate(lasts):
            phone = f"({chance.choice(AREAS)}) {last // 10_000}-{last % 10_000:04d}"
            name = (chance.choice(("Ana", "José", "Mary Ann")), f"Last{number}")
            where = (chance.choice(ZIPS), chance.choice(("NY", "CA", "TX")))
            email = f"p{number}@example.org"
            lines.writerow((*name, phone, email, *where, "came to our house party last month", f"P{number % 300}"))


if __name__ == "__main__":
    main()
