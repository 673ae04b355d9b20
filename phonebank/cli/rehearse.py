"""`phonebank rehearse`: a whole campaign against simulated supporters, and what came of it."""

import tempfile
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import click

from phonebank import clock, db, logs
from phonebank.campaigns import queries, spec
from phonebank.campaigns.models import Campaign, Channel, SentBy
from phonebank.campaigns.spec import CampaignSpec
from phonebank.cli import drawing, durations, forecasting, playing, printing, rehearsing, run
from phonebank.cli.playing import Play
from phonebank.cli.printing import warn
from phonebank.cli.supervising import Supervisor
from phonebank.contacts import importing
from phonebank.contacts.importing import Order
from phonebank.errors import BadInputError, RefusedError
from phonebank.rehearsal import disguise, staging
from phonebank.rehearsal.tempo import Tempo
from phonebank.reports.staffing import Bound
from phonebank.settings import Settings

_LIST = "rehearsal"
_TOLD_AT_ONCE = 2000
_SERVICE = "MG00000000000000000000000000000000"
_ONLY_TEXTS = (
    "Only campaigns of texts are forecast. To watch calls, run `phonebank run --rehearse`: it makes some itself, and "
    "others that you launch on its pages."
)


@dataclass(frozen=True)
class _Wishes:
    """What was asked for. Without a `speed` the clock runs as fast as the engine keeps up."""

    contacts: Path
    seed: int
    speed: float | None
    at: datetime | None
    lasts: timedelta | None
    bound: Bound
    page: Path | None


@click.command()
@click.argument("campaign", type=click.Path(path_type=Path), metavar="CAMPAIGN.toml")
@click.option("--contacts", required=True, type=click.Path(path_type=Path), help="The list, CSV or XLSX.")
@click.option("--seed", default=1, show_default=True, help="Another seed, other answers.")
@click.option(
    "--speed",
    type=click.FloatRange(1, 3600),
    help="How many seconds of the campaign pass in one of yours, from the launch to the end (1: true speed). "
    "Without it: as many as the engine keeps up with.",
)
@click.option(
    "--at", metavar="TIME", help="Launch then: 2027-02-03T09:00 in the campaign's time zone. Without it: now."
)
@click.option("--for", "lasts", type=durations.DURATION, help="Stop after so much of the campaign's time, as 20m.")
@click.option(
    "--wait", type=durations.DURATION, default="5m", show_default=True, help="The longest wait for a volunteer."
)
@click.option(
    "--handling", type=durations.DURATION, default="2m", show_default=True, help="What one conversation takes."
)
@click.option("--page", type=click.Path(path_type=Path, dir_okay=False), help="Draw the forecast on a page.")
@click.option("--json", "wants_json", is_flag=True, help="The forecast as one JSON object.")
def rehearse(  # noqa: PLR0913, PLR0917  # a command's options
    campaign: Path,
    contacts: Path,
    seed: int,
    speed: float | None,
    at: str | None,
    lasts: timedelta | None,
    wait: timedelta,
    handling: timedelta,
    page: Path | None,
    wants_json: bool,
) -> None:
    """Run CAMPAIGN.toml, of texts, against simulated supporters with the names and time zones of a list.

    Nothing leaves this machine: everyone is given a number that nobody has, in a database that is thrown away.
    """
    described = spec.load(campaign)
    if described.channel is Channel.CALL:
        raise RefusedError(_ONLY_TEXTS)
    wishes = _Wishes(contacts, seed, speed, _moment(at, described) if at else None, lasts, Bound(wait, handling), page)
    logs.configure("ERROR")
    told = _play(described, wishes)
    if wants_json:
        printing.as_json(told)
    else:
        forecasting.report(described.name, told)


