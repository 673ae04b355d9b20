"""Real Redis and PostgreSQL servers for a test run: on free loopback ports, in folders of their own, gone at the end."""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg
import redis

from tests.support import lineage, programs

KEEPER = Path(__file__).with_name("keeper.py")
THROW_AWAY = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "shared_buffers=32MB",
    "max_connections=100",
)
START_WITHIN_S = 20


@dataclass(frozen=True)
class Server:
    """A running server: its address, and how to end it."""

    url: str
    stop: Callable[[], None]


def start_redis() -> Server:
    """An empty Redis (or Valkey) that keeps nothing on disk."""
    program, password = _found(programs.redis_server()), secrets.token_hex(8)

    def command(port: int, folder: Path) -> list[str]:
        listening = f"--bind 127.0.0.1 --port {port} --requirepass {password} --appendonly no --save".split()
        return [program, "--dir", str(folder), *listening, ""]

    def answers(port: int) -> bool:
        with redis.Redis(port=port, password=password, socket_timeout=2) as connection:
            try:
                return bool(connection.ping())
            except redis.RedisError:
                return False

    port, stop = _start("redis", command, answers, user="", ending=signal.SIGTERM)
    return Server(f"redis://:{password}@127.0.0.1:{port}/0", stop)


def start_postgres() -> Server:
    """An empty PostgreSQL cluster that trusts loopback and never waits for the disk. Never an existing cluster, never port 5432."""
    postgres, user = Path(_found(programs.postgres_folder())), unprivileged_user()
    owner = f"phonebank_{secrets.token_hex(4)}"  # only our own cluster knows this name

    def command(port: int, folder: Path) -> list[str]:
        _initdb(postgres, folder / "rows", owner, user)
        listening = f"-h 127.0.0.1 -p {port} -k {folder} -D {folder}/rows".split()
        return [str(postgres / "postgres"), *listening, *(f"--{setting}" for setting in THROW_AWAY)]

    def answers(port: int) -> bool:
        return _takes_connections(f"postgresql://{owner}@127.0.0.1:{port}")

    port, stop = _start("postgres", command, answers, user=user, ending=signal.SIGQUIT)
    return Server(f"postgresql://{owner}@127.0.0.1:{port}", stop)


class MortalPostgres:
    """A cluster of one's own that can be killed and started again on the same rows; what it committed, it keeps.

    Only the disk is not waited for: a killed server loses nothing by that, a power cut would.
    """

    def __init__(self) -> None:
        postgres, self._user = Path(_found(programs.postgres_folder())), unprivileged_user()
        owner = f"phonebank_{secrets.token_hex(4)}"
        self.folder, port = Path(tempfile.mkdtemp(prefix="phonebank-mortal-", dir="/tmp")), free_port()
        self.url = f"postgresql://{owner}@127.0.0.1:{port}"
        _initdb(postgres, self.folder / "rows", owner, self._user)
        listening = f"-h 127.0.0.1 -p {port} -k {self.folder} -D {self.folder}/rows".split()
        settings = [f"--{setting}" for setting in THROW_AWAY if not setting.startswith("synchronous_commit")]
        self._words = [str(postgres / "postgres"), *listening, *settings]
        self.start()

    def start(self) -> None:
        """Start it and wait until it takes connections. The dead one's last processes may be in the way for a moment."""
        deadline = time.monotonic() + START_WITHIN_S
        while True:
            words = [sys.executable, "-I", "-S", KEEPER, str(int(signal.SIGQUIT)), self._user, self.folder]
            self._keeper = subprocess.Popen([*words, *self._words], stdin=subprocess.PIPE, start_new_session=True)
            if _ready(self._keeper, partial(_takes_connections, self.url)):
                return
            assert time.monotonic() < deadline, (self.folder / "log").read_text()[-2000:]
            time.sleep(0.2)

    def kill(self) -> None:
        """SIGKILL the server and every process of it."""
        self._end(lambda pid: [os.kill(one, signal.SIGKILL) for one in reversed(lineage.stopped(pid))])

    def stop_fast(self) -> None:
        """End it in order, its clients cut off in mid-sentence."""
        self._end(lambda pid: os.kill(pid, signal.SIGINT))

    def stop(self) -> None:
        _stop(self._keeper)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _end(self, end: Callable[[int], object]) -> None:
        end(int((self.folder / "rows" / "postmaster.pid").read_text().split()[0]))
        self._keeper.wait(START_WITHIN_S)
        assert self._keeper.stdin
        self._keeper.stdin.close()


def _takes_connections(url: str) -> bool:
    try:
        psycopg.connect(f"{url}/postgres", connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def free_port() -> int:
    """A loopback port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def unprivileged_user() -> str:
    """PostgreSQL refuses to run as root: the user to become, or "" when we are an ordinary one already."""
    if os.geteuid() != 0:
        return ""
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)


def _found(program: Path | str | None) -> str:
    if not program:
        raise FileNotFoundError(f"Not installed here: {', '.join(programs.missing())}. `make test` says how to get it.")
    return str(program)


def _initdb(postgres: Path, rows: Path, owner: str, user: str) -> None:
    ids = pwd.getpwnam(user) if user else None
    drop = {"user": ids.pw_uid, "group": ids.pw_gid, "extra_groups": []} if ids else {}
    if ids:
        os.chown(rows.parent, ids.pw_uid, ids.pw_gid)
    options = f"-U {owner} --auth=trust --encoding=UTF8 --locale=C --no-sync".split()
    words = [postgres / "initdb", "-D", rows, *options]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, cwd=rows.parent, **drop)


def _start(name, command, answers, *, user, ending) -> tuple[int, Callable[[], None]]:
    told = ""
    for _attempt in range(3):  # somebody may take the port between our look and the server's start
        # /tmp by name: macOS's own is too long for a socket's path, and root's may be closed to the user we become
        folder, port = Path(tempfile.mkdtemp(prefix=f"phonebank-{name}-", dir="/tmp")), free_port()
        with ExitStack() as ending_it:
            ending_it.callback(shutil.rmtree, folder, ignore_errors=True)
            words = [sys.executable, "-I", "-S", KEEPER, str(int(ending)), user, folder, *command(port, folder)]
            keeper = subprocess.Popen(words, stdin=subprocess.PIPE, start_new_session=True)
            ending_it.callback(_stop, keeper)
            if _ready(keeper, partial(answers, port)):
                return port, ending_it.pop_all().close
            told = (folder / "log").read_text()
    raise RuntimeError(f"{name} did not start. It said:\n{told}")


def _ready(keeper, answers) -> bool:
    deadline = time.monotonic() + START_WITHIN_S
    while keeper.poll() is None and time.monotonic() < deadline:
        if answers():
            return keeper.poll() is None
        time.sleep(0.03)
    return False


def _stop(keeper) -> None:
    keeper.stdin.close()
    keeper.wait(START_WITHIN_S)
