"""Lets SQLite's writers in one by one and in the order they came, whichever process they are in.

SQLite itself waits by looking again, at intervals that grow to a tenth of a second: whoever looks at the right moment
goes first, and under load somebody is passed for seconds. The kernel wakes those who wait for its own locks in turn.
"""

import fcntl
import os
import sqlite3
from collections import defaultdict, deque
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar

WAITS_S = 10.0
"""Who is not let in by then tries without: the turnstile is a courtesy, and the database has a lock of its own."""


class _Line:
    """Threads of one process: each is let in by the one before it, so that nobody who comes later is quicker."""

    def __init__(self) -> None:
        self._guard, self._waiting, self._is_taken = Lock(), deque[Lock](), False

    def enter(self, within_s: float) -> bool:
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return True
            turn = Lock()
            turn.acquire()
            self._waiting.append(turn)
        if turn.acquire(timeout=within_s):
            return True
        with self._guard:
            if turn not in self._waiting:  # it came at the last moment
                return True
            self._waiting.remove(turn)
            return False

    def leave(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_taken = False


class _Ours:
    """Of a process, one thread stands at the kernel's lock."""

    of_folder: ClassVar[defaultdict[str, _Line]] = defaultdict(_Line)


class Connection(sqlite3.Connection):
    """A connection whose writers take turns: `take_turn` before BEGIN IMMEDIATE; COMMIT and ROLLBACK give it up."""

    _folder = -1
    _has_turn = False

    def stand_at(self, database: str) -> None:
        """From now on take turns with everyone who writes to this file.

        What is locked is its folder: the file's own locks are SQLite's, and one beside it would be left behind.
        """
        self._name = str(Path(database).parent)
        self._folder = os.open(self._name, os.O_RDONLY)

    def take_turn(self) -> None:
        """Wait until nobody who came before is writing."""
        if self._folder >= 0 and not self._has_turn and _Ours.of_folder[self._name].enter(WAITS_S):
            self._has_turn = True
            fcntl.flock(self._folder, fcntl.LOCK_EX)

    def give_turn_up(self) -> None:
        """Let the next one in. Does nothing for who has no turn."""
        if self._has_turn:
            self._has_turn = False
            fcntl.flock(self._folder, fcntl.LOCK_UN)
            _Ours.of_folder[self._name].leave()

    def commit(self) -> None:
        super().commit()
        self.give_turn_up()

    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self.give_turn_up()

    def close(self) -> None:
        super().close()
        self.__del__()

    def __del__(self) -> None:
        self.give_turn_up()
        if self._folder >= 0:
            os.close(self._folder)
            self._folder = -1


def _forget_after_fork() -> None:
    _Ours.of_folder = defaultdict(_Line)


def file_of(connection: Any) -> str:
    """The database's file; empty for one in memory."""
    return str(next(iter(connection.execute("PRAGMA database_list")))[2])


os.register_at_fork(after_in_child=_forget_after_fork)
