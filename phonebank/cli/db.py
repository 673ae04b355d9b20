"""`phonebank db`: upgrade the database, back it up, restore it."""

from pathlib import Path

import click

from phonebank import clock, migrations
from phonebank import db as database
from phonebank.cli import backups, opening, printing, trail
from phonebank.migrations import Shape
from phonebank.people.models import Deed

FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def db() -> None:
    """Upgrade, back up or restore the database."""


@db.command()
def upgrade() -> None:
    """Bring the database to this version's shape. Safe to run at any time, and again."""
    with opening.opened(in_shape=False):
        changed = migrations.upgrade(database.engine())
    revision = migrations.revisions()[-1]
    printing.say(f"The database is {'now' if changed else 'already'} in this version's shape ({revision}).")


@db.command()
@click.argument("file", type=FILE)
@click.option("--replace", is_flag=True, help="Write over an older backup of that name.")
def backup(file: Path, *, replace: bool) -> None:
    """Write everything into FILE, as it stands at one moment; work goes on meanwhile.

    FILE holds people's names and numbers: keep it where only you can read it.
    """
    with opening.opened(in_shape=False) as settings:
        backups.back_up(database.engine(), settings, file, replace=replace)
        if migrations.shape(database.engine()) is Shape.CURRENT:  # an older one is backed up before it is upgraded
            trail.record(Deed.BACKED_UP, about="the database")
    printing.say(f"Backed up into {file} ({file.stat().st_size:,} bytes).")


@db.command()
@click.argument("file", type=FILE)
@click.option("--replace", is_flag=True, help="Even when the database holds something: all of it is replaced.")
def restore(file: Path, *, replace: bool) -> None:
    """Put back what FILE holds. Running campaigns come back paused."""
    with opening.opened(in_shape=False) as settings:
        backups.restore(database.engine(), settings, file, replace=replace)
        paused = backups.pause_all(database.engine(), clock.now())
        trail.record(Deed.RESTORED, about="the database")
    printing.say(f"Restored from {file}.")
    for name in paused:
        printing.warn(f"Paused “{name}”: texts and opt-outs since the backup are not in it. Check before you resume.")
