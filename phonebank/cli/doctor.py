"""`phonebank doctor`: how every part stands, and what mends it."""

import sys

import click

from phonebank import clock, logs, settings
from phonebank.cli import checks
from phonebank.cli.checks import Finding, State
from phonebank.cli.printing import as_json, safe

_COLORS = {State.OK: "green", State.WARN: "yellow", State.BAD: "red"}


@click.command()
@click.option("--json", "wants_json", is_flag=True, help="One JSON object a line, for programs.")
@click.option("--fix", is_flag=True, help="Set the webhook addresses at Twilio.")
def doctor(wants_json: bool, fix: bool) -> None:
    """Check database, Redis, workers, clock, keys, senders, public address and webhooks. Exit 1 when one is bad."""
    chosen = settings.load()
    logs.configure("CRITICAL")
    clock.follow(chosen.clock_file)
    states = set()
    for finding in checks.look(chosen, fix=fix):
        states.add(finding.state)
        if wants_json:
            as_json({"part": finding.part, "state": finding.state, "told": finding.told, "mend": finding.mend})
        else:
            _say(finding)
    if State.BAD in states:
        sys.exit(1)


def _say(finding: Finding) -> None:
    state = click.style(f"{finding.state:<5}", fg=_COLORS[finding.state], bold=True)
    click.echo(f"{state} {safe(finding.part)}: {safe(finding.told)}.{f' {safe(finding.mend)}' * bool(finding.mend)}")
