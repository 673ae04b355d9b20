"""Lets requests that wait for SQLite's one writer go in together: most of what a small write costs is its commit."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import TypeVar

from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlmodel import Session

from phonebank import db

Result = TypeVar("Result")
Verb = Callable[[Session], object]


@dataclass(eq=False)
class _Wish:
    verb: Verb
    is_over: bool = False
    wrong: Exception | None = None


class SharedWrites:
    """One for a process. What waits while a transaction is written shares the next."""

    def __init__(self) -> None:
        self._writing, self._counting = Lock(), Lock()
        self._waiting: list[_Wish] = []

    def write(self, verb: Verb) -> None:
        """Carry this out in a transaction; it is committed when this returns. Raises whatever went wrong with it."""
        if db.is_postgresql():  # rows are locked there, and several in one transaction might lock each other out
            with db.transaction() as session:
                verb(session)
            return
        wish = _Wish(verb)
        with self._counting:
            self._waiting.append(wish)
        with self._writing:
            if not wish.is_over:
                _carry_out(self._all_waiting())
        if wish.wrong is not None:
            raise wish.wrong

    def _all_waiting(self) -> list[_Wish]:
        with self._counting:
            waiting, self._waiting = self._waiting, []
            return waiting


_ours = SharedWrites()


def written(verb: Callable[[Session], Result]) -> Result:
    """What this verb gives, carried out in a transaction of this process that others may share; committed on return."""
    found: list[Result] = []
    _ours.write(lambda session: found.append(verb(session)))
    return found[-1]  # the last: a transaction that failed for another's sake was tried again


def _carry_out(wishes: list[_Wish]) -> None:
    """All of them at once; when one of them cannot be, each alone."""
    try:
        with db.transaction() as session:
            for wish in wishes:
                wish.verb(session)
    except (OperationalError, NoConnectionFree) as wrong:  # the database is away, for all of them
        _end(wishes, wrong)
    except Exception as wrong:  # noqa: BLE001  # raised again, to whoever's it is
        if len(wishes) == 1:
            _end(wishes, wrong)
        else:
            for wish in wishes:
                _carry_out([wish])
    else:
        _end(wishes, None)


def _end(wishes: list[_Wish], wrong: Exception | None) -> None:
    for wish in wishes:
        wish.is_over, wish.wrong = True, wrong
