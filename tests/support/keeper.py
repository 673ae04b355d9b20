"""Keeps one program running for as long as whoever asked for it lives, then ends it and removes its folder.

Our standard input is a pipe that the asker holds open: when the asker is gone, however it went (Ctrl-C, SIGKILL, a
crash of the test run), the pipe closes and nothing is left behind. Usage: keeper.py SIGNAL USER FOLDER PROGRAM [ARGUMENT…]
"""

import os
import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path

PATIENCE_S = 10


def main() -> int:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ending, user, folder, *command = sys.argv[1:]
    drop = {"user": user, "group": _group_of(user), "extra_groups": []} if user else {}
    with Path(folder, "log").open("ab") as log:
        kept = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder, **drop)
    while kept.poll() is None:
        if select.select([sys.stdin], [], [], 0.2)[0]:
            _end(kept, int(ending))
            shutil.rmtree(folder, ignore_errors=True)
            return 0
    return kept.returncode


def _end(kept, ending):
    kept.send_signal(ending)
    try:
        kept.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        kept.kill()
        kept.wait()


def _group_of(user):
    import pwd

    return pwd.getpwnam(user).pw_gid


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main())
