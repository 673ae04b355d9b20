"""An import killed outright leaves whole batches, and running it again finishes it."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import func, select

from phonebank import db
from phonebank.contacts.importing import Order, import_list
from phonebank.contacts.models import Contact, ListMember

LATER = datetime(2027, 2, 2, 15, tzinfo=UTC)
KILLED_AFTER_4000 = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from phonebank import db
from phonebank.contacts import importing

db.configure(sys.argv[1])
importing.BATCH = 1000

def kill(so_far, share):
    if so_far.rows >= 4000:
        os.kill(os.getpid(), 9)

order = importing.Order("supporters", "me")
importing.import_list(Path(sys.argv[2]), order, now=datetime(2027, 2, 1, tzinfo=UTC), progress=kill)
"""


def counted():
    with db.reading() as session:
        return [session.exec(select(func.count()).select_from(table)).one() for table in (Contact, ListMember)]


@pytest.mark.database("sqlite")
@pytest.mark.usefixtures("database")
def test_an_import_killed_outright_leaves_whole_batches(database_url: str, tmp_path: Path):
    path = tmp_path / "list.csv"
    path.write_text("Phone\n" + "".join(f"212555{number:04d}\n" for number in range(9000)))
    done = subprocess.run([sys.executable, "-c", KILLED_AFTER_4000, str(db.engine().url), str(path)], check=False)
    assert done.returncode == -9
    assert counted() == [4000, 4000]
    result = import_list(path, Order("supporters", "me"), now=LATER)
    assert (result.imported, result.updated) == (5000, 4000)
    assert counted() == [9000, 9000]
