"""`phonebank campaigns`: a campaign's whole life, from a file to an export."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import click
from sqlmodel import Session

from phonebank import clock, db
from phonebank.calls import sampling as trying_out
from phonebank.campaigns import launching, preflight, queries, resuming, spec, steering
from phonebank.campaigns.models import Campaign, Channel
from phonebank.campaigns.preflight import Preflight
from phonebank.campaigns.queries import Parts
from phonebank.cli import files, opening, printing, samples, sayings, trail
from phonebank.cli.printing import say, warn
from phonebank.errors import BadInputError, RefusedError
from phonebank.messages import sampling
from phonebank.people.models import Deed
from phonebank.reports import column_sets, exports, sheets
from phonebank.reports.progress import progress
from phonebank.reports.standing import standing
from phonebank.reports.worked import worked as what_worked
from phonebank.settings import Settings

FILE = click.Path(path_type=Path)
JSON = click.option("--json", "wants_json", is_flag=True, help="One JSON object a line, for programs.")


@click.group()
def campaigns() -> None:
    """A campaign's whole life: from a file to an export."""


@campaigns.command()
@click.argument("file", type=FILE)
def check(file: Path) -> None:
    """Read FILE and say what a launch would meet: faults, people, price, time. Writes nothing."""
    described = spec.load(file)
    with opening.opened() as settings:
        now = clock.now()
        with db.reading() as session:
            parts, missing = samples.parts_as_far_as_known(session, described, now)
            found = _look(session, parts, settings, now)
    for told in (*missing, *found.obstacles, *found.unchecked, *found.weak, *found.warnings):
        warn(told)
    if found.faults:
        raise RefusedError("\n".join(found.faults))
    say(f"“{described.name}” reads well. {sayings.estimate(found, described.channel)}")
    sayings.hours(found, described.timezone, now)


@campaigns.command()
@click.argument("file", type=FILE)
def create(file: Path) -> None:
    """Make a draft campaign from FILE."""
    described = spec.load(file)
    with opening.opened(), db.transaction() as session:
        campaign = spec.create(session, described, clock.now())
    say(f"Created “{campaign.name}”, a draft. Send yourself a test, then launch it.")


@campaigns.command()
@click.argument("name")
@click.option("--to", "number", required=True, metavar="NUMBER", help="Your own number.")
def test(name: str, number: str) -> None:
    """Send the campaign's first text to one number, or call it, with a made-up name, at any hour."""
    with opening.opened() as settings, db.transaction() as session:
        campaign = queries.by_name(session, name)
        if not settings.has_twilio_keys:
            raise RefusedError(preflight.SET_KEYS)
        if campaign.channel is Channel.CALL:
            made = f'"call {trying_out.call_me(session, campaign, number, clock.now())}"'
        else:
            made = str(sampling.send_test(session, campaign, number, clock.now()))
    say(f"A test is on its way. See how it fares: phonebank trace {made}")


@campaigns.command()
@click.argument("name")
@click.option("--at", "at", metavar="TIME", help="2027-02-03T09:00 in the campaign's time zone, or with an offset.")
@click.option("--because", metavar="TEXT", help="Why a weak ask goes out as it is.")
def launch(name: str, at: str | None, because: str | None) -> None:
    """Launch it, now or at a time, when its pre-flight lets it."""
    with opening.opened() as settings:
        now = clock.now()
        with db.reading() as session:
            parts = queries.parts_of(session, queries.by_name(session, name))
            moment = _moment(at, parts.campaign) if at else None
            if moment is not None and moment <= now:
                raise RefusedError("That time is past: give a later one, or leave --at out to launch now.")
            found = _look(session, parts, settings, moment or now)
        for told in (*found.warnings, *(found.weak if because else ())):
            warn(told)
        with db.transaction() as session:
            campaign = queries.by_name(session, name)
            launching.launch(session, campaign, found, by=opening.operator(), because=because, at=moment, now=now)
    when = f"will be launched at {sayings.moment(moment, campaign.timezone)}" if moment else "is launched"
    say(f"“{name}” {when}. {sayings.estimate(found, campaign.channel)}")


@campaigns.command()
@click.argument("name")
@click.option("--because", metavar="TEXT", default="paused by hand", help="Why, for whoever looks next.")
def pause(name: str, because: str) -> None:
    """Stop its texts and calls within two seconds; volunteers' answers still go. Takes back a scheduled launch."""

    def stop(session: Session, campaign_id: int, now: datetime) -> bool:
        by = opening.operator()
        paused = steering.pause(session, campaign_id, reason=because, by=by, now=now)
        return paused or steering.unschedule(session, campaign_id, by=by, now=now)

    _move(name, stop, done="paused", undone="There is nothing to pause")


