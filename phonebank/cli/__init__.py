"""The `phonebank` command: one file a noun, each imported only when it is asked for."""

import errno
import sys
from importlib import import_module
from typing import Any

import click

from phonebank.errors import PhonebankError

_VERBS = {
    "run": ("run:run", "Everything in one place: web, workers, clock, and Redis."),
    "web": ("parts:web", "The web pages and webhooks alone, for a Procfile."),
    "worker": ("parts:worker", "The workers alone, for a Procfile."),
    "clock": ("parts:clock", "The clock alone, for a Procfile."),
    "db": ("db:db", "Upgrade, back up or restore the database."),
    "doctor": ("doctor:doctor", "Check every part, and say how to mend it."),
    "people": ("people:people", "Who may sign in."),
    "contacts": ("contacts:contacts", "Lists of the people you may reach."),
    "asks": ("asks:asks", "The coach: is this a hard ask?"),
    "campaigns": ("campaigns:campaigns", "A campaign's whole life."),
    "replies": ("replies:replies", "How replies are read."),
    "handoffs": ("handoffs:handoffs", "Conversations that wait for a person."),
    "optouts": ("optouts:optouts", "Numbers that must not be reached."),
    "rehearse": ("rehearse:rehearse", "A whole campaign of texts against simulated supporters."),
    "trace": ("trace:trace", "One text's or call's life, line by line."),
}
_ALSO = {"backup": "db:backup", "restore": "db:restore"}


class _House(click.Group):
    """Knows its verbs by name, imports one when it runs, and turns refusals into one sentence and exit status 1."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        place = _VERBS[cmd_name][0] if cmd_name in _VERBS else _ALSO.get(cmd_name)
        if place is None:
            return None
        module, attribute = place.split(":")
        command: click.Command = getattr(import_module(f"phonebank.cli.{module}"), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, told) for name, (_, told) in _VERBS.items()])

    def main(self, *args: Any, **kwargs: Any) -> Any:
        # Another encoding than UTF-8 must not turn a name into a traceback.
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")
        return super().main(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except PhonebankError as refusal:
            raise _Refusal(str(refusal)) from refusal
        except UnicodeEncodeError as wrong:
            raise _Refusal("What you typed is not text in UTF-8.") from wrong
        except OSError as wrong:
            if wrong.errno == errno.EPIPE:  # whoever read us has had enough: click ends quietly
                raise
            where = f" {wrong.filename}" if wrong.filename else ""
            raise _Refusal(f"Cannot read or write{where}: {wrong.strerror or wrong}.") from wrong


class _Refusal(click.ClickException):
    """Exit status 1 and the sentence alone on stderr."""

    def show(self, file: Any = None) -> None:
        click.echo(self.message, file=file or sys.stderr)


@click.group(cls=_House, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="phonebank")
def main() -> None:
    """Send one hard ask by text, understand the answers, and hand every maybe to a person.

    Works from any folder: .env and var/ are the working folder's, or PHONEBANK_HOME's.
    """
