"""Rows a second through a whole import, beside a bare loop of the csv module and INSERT, in the same run.

    python bench/importing.py [ROWS] [DATABASE_URL]

The bare loop reads the same file and inserts eight columns of it; it checks, merges and places nobody. Processor time
is what compares on a busy machine.
"""

import csv
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from sqlalchemy import Column, MetaData, String, Table, insert
from sqlmodel import SQLModel

import phonebank.tables  # noqa: F401 - so that the metadata is complete
from phonebank import db
from phonebank.contacts.importing import BATCH, Order, import_list

HEADER = ("First Name", "Last Name", "Cell Phone", "Email", "Zip", "State", "Connection", "Precinct")
AREAS = ("212", "646", "415", "305", "850", "208", "713", "312", "602", "404", "206", "617")
ZIPS = [f"{number:05d}" for number in range(1001, 99950, 7)]


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


def bare_loop(path: Path) -> None:
    """What nobody can beat: read, cut, insert."""
    bare = Table("bare", MetaData(), *(Column(f"c{number}", String) for number in range(len(HEADER))))
    with db.engine().begin() as connection:
        bare.drop(connection, checkfirst=True)
        bare.create(connection)
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines)
        while batch := [{f"c{at}": cell for at, cell in enumerate(row)} for row in islice(rows, BATCH)]:
            with db.engine().begin() as connection:
                connection.execute(insert(bare), batch)


def measured(name: str, rows: int, work: Callable[[], object]) -> None:
    wall, processor = time.perf_counter(), time.process_time()
    work()
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    per_row = processor / rows * 1e6
    print(f"{name:12} {rows / wall:9,.0f} rows/s   {per_row:6.1f} us of processor a row   {peak} MB at most")


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        write_list(path, rows)
        engine = db.configure(sys.argv[2] if len(sys.argv) > 2 else f"sqlite:///{folder}/bench.db")
        SQLModel.metadata.create_all(engine)
        order = Order("bench", "bench", consent="signed at the fair")
        measured("bare loop", rows, lambda: bare_loop(path))
        measured("first import", rows, lambda: import_list(path, order, now=datetime.now(UTC)))
        measured("import again", rows, lambda: import_list(path, order, now=datetime.now(UTC)))
        engine.dispose()


if __name__ == "__main__":
    main()
