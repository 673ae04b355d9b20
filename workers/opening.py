"""Opens what a process needs before its first turn: settings, logs, clock, database, doorbell."""

from collections.abc import Callable
from functools import wraps
from time import monotonic

from phonebank import clock, db, jobs, logs, tables
from phonebank.settings import Settings, load

assert tables.metadata is not None  # every room's rows are known before the first query


class _Opened:
    settings: Settings | None = None


def open_process(settings: Settings) -> None:
    """Once a process, before anything else; a turn forked from it finds everything open."""
    logs.configure(settings.log_level, settings.sentry_dsn)
    clock.follow(settings.clock_file)
    db.configure(settings.database)
    jobs.configure(settings)
    _Opened.settings = settings


def settings() -> Settings:
    """The settings of this process."""
    if _Opened.settings is None:
        open_process(load())
    assert _Opened.settings is not None
    return _Opened.settings


def turn(name: str) -> Callable[[Callable[[str, float], bool]], Callable[[str], None]]:
    """Makes `drain(key, until) -> bool` a turn: flag lifted first, and rung again when rows are left over."""

    def made(drain: Callable[[str, float], bool]) -> Callable[[str], None]:
        @wraps(drain)
        def run(key: str) -> None:
            settings()
            jobs.lift_flag(name, key)
            if drain(key, monotonic() + jobs.TURN_LASTS_S) and not jobs.should_stop():
                jobs.ring(name, key)

        return run

    return made
