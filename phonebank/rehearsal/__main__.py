"""Starts the stand-in carrier: python -m phonebank.rehearsal --port 8010 --account-sid AC… --auth-token …."""

import argparse
import asyncio
import errno
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

from aiohttp import web
from setproctitle import setproctitle

from phonebank import clock, heap, logs
from phonebank.errors import PhonebankError, UnavailableError
from phonebank.rehearsal import api
from phonebank.rehearsal.carrier import Carrier
from phonebank.rehearsal.config import load
from phonebank.rehearsal.control import Control
from phonebank.rehearsal.memory import keep_saving, recall, save
from phonebank.rehearsal.supporters import load_supporters

_LARGEST_REQUEST = 1024 * 1024


def main() -> int:
    """Runs until SIGTERM or SIGINT. Exit 1, with one sentence on stderr, when it cannot start."""
    asked = _arguments()
    setproctitle("phonebank carrier")
    logs.configure("WARNING")
    clock.follow(asked.clock_file)
    try:
        config = load(
            asked.config,
            account_sid=asked.account_sid,
            auth_token=asked.auth_token,
            inbound_url=asked.inbound_url,
            seed=asked.seed,
        )
        carrier = Carrier(config, recall(asked.state_file) if asked.state_file else None)
        if asked.supporters and not carrier.supporters.people:
            carrier.supporters.register(load_supporters(asked.supporters))
        heap.settle()
        asyncio.run(_serve(carrier, asked))
    except PhonebankError as wrong:
        print(wrong, file=sys.stderr)  # noqa: T201  # the command's own word to whoever started it
        return 1
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m phonebank.rehearsal", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--account-sid")
    parser.add_argument("--auth-token")
    parser.add_argument("--inbound-url", help="where inbound texts go while no number or service says otherwise")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--clock-file", type=Path, help="a rehearsal's dial, followed as it is wound")
    parser.add_argument("--config", type=Path, help="JSON with the settings of phonebank/rehearsal/config.py")
    parser.add_argument("--supporters", type=Path, help="JSON list of simulated people")
    parser.add_argument("--state-file", type=Path, help="kept over a restart: texts, phones, opt-outs, people")
    parser.add_argument("--with-parent", action="store_true", help="stop when the process that started it is gone")
    return parser.parse_args()


async def _serve(carrier: Carrier, asked: argparse.Namespace) -> None:
    stopped = asyncio.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signum, stopped.set)
    runner = web.AppRunner(_app(carrier), access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        await web.TCPSite(runner, asked.host, asked.port, backlog=1024).start()
        await carrier.start()
        if asked.state_file:
            carrier.errands.start(keep_saving(carrier.memory, asked.state_file))
        await _until(stopped, with_parent=asked.with_parent)
        if asked.state_file:
            save(carrier.memory, asked.state_file)
    except OSError as wrong:
        remedy = "Choose another with --port" if wrong.errno == errno.EADDRINUSE else "Mend that and start it again"
        raise UnavailableError(f"The stand-in carrier stops: {wrong.strerror}. {remedy}.") from None
    finally:
        await runner.cleanup()
        await carrier.stop()


def _app(carrier: Carrier) -> web.Application:
    app = web.Application(client_max_size=_LARGEST_REQUEST)
    Control(carrier).add_routes(app)
    api.add_routes(app, carrier)
    return app


async def _until(stopped: asyncio.Event, *, with_parent: bool) -> None:
    parent = os.getppid()
    while not stopped.is_set() and not (with_parent and os.getppid() != parent):
        with suppress(TimeoutError):
            await asyncio.wait_for(stopped.wait(), 1.0)


if __name__ == "__main__":
    sys.exit(main())
