"""`phonebank optouts`: the ledger of numbers that must not be reached, with who and why."""

import csv
import sys
from itertools import islice
from pathlib import Path

import click

from phonebank import clock, db, phone
from phonebank.cli import opening, printing, trail
from phonebank.cli.printing import say, warn
from phonebank.contacts import number_files
from phonebank.errors import BadInputError, NotFoundError
from phonebank.messages import tidying
from phonebank.optouts import ledger, queries, signing
from phonebank.optouts.models import OptOut
from phonebank.people.models import Deed
from phonebank.reports import exports

BECAUSE = click.option("--because", required=True, metavar="TEXT", help="Why: kept beside the number, with your name.")
_AT_ONCE = 1000
_LONGEST_REASON = 500
_SHOWN = 20


@click.group()
def optouts() -> None:
    """Numbers that must not be reached, with who said so and why."""


@optouts.command()
@click.argument("number")
@BECAUSE
def add(number: str, because: str) -> None:
    """Never reach NUMBER again, whichever list it is on."""
    plain, reason = phone.parse(number), _reason(because)
    with opening.opened(), db.transaction() as session:
        now = clock.now()
        is_new = signing.opt_out(session, plain, because=reason, by=opening.operator(), now=now)
        tidying.leave_alone(session, plain, now)
    say(f"{plain} will not be reached again." if is_new else f"{plain} was opted out already.")


@optouts.command()
@click.argument("number")
@BECAUSE
def lift(number: str, because: str) -> None:
    """Let NUMBER be reached again: only when the person asked for it, in their own words."""
    plain, reason = phone.parse(number), _reason(because)
    with opening.opened(), db.transaction() as session:
        standing = queries.standing(session, plain)
        for entry in standing.values():
            signing.lift(session, entry, because=reason, by=opening.operator(), now=clock.now())
    if not standing:
        raise NotFoundError(f"{plain} is not opted out.")
    say(f"{plain} may be reached again.")


@optouts.command("list")
@click.option("--json", "wants_json", is_flag=True, help="One JSON object a line, for programs.")
def list_(wants_json: bool) -> None:
    """What stands, oldest first. A hold waits until a volunteer has read what the person wrote."""
    with opening.opened(), db.reading() as session:
        for entry in queries.entries(session):
            if wants_json:
                printing.as_json(_record(entry))
            else:
                since = f"{entry.recorded_at:%Y-%m-%d}"
                say(f"{entry.phone:<17} {entry.kind:<8} {since}  {entry.because} ({entry.recorded_by})")


@optouts.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--because", metavar="TEXT", help="Why; else that they came in this file.")
def import_(file: Path, because: str | None) -> None:
    """Opt out every number in FILE: a CSV or XLSX with a phone column, or one number a line."""
    reason = _reason(because) if because else f"in the list {file.name}"
    rejected: list[number_files.Reject] = []
    read = new = 0
    with opening.opened():
        found = number_files.numbers(file, rejected)
        while batch := list(islice(found, _AT_ONCE)):
            read += len(batch)
            new += _opt_out(sorted(set(batch)), reason)
        trail.record(Deed.OPT_OUTS_IMPORTED, about=file.name, detail=f"{new:,} new of {read:,} numbers")
    say(f"{new:,} opted out now, {read - new:,} already or twice in the file, {len(rejected):,} rows without a number.")
    for told in rejected[:_SHOWN]:
        warn(f"Line {told.line}: {told.because}")
    if len(rejected) > _SHOWN:
        warn(f"… and {len(rejected) - _SHOWN:,} more.")


@optouts.command()
def export() -> None:
    """What stands, as CSV."""
    with opening.opened(), db.reading() as session:
        trail.record(Deed.EXPORTED, about="the opt-out ledger")
        writer = csv.DictWriter(sys.stdout, ["phone", "kind", "because", "by", "at"], lineterminator="\n")
        writer.writeheader()
        for entry in queries.entries(session):
            writer.writerow({name: exports.cell(value) for name, value in _record(entry).items()})


def _opt_out(numbers: list[str], because: str) -> int:
    with db.transaction() as session:
        now = clock.now()
        new = ledger.record_many(session, numbers, because=because, by=opening.operator(), now=now)
        for number in numbers:
            tidying.leave_alone(session, number, now)
    return new


def _reason(because: str) -> str:
    reason = " ".join(because.split())
    if not reason:
        raise BadInputError("Say why: it is kept beside the number, with your name.")
    return reason[:_LONGEST_REASON]


def _record(entry: OptOut) -> dict[str, str]:
    return {
        "phone": entry.phone,
        "kind": entry.kind.value,
        "because": entry.because,
        "by": entry.recorded_by,
        "at": entry.recorded_at.isoformat(timespec="seconds"),
    }
