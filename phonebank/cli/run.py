"""`phonebank run`: everything in one place, each part a child process that is started again when it dies."""

import sys
from contextlib import suppress

import click
import requests

from phonebank import clock, db, jobs, logs, migrations, settings
from phonebank.cli import embedded, opening, parent, premises
from phonebank.cli.printing import safe
from phonebank.cli.supervising import Part, Stopped, Supervisor, ours
from phonebank.people import queries as people
from phonebank.settings import Settings

_UP_WITHIN_S = 90
_WORK_RANK, _WEB_RANK = 0, 1
WEB = "phonebank web"


@click.command()
@premises.PORT
@click.option("--rehearse", is_flag=True, help="A live rehearsal: sample list, simulated supporters, its own clock.")
def run(port: int | None, rehearse: bool) -> None:
    """Run everything here: pages, webhooks, workers, clock, and Redis when REDIS_URL is unset. Ctrl-C stops it."""
    chosen = settings.load_for_rehearsal(port=port) if rehearse else settings.load(port=port)
    logs.configure(chosen.log_level)
    with suppress(Stopped), Supervisor() as supervisor:
        open_house(chosen, supervisor)
        told = _rehearse(chosen, supervisor) if rehearse else _run(chosen, supervisor)
        wait_for_web(chosen, supervisor)
        tell(*told)
        supervisor.watch()


def open_house(chosen: Settings, supervisor: Supervisor) -> None:
    """The folder, the port, Redis and the database, ready for the parts. Refuses what cannot work, in one sentence."""
    premises.refuse_taken_port(host(chosen), chosen.port)
    supervisor.afterwards.enter_context(premises.held(chosen))
    jobs.configure(chosen)
    clock.follow(chosen.clock_file)
    with opening.told_plainly():
        engine = opening.connected(chosen)
        supervisor.afterwards.callback(engine.dispose)
        migrations.upgrade(engine)
    if chosen.redis_url is None:
        embedded.start(chosen, supervisor)


def start_parts(chosen: Settings, supervisor: Supervisor) -> None:
    """Pages, a worker for each queue, and the clock."""
    environment = settings.child_environment(chosen)
    listening = ("--host", host(chosen), "--port", str(chosen.port))
    supervisor.start(Part(WEB, (*ours("phonebank", "web"), *parent.option(), *listening), _WEB_RANK, environment))
    supervisor.start(Part("phonebank worker", (*ours("workers"), *parent.option()), _WORK_RANK, environment))
    supervisor.start(Part("phonebank clock", (*ours("workers.clock"), *parent.option()), _WORK_RANK, environment))


def wait_for_web(chosen: Settings, supervisor: Supervisor) -> None:
    """Until the pages answer. Raises UnavailableError when they never do."""
    with requests.Session() as session:
        session.trust_env = False

        def answers() -> bool:
            try:
                return session.get(f"http://127.0.0.1:{chosen.port}/health/live", timeout=5).ok
            except requests.RequestException:
                return False

        supervisor.wait_until(answers, within=_UP_WITHIN_S, needs=WEB)


def host(chosen: Settings) -> str:
    """Where the pages listen: on this machine alone, unless they have a public address."""
    return premises.EVERYWHERE if chosen.public_url.startswith("https://") else premises.LOOPBACK


def tell(*lines: str) -> None:
    """Say it, if anybody still listens."""
    with suppress(OSError):
        click.echo("\n".join(map(safe, lines)))
        sys.stdout.flush()


def _run(chosen: Settings, supervisor: Supervisor) -> list[str]:
    start_parts(chosen, supervisor)
    told = [f"phonebank runs at {chosen.address}"]
    if not chosen.has_twilio_keys:
        told.append("No Twilio keys are set, so that nothing can be launched yet: see `phonebank doctor`.")
    with db.reading() as session:
        if not people.everyone(session):
            told.append("Nobody can sign in yet. Add yourself:")
            told.append('  phonebank people add you@example.org --name "Your Name" --role admin')
    return [*told, "Ctrl-C stops everything."]


def _rehearse(chosen: Settings, supervisor: Supervisor) -> list[str]:
    from phonebank.cli import rehearsing

    rehearsing.start_clock(chosen)
    with_carrier = rehearsing.start_carrier(chosen, supervisor)
    start_parts(with_carrier, supervisor)
    rehearsing.wait_for_carrier(with_carrier, supervisor)
    return [*rehearsing.welcome(with_carrier), "Ctrl-C ends it and leaves nothing behind."]
