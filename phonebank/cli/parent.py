"""A part never outlives whoever started it, however that one went."""

import ctypes
import os
import signal
import sys
import threading
import time

_OPTION = "--parent"
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_LOOK_EVERY_S = 1.0
_libc = ctypes.CDLL(None)


def option() -> tuple[str, str]:
    """What to add to the command of a child that takes it off with `take`."""
    return _OPTION, str(os.getpid())


def take(words: list[str]) -> list[str]:
    """Take `--parent ID` off the front, stay with that one if it is there, and give the other words."""
    if words[:1] != [_OPTION]:
        return words
    stay_with(int(words[1]))
    return words[2:]


def stay_with(parent: int) -> None:
    """From now on SIGTERM reaches this process as soon as the one with this id is not its parent any more."""
    if sys.platform == "linux":
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    else:
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_EVERY_S)
    os.kill(os.getpid(), signal.SIGTERM)
