"""`phonebank rehearse`: a whole campaign against simulated supporters, and what came of it."""

import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

import click

from phonebank import clock, db, logs
from phonebank.campaigns import queries, spec
from phonebank.campaigns.models import Campaign
from phonebank.campaigns.spec import CampaignSpec
from phonebank.cli import forecasting, printing, rehearsing, run
from phonebank.cli.printing import warn
from phonebank.cli.supervising import Supervisor
from phonebank.contacts import importing
from phonebank.contacts.importing import ImportResult, Order
from phonebank.rehearsal import disguise, staging
from phonebank.rehearsal.remote import Carrier
from phonebank.settings import Settings

_LIST = "rehearsal"
_SERVICE, _NUMBER = "MG00000000000000000000000000000000", "+12025550170"
_SPEED = 600.0
_LOOK_EVERY_S = 0.5
_QUIET_LOOKS = 4
_AT_MOST_S = 900


@click.command()
@click.argument("campaign", type=click.Path(path_type=Path), metavar="CAMPAIGN.toml")
@click.option("--contacts", required=True, type=click.Path(path_type=Path), help="The list, CSV or XLSX.")
@click.option("--seed", default=1, show_default=True, help="Another seed, other answers.")
@click.option(
    "--speed",
    default=_SPEED,
    show_default=True,
    type=click.FloatRange(1, 3600),
    help="How many seconds of the campaign pass in one of yours.",
)
@click.option("--json", "wants_json", is_flag=True, help="The forecast as one JSON object.")
def rehearse(campaign: Path, contacts: Path, seed: int, speed: float, wants_json: bool) -> None:
    """Run CAMPAIGN.toml against simulated supporters with the names and time zones of a list.

    Nothing leaves this machine: everyone is given a number that nobody has, in a database that is thrown away.
    """
    described = spec.load(campaign)
    logs.configure("ERROR")
    with Supervisor() as supervisor:
        home = supervisor.afterwards.enter_context(tempfile.TemporaryDirectory(prefix="phonebank-rehearse-"))
        chosen = Settings(phonebank_home=Path(home), rehearsal=True, port=rehearsing.free_port(), log_level="CRITICAL")
        run.open_house(chosen, supervisor)
        imported = _import(contacts)
        rehearsed = _create(described)
        spoken_to = _start(chosen, supervisor, described, seed)
        began = _launch(spoken_to, rehearsed, speed)
        ended, at = _wait(supervisor, staging.carrier_of(spoken_to), rehearsed)
        told = {"ended": ended, "duration_s": round((at - began).total_seconds()), "rejected": imported.rejected}
        told |= forecasting.counted(rehearsed)
    if wants_json:
        printing.as_json(told)
    else:
        forecasting.report(rehearsed.name, told)


def _import(contacts: Path) -> ImportResult:
    return importing.import_list(contacts, Order(list_name=_LIST, imported_by="rehearsal"), now=clock.now())


def _create(described: CampaignSpec) -> Campaign:
    """The campaign over this one list, with its people in disguise."""
    here = {"lists": (_LIST,), "exclude": described.exclude.model_copy(update={"lists": ()})}
    sender = _NUMBER if described.sender.startswith("+") else _SERVICE
    with db.transaction() as session:
        made = spec.create(session, described.model_copy(update={**here, "sender": sender}), clock.now())
        disguise.disguise(session, made, clock.now())
    return made


def _start(chosen: Settings, supervisor: Supervisor, described: CampaignSpec, seed: int) -> Settings:
    lone = {"lone_numbers": (_NUMBER,)} if described.sender.startswith("+") else {}
    spoken_to = rehearsing.start_carrier(chosen, supervisor, seed=seed, reply_pace=1.0, **lone)
    run.start_parts(spoken_to, supervisor)
    rehearsing.wait_for_carrier(spoken_to, supervisor)
    run.wait_for_web(spoken_to, supervisor)
    return spoken_to


def _launch(settings: Settings, campaign: Campaign, speed: float) -> datetime:
    """Launch as a person would now, then wind the clock to when the first may be asked. Gives that moment."""
    assert settings.clock_file
    with db.reading() as session:
        people = list(queries.people_to_ask(session, queries.parts_of(session, campaign), now=clock.now()))
    staging.carrier_of(settings).supporters(staging.supporters(people), replace=True)
    found = staging.launch(settings, campaign, by="rehearsal", now=clock.now())
    for told in (*found.weak, *found.warnings):
        warn(told)
    opens = min((window.opens_at for window in found.windows.values() if window), default=clock.now())
    clock.wind(settings.clock_file, to=max(opens + timedelta(seconds=1), clock.now()), speed=speed)
    return clock.now()


def _wait(supervisor: Supervisor, carrier: Carrier, campaign: Campaign) -> tuple[str, datetime]:
    """Until everyone is asked and all is quiet, or it cannot go on: how it ended, and when by the campaign's clock."""
    deadline, begins, looks, quiet_since = time.monotonic() + _AT_MOST_S, _event(campaign), 0, clock.now()
    with printing.progress(_people(campaign), "Asking") as bar:
        while time.monotonic() < deadline:
            supervisor.tend()
            seen = forecasting.look(campaign)
            bar.update(max(0, seen.asked - bar.pos))
            if seen.is_idle and not carrier.stats()["to_come"]:
                looks += 1
            else:
                looks, quiet_since = 0, clock.now()
            if looks >= _QUIET_LOOKS and (not seen.pending or not seen.is_under_way):
                return "quiet" if seen.is_under_way else seen.status, quiet_since
            if begins is not None and clock.now() > begins:
                return "the event began", clock.now()
            time.sleep(_LOOK_EVERY_S)
    return "out of time", clock.now()


def _people(campaign: Campaign) -> int:
    with db.reading() as session:
        return sum(1 for _ in queries.people_to_ask(session, queries.parts_of(session, campaign), now=clock.now()))


def _event(campaign: Campaign) -> datetime | None:
    with db.reading() as session:
        return queries.ask_of(session, campaign).starts_at