@campaigns.command()
@click.argument("name")
@click.option("--budget", metavar="DOLLARS", default="", help="What it may spend in all from now on.")
def resume(name: str, budget: str) -> None:
    """Go on where it was paused, whoever or whatever paused it."""
    dollars = resuming.dollars(budget)

    def go_on(session: Session, campaign_id: int, now: datetime) -> bool:
        campaign = queries.by_id(session, campaign_id)
        return steering.resume(session, campaign, budget=dollars, by=opening.operator(), now=now)

    _move(name, go_on, done="running again", undone="Only a paused campaign can be resumed")


@campaigns.command()
@click.argument("name")
def close(name: str) -> None:
    """End it for good. Replies that still come are kept and shown."""

    def end(session: Session, campaign_id: int, now: datetime) -> bool:
        return steering.close(session, campaign_id, by=opening.operator(), now=now)

    _move(name, end, done="closed", undone="It cannot be closed again")


@campaigns.command()
@click.argument("name")
def copy(name: str) -> None:
    """Make a new draft that says the same. Give it new dates before it is launched."""
    with opening.opened(), db.transaction() as session:
        made = spec.copy(session, queries.by_name(session, name), clock.now())
    say(f"Created “{made.name}”, a draft.")


@campaigns.command("list")
@JSON
def list_(wants_json: bool) -> None:
    """All campaigns, the newest first."""
    with opening.opened(), db.reading() as session:
        tell = sayings.listed if wants_json else sayings.line
        rows = [tell(row) for row in queries.all_(session)]
    if wants_json or rows:
        printing.rows(rows, wants_json=wants_json)
    else:
        say("There is no campaign yet.")


@campaigns.command()
@click.argument("name")
@JSON
def status(name: str, wants_json: bool) -> None:
    """How it stands: people, outcomes, texts, calls, conversations, cost."""
    with opening.opened(), db.reading() as session:
        campaign = queries.by_name(session, name)
        counted, beside = standing(session, campaign), progress(session, campaign, clock.now())
    if wants_json:
        printing.as_json(counted | {key: beside[key] for key in ("experiment",) if key in beside})
    else:
        sayings.report(name, counted | beside)


@campaigns.command()
@JSON
def worked(wants_json: bool) -> None:
    """How often people said yes to texts that follow each of the coach's advice, and to those that do not."""
    with opening.opened(), db.reading() as session:
        found = what_worked(session, clock.now())
    if wants_json:
        printing.as_json(found)
    else:
        sayings.worked(found)


@campaigns.command()
@click.argument("name")
@click.option("--what", type=click.Choice([what.value for what in exports.What]))
@click.option("--for", "tool", type=click.Choice(list(column_sets.known())), help="In the columns of a tool's upload.")
@click.option("--out", type=FILE, help="A file for it, written whole or not at all; without it, standard output.")
def export(name: str, what: str | None, tool: str | None, out: Path | None) -> None:
    """Its rows as CSV. What a spreadsheet would run as a formula begins with an apostrophe."""
    if (what is None) == (tool is None):
        raise click.UsageError("Say what to export: either --what or --for.")
    with opening.opened(), db.snapshot() as session:
        campaign_id = queries.by_name(session, name).id
        sheet = column_sets.sheet(tool, campaign_id) if tool else sheets.sheet(exports.What(what or ""), campaign_id)
        number = exports.count(session, sheet)
        trail.record(Deed.EXPORTED, about=name, detail=f"{tool or what}: {number:,} rows")
        with files.written(out) as stream:
            exports.write_sheet(session, sheet, stream)
    if out is not None:
        say(f"Wrote {number:,} {what or 'rows'} to {out}.")


def _look(session: Session, parts: Parts, settings: Settings, now: datetime) -> Preflight:
    return preflight.check(session, parts, settings=settings, account=launching.account_of(settings), now=now)


def _moment(text: str, campaign: Campaign) -> datetime:
    try:
        return spec.moment(text, campaign.timezone)
    except ValueError as wrong:
        raise BadInputError(f"--at {wrong}.") from None


def _move(name: str, verb: Callable[[Session, int, datetime], bool], *, done: str, undone: str) -> None:
    with opening.opened(), db.transaction() as session:
        campaign = queries.by_name(session, name)
        assert campaign.id is not None
        if not verb(session, campaign.id, clock.now()):
            session.refresh(campaign)
            raise RefusedError(f"{undone}: “{name}” is {campaign.status}.")
    say(f"“{name}” is {done}.")
