"""`phonebank contacts`: import a list, see the lists, erase a person."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from phonebank import clock, db, phone
from phonebank.cli import erasing, opening, printing, trail
from phonebank.cli.printing import say, warn
from phonebank.contacts import importing
from phonebank.contacts.importing import ImportResult, Order
from phonebank.errors import RefusedError
from phonebank.gateway import recordings
from phonebank.optouts import queries as optouts
from phonebank.people import audit
from phonebank.people.models import Deed
from phonebank.reports import listings

_SHOWN = 20
_STOPPED = "Stopped. What was read is stored: import the same file again to go on, nobody is added twice."
_STEPS = 1000


def _mapping(_context: click.Context, option: click.Parameter, pairs: tuple[str, ...]) -> dict[str, str]:
    """`--map first_name="Given name"`, several times, as field → column."""
    wrong = next((pair for pair in pairs if not all(part.strip() for part in pair.partition("="))), None)
    if wrong is not None:
        raise click.BadParameter(f"{wrong!r} is not FIELD=COLUMN.", param=option)
    return {field.strip(): column for field, _, column in (pair.partition("=") for pair in pairs)}


@click.group()
def contacts() -> None:
    """The people you may reach, and the lists they came on."""


@contacts.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--list", "list_name", required=True, metavar="NAME", help="The list to put them on; made when new.")
@click.option("--map", "mapping", multiple=True, metavar="FIELD=COLUMN", callback=_mapping, help="Where a field is.")
@click.option("--region", default="US", show_default=True, help="The country of numbers without a country code.")
@click.option("--consent", default="", metavar="TEXT", help="How they agreed, where no column says so.")
@click.option("--rejects", type=click.Path(path_type=Path), help="Write the rows that cannot be used to this file.")
@click.option("--dry-run", is_flag=True, help="Only count; store nothing.")
@click.option("--json", "wants_json", is_flag=True, help="The counts as one JSON object.")
def import_(file: Path, *, wants_json: bool, **chosen: Any) -> None:
    """Import the list FILE, CSV or XLSX. A number we know is updated; one that opted out stays so."""
    with opening.opened(), _progress() as told:
        order = Order(imported_by=opening.operator(), **chosen)
        source = sys.stdin.buffer if str(file) == "-" else file
        try:
            result = importing.import_list(source, order, now=clock.now(), progress=told)
        except KeyboardInterrupt:
            raise RefusedError(_STOPPED) from None
        if not order.dry_run:
            trail.record(Deed.IMPORTED, about=order.list_name, detail=result.told)
    if wants_json:
        printing.as_json(result.counts)
    else:
        _say_counts(result, order)
    _tell_rejections(result, order)


@contacts.command("list")
@click.option("--json", "wants_json", is_flag=True, help="One JSON object a line, for programs.")
def list_(wants_json: bool) -> None:
    """The lists, and how many people are on each."""
    with opening.opened(), db.reading() as session:
        rows = [{"list": row.name, "contacts": number} for row, number in listings.lists(session)]
    if wants_json or rows:
        printing.rows(rows, wants_json=wants_json)
    else:
        say("There is no list yet: phonebank contacts import FILE --list NAME")


@contacts.command()
@click.argument("number")
def erase(number: str) -> None:
    """Forget the person behind NUMBER: name, fields, everything said. The opt-out ledger alone keeps the number."""
    plain = phone.parse(number)
    with opening.opened() as settings:
        with db.reading() as session:
            recorded = erasing.recordings_of(session, plain, clock.now())
        for sid in recorded:
            recordings.delete(settings, sid)
        with db.transaction() as session:
            erasing.erase(session, plain, clock.now())
            audit.record(session, Deed.ERASED, by=opening.operator(), about="a person", now=clock.now())
            is_out = optouts.is_opted_out(session, plain)
    say(f"Erased {plain}.")
    if not is_out:
        warn("The number may be imported again; to keep it out: phonebank optouts add NUMBER --because TEXT")


@contextmanager
def _progress() -> Iterator[importing.Progress]:
    with printing.progress(_STEPS, "Importing") as bar:

        def told(_so_far: ImportResult, share: float) -> None:
            bar.update(int(share * _STEPS) - bar.pos)

        yield told


def _say_counts(result: ImportResult, order: Order) -> None:
    counted = [
        f"{result.imported:,} new",
        f"{result.updated:,} known",
        f"{result.duplicates:,} twice in the file",
        f"{result.opted_out:,} opted out",
        f"{result.rejected:,} rejected",
    ]
    done = "Would import" if order.dry_run else "Imported"
    say(f"{done} {result.rows:,} rows into “{order.list_name}”: {', '.join(counted)}.")


def _tell_rejections(result: ImportResult, order: Order) -> None:
    for rejection in result.rejections[:_SHOWN]:
        warn(f"Line {rejection.line}: {rejection.because}")
    if order.rejects is not None and result.rejected:
        warn(f"The rejected rows are in {order.rejects}: mend them there and import that file.")
    elif result.rejected > _SHOWN:
        warn(f"… and {result.rejected - _SHOWN:,} more: --rejects FILE writes them all to a file.")
