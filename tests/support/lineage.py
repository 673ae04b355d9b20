"""Whom a process has begotten, as the machine knows it."""

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path


def children(pid: int) -> list[int]:
    """Its children now."""
    known = Path(f"/proc/{pid}/task/{pid}/children")
    try:
        return [int(child) for child in known.read_text().split()]
    except FileNotFoundError:
        pass  # it is gone, or this is no Linux
    table = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    return [int(child) for child, parent in (line.split() for line in table.splitlines()) if int(parent) == pid]


def stopped(pid: int) -> list[int]:
    """This process and all that come from it, stopped, so that they fork no more while we look."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGSTOP)
    return [pid, *(found for child in children(pid) for found in stopped(child))]
