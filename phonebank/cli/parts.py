"""`phonebank web`, `worker` and `clock`: the parts alone, each a process that a host starts by its Procfile."""

import os
import sys
from typing import Any, NoReturn

import click
from flask import Flask
from gunicorn.app.base import BaseApplication
from setproctitle import setproctitle

from phonebank import db, heap, jobs, logs, migrations, settings
from phonebank.app import create_app
from phonebank.cli import opening, parent, premises, supervising
from phonebank.errors import UnavailableError
from phonebank.settings import Settings

_WEB = "phonebank web"
_REQUEST_LASTS_S, _LAST_REQUEST_LASTS_S = 60, 4
_BACKLOG = 2048
_AT_ONCE = 16
_TURN_S = 0.0005  # Python's own 5 ms at each statement would make whoever holds SQLite's one writer hold it long


@click.command()
@premises.PORT
@click.option("--host", default=premises.EVERYWHERE, hidden=True)
@click.option("--parent", "parent_id", type=int, hidden=True)
def web(port: int | None, host: str, parent_id: int | None) -> None:
    """Serve the pages and Twilio's webhooks, until told to stop."""
    if parent_id is not None:
        parent.stay_with(parent_id)
    chosen = settings.load(port=port)
    premises.refuse_taken_port(host, chosen.port)
    _refuse_newer(chosen)
    logs.configure(chosen.log_level)
    setproctitle(_WEB)
    _Server(chosen, host).run()  # type: ignore[no-untyped-call]  # gunicorn is not typed


@click.command()
@click.argument("queues", nargs=-1, type=click.Choice(jobs.QUEUES), metavar="[QUEUE…]")
def worker(queues: tuple[str, ...]) -> None:
    """Take turns from these queues, the first the most urgent: urgent, bulk, slow. All of them when none is named."""
    _become("workers", *queues)


@click.command()
def clock() -> None:
    """Ring for whatever the database says is due, once a second. Two of these do no harm."""
    _become("workers.clock")


def _become(*words: str) -> NoReturn:
    """Turn into a part that lies above this package, with these very settings."""
    chosen = settings.load()
    _refuse_newer(chosen)
    command, environment = supervising.ours(*words), settings.child_environment(chosen)
    os.chdir(supervising.ROOT)  # only now: the home folder may be named from where we were
    os.execve(command[0], command, environment)  # noqa: S606  # our own module


def _refuse_newer(chosen: Settings) -> None:
    """A database that does not answer yet is waited for; one that a newer version has changed is not touched."""
    try:
        with opening.told_plainly():
            migrations.refuse_newer(migrations.shape(opening.connected(chosen)))
            db.engine().dispose()
    except UnavailableError as wrong:
        click.echo(wrong, err=True)


class _Server(BaseApplication):
    """gunicorn with our settings, whatever its own files and environment say."""

    def __init__(self, chosen: Settings, host: str) -> None:
        self._chosen, self._host = chosen, host
        super().__init__()  # type: ignore[no-untyped-call]  # as above

    def load_config(self) -> None:
        assert self.cfg
        for name, value in self._options().items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        app = create_app(self._chosen)
        heap.settle()
        return app

    def _options(self) -> dict[str, Any]:
        return {
            "bind": f"{self._host}:{self._chosen.port}",
            "workers": self._chosen.web_concurrency,
            "worker_class": "gthread",
            "threads": _AT_ONCE,  # a slow phone or a long upload holds up nobody else
            "preload_app": True,  # once, then forked: the engine and the doorbell are made anew after a fork
            "control_socket_disable": True,  # it would lie in the home folder of whoever runs us
            "accesslog": None,  # addresses say who was where
            "loglevel": "warning",
            "timeout": _REQUEST_LASTS_S,
            "graceful_timeout": _LAST_REQUEST_LASTS_S,
            "backlog": _BACKLOG,
            # gunicorn names its processes itself, just before these are called
            "pre_fork": lambda _server, _worker: setproctitle(_WEB),
            "post_fork": _forked,
        }


def _forked(server: Any, _worker: Any) -> None:
    setproctitle(_WEB)
    sys.setswitchinterval(_TURN_S)
    parent.stay_with(server.pid)
