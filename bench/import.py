"""Rows a second through a whole import, beside reading the file and storing it unchecked, in the same run.

    python bench/import.py [--rows 200000] [--database sqlite|postgresql]

The limit cuts the same file with the csv module and stores its columns as they are: by COPY on PostgreSQL, by INSERT
on SQLite, into a table without a key; it checks, merges and places nobody. It runs before and after ours, since other
work on the machine comes and goes. Each runs in a process of its own, whose greatest memory is shown.
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
            compare(kind, path, asked.rows, opened(stack, kind, folder))


def opened(stack: ExitStack, kind: str, folder: Path) -> str:
    """The address of a database with our tables and no rows."""
    if kind == "sqlite":
        return Settings(database_url=SqliteDatabases(folder).fresh()).database
    server = servers.start_postgres()
    stack.callback(server.stop)
    return Settings(database_url=PostgresDatabases(server).fresh()).database


def compare(kind: str, path: Path, rows: int, url: str) -> None:
    print(f"{kind}, {rows:,} rows")
    before = told("limit", rows, partial(unchecked, path), url)
    ours = told("first import", rows, partial(imported, path), url)
    after = told("limit", rows, partial(unchecked, path), url)
    again = told("import again", rows, partial(imported, path), url)
    limit = fmean([before.seconds, after.seconds])
    print(f"ratio to the limit: {limit / ours.seconds:.2f} (at least {DECIDES}), again {limit / again.seconds:.2f}\n")


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
    columns = ", ".join(f"c{at} text" for at in range(len(HEADER)))
    with db.engine().begin() as connection, path.open(encoding="utf-8", newline="") as lines:
        connection.exec_driver_sql("DROP TABLE IF EXISTS bare")
        connection.exec_driver_sql(f"CREATE TABLE bare ({columns})")
        rows = csv.reader(lines)
        if connection.dialect.name == "postgresql":
            with connection.connection.cursor() as cursor, cursor.copy("COPY bare FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join("?" * len(HEADER))
        for batch in batches(rows):
            connection.exec_driver_sql(f"INSERT INTO bare VALUES ({marks})", batch)


def batches(rows: Iterator[list[str]]) -> Iterator[list[tuple[str, ...]]]:
    while batch := list(map(tuple, islice(rows, BATCH))):
        yield batch


def write_list(path: Path, rows: int) -> None:
    chance = random.Random(7)
    with path.open("w", newline="", encoding="utf-8") as out:
        lines = csv.writer(out)
        lines.writerow(HEADER)
        for number in range(rows):
            phone = f"({chance.choice(AREAS)}) {chance.randint(200, 999)}-{chance.randint(0, 9999):04d}"
            name = (chance.choice(("Ana", "José", "Mary Ann")), f"Last{number}")
            where = (chance.choice(ZIPS), chance.choice(("NY", "CA", "TX")))
            email = f"p{number}@example.org"
            lines.writerow((*name, phone, email, *where, "came to our house party last month", f"P{number % 300}"))


if __name__ == "__main__":
    main()