def _play(described: CampaignSpec, wishes: _Wishes) -> dict[str, Any]:
    """The forecast, as `--json` prints it."""
    began = time.monotonic()
    with Supervisor() as supervisor:
        settings = _open(supervisor, wishes)
        order = Order(list_name=_LIST, imported_by="rehearsal")
        imported = importing.import_list(wishes.contacts, order, now=clock.now())
        rehearsed = _create(described)
        _wait_for_parts(settings, supervisor)
        people, launched_at = _launch(settings, rehearsed, wishes.speed)
        tempo = None if wishes.speed else Tempo(rehearsed.segments_per_second)
        ended = Play(settings, rehearsed, tempo, _ends(rehearsed, launched_at, wishes.lasts)).run(supervisor, people)
        told = {"ended": ended.because, "duration_s": round((ended.at - launched_at).total_seconds())}
        told["rejected"] = imported.rejected
        told |= forecasting.foreseen(rehearsed, imported, launched_at, wishes.bound)
        told["real_s"] = round(time.monotonic() - began, 1)
        if wishes.page is not None:
            drawing.draw(wishes.page, settings, rehearsed.name, told)
    return told


def _moment(typed: str, described: CampaignSpec) -> datetime:
    try:
        moment = spec.moment(typed, described.timezone)
    except ValueError as wrong:
        raise BadInputError(f"--at {wrong}.") from None
    if moment <= clock.now():
        raise BadInputError("That time is past: give a later one, or leave --at out to launch now.")
    return moment


def _open(supervisor: Supervisor, wishes: _Wishes) -> Settings:
    """A house that is thrown away, its parts on their way up: they do not need the list yet."""
    home = supervisor.afterwards.enter_context(tempfile.TemporaryDirectory(prefix="phonebank-rehearse-"))
    chosen = Settings(phonebank_home=Path(home), rehearsal=True, port=rehearsing.free_port(), log_level="CRITICAL")
    run.open_house(chosen, supervisor)
    if wishes.at is not None:
        assert chosen.clock_file
        clock.wind(chosen.clock_file, to=wishes.at)
    spoken_to = rehearsing.start_carrier(
        chosen, supervisor, remembers=False, seed=wishes.seed, reply_pace=1.0, reported=rehearsing.TROUBLES
    )
    run.start_parts(spoken_to, supervisor)
    return spoken_to


def _create(described: CampaignSpec) -> Campaign:
    """The campaign over this one list, with its people in disguise."""
    here = {"lists": (_LIST,), "exclude": described.exclude.model_copy(update={"lists": ()})}
    here |= {"sent_by": SentBy.MACHINE}  # nobody is there to send by hand
    with db.transaction() as session:
        made = spec.create(session, described.model_copy(update={**here, "sender": _SERVICE}), clock.now())
        disguise.disguise(session, made, clock.now())
    return made


def _wait_for_parts(settings: Settings, supervisor: Supervisor) -> None:
    rehearsing.wait_for_carrier(settings, supervisor)
    run.wait_for_web(settings, supervisor)


def _launch(settings: Settings, campaign: Campaign, speed: float | None) -> tuple[int, datetime]:
    """Launch as a person would, and wind the clock to when the first may be asked. How many people, and that moment."""
    assert settings.clock_file
    with db.reading() as session:
        people = list(queries.people_to_ask(session, queries.parts_of(session, campaign), now=clock.now()))
    carrier, supporters = staging.carrier_of(settings), staging.supporters(people)
    while some := list(islice(supporters, _TOLD_AT_ONCE)):
        carrier.supporters(some)
    found = staging.launch(settings, campaign, by="rehearsal", now=clock.now())
    for told in (*found.weak, *found.warnings):
        warn(told)
    opens = min((window.opens_at for window in found.windows.values() if window), default=clock.now())
    clock.wind(settings.clock_file, to=max(opens + timedelta(seconds=1), clock.now()), speed=speed)
    return len(people), clock.now()


def _ends(campaign: Campaign, launched_at: datetime, lasts: timedelta | None) -> dict[str, datetime]:
    with db.reading() as session:
        begins = queries.ask_of(session, campaign).starts_at
    ends = {playing.EVENT_BEGAN: begins, playing.TIME_IS_UP: launched_at + lasts if lasts else None}
    return {because: moment for because, moment in ends.items() if moment is not None}
