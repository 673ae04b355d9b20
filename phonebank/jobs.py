"""The doorbell: the only importer of rq and maker of Redis connections.

A turn is named by a string and a key, never by rows: the database is the truth, and a bell that is lost is rung again
by the next sweep of the clock. At most one ring waits for each turn and key; the turn lifts the flag before it looks,
so that whatever is committed while it works rings again.
"""

import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue, Worker
from rq.serializers import JSONSerializer
from sqlalchemy import event
from sqlmodel import Session

from phonebank import logs
from phonebank.errors import BadInputError, UnavailableError
from phonebank.settings import Settings

URGENT, REPLIES, BULK, ASKS, SLOW, IMPORTS, COUNTS = QUEUES = (
    "urgent",
    "replies",
    "bulk",
    "asks",
    "slow",
    "imports",
    "counts",
)

QUEUE_OF_TURN = {
    "replies": REPLIES,  # a supporter has answered
    "answers": URGENT,  # somebody waits for this text; key: the sender
    "followups": URGENT,
    "alerts": SLOW,  # a wait has passed the bound, or no longer does
    "spool": REPLIES,
    "texts": BULK,  # asks; key: the sender
    "calls": BULK,  # key: the sender
    "calling": ASKS,  # calls are written down; key: the sender
    "asking": ASKS,  # asks are written down; key: the sender
    "enrolling": SLOW,  # key: the campaign
    "imports": IMPORTS,  # key: the upload; a million rows take minutes
    "counting": IMPORTS,  # key: the upload; what importing it would do
    "reconciling": SLOW,
    "tallying": COUNTS,  # key: a campaign that somebody looks at, or none; a large one takes many seconds
}

TURN_LASTS_S = 50.0  # a turn stops taking batches after this long, and rings again
_KILLED_AFTER_S = {"imports": 4 * 3600, "counting": 3600, "enrolling": 3600}
_TURN_KILLED_AFTER_S = 180
_HELD_FOR_S = 3
_FLAG_LASTS_S = 20  # a worker killed with a ring in its hand delays that turn by no more
_PENDING = "rings_after_commit"
_SWEEP = "phonebank:sweep"
_SWEEP_IS_OLD_AFTER_S = 30

log = logs.get("jobs")


class _Bell:
    settings: Settings | None = None
    is_stopping = False
    forked_by: int | None = None


def configure(settings: Settings) -> None:
    """Where the bell hangs for this process."""
    _Bell.settings = settings
    connection.cache_clear()


def embedded_address(settings: Settings) -> Path:
    """The file in var/ that says where the embedded Redis listens."""
    return settings.var / "redis.url"


def redis_url(settings: Settings) -> str:
    """REDIS_URL, or the embedded server's address. Raises UnavailableError when neither is there."""
    if settings.redis_url:
        return settings.redis_url
    try:
        return embedded_address(settings).read_text().strip()
    except FileNotFoundError:
        raise UnavailableError(
            "No Redis: start `phonebank run` (it brings its own), or set REDIS_URL to a server.",
        ) from None


@cache
def connection() -> Redis:
    """The connection pool of this process; made anew after a fork."""
    if _Bell.settings is None:
        raise UnavailableError("No Redis is configured yet.")
    return Redis.from_url(
        redis_url(_Bell.settings),
        socket_connect_timeout=2,
        retry=Retry(NoBackoff(), 1),
    )


def run_script(path: Path, keys: Sequence[str], args: Sequence[str | float]) -> Any:
    """What the Lua script of this file answers. Raises UnavailableError."""
    try:
        return connection().register_script(_source(path))(keys=keys, args=args)
    except RedisError as wrong:
        raise UnavailableError("Redis does not answer: start it, or look at REDIS_URL.") from wrong


@cache
def _source(path: Path) -> str:
    return path.read_text()


def ring(turn: str, key: str = "") -> None:
    """Ask for a turn. A Redis that is down loses nothing: the clock's sweep rings again."""
    try:
        bell = connection()
        if bell.set(_flag(turn, key), 1, nx=True, ex=_FLAG_LASTS_S):
            queue(QUEUE_OF_TURN[turn]).enqueue_call(
                f"workers.{turn}.turn",
                args=(key,),
                timeout=_KILLED_AFTER_S.get(turn, _TURN_KILLED_AFTER_S),
                result_ttl=0,
                failure_ttl=3600,
                description=turn,
            )
    except (RedisError, UnavailableError) as wrong:
        connection.cache_clear()
        log.warning("ring lost; the clock rings again", turn=turn, error=type(wrong).__name__)


def is_rung(turn: str) -> bool:
    """Whether any turn waits in this one's queue for a worker."""
    return queue(QUEUE_OF_TURN[turn]).count > 0


def lift_flag(turn: str, key: str) -> None:
    """Done first by a turn, so that rows committed from now on ring again."""
    connection().delete(_flag(turn, key))


def hold_flag(turn: str, key: str) -> None:
    """Said by a turn that needs no second one beside it: nothing rings for it in the next seconds."""
    connection().set(_flag(turn, key), 1, ex=_HELD_FOR_S)


def ring_after_commit(session: Session, turn: str, key: str = "") -> None:
    """Ring once the rows this turn will find are committed; a rollback drops the ring."""
    if _PENDING not in session.info:
        session.info[_PENDING] = {}
        event.listen(session, "after_commit", _ring_pending)
        event.listen(session, "after_rollback", _drop_pending)
    session.info[_PENDING][turn, key] = None


def queue(name: str) -> Queue:
    """One of QUEUES, with the JSON serializer: a job is a name and a string."""
    return Queue(name, connection=connection(), serializer=JSONSerializer)


def is_up() -> bool:
    """Whether the bell can be rung now."""
    try:
        return bool(connection().ping())
    except (RedisError, UnavailableError):
        connection.cache_clear()
        return False


def note_sweep() -> None:
    """Said by the clock after each sweep."""
    with suppress(RedisError, UnavailableError):
        connection().set(_SWEEP, 1, ex=_SWEEP_IS_OLD_AFTER_S)


def is_swept() -> bool:
    """Whether a clock is alive: it swept within the last half minute."""
    return bool(connection().exists(_SWEEP))


def hands() -> dict[str, int]:
    """How many workers take turns from each queue now."""
    listening = [name for worker in Worker.all(connection=connection()) for name in worker.queue_names()]
    return {name: listening.count(name) for name in QUEUES}


def _flag(turn: str, key: str) -> str:
    return f"phonebank:rung:{turn}:{key}"


def _ring_pending(session: Session) -> None:
    pending, session.info[_PENDING] = session.info[_PENDING], {}
    for turn, key in pending:
        ring(turn, key)


def _drop_pending(session: Session) -> None:
    session.info[_PENDING] = {}


def _after_fork() -> None:
    connection.cache_clear()
    _Bell.forked_by = os.getppid()


os.register_at_fork(after_in_child=_after_fork)


def should_stop() -> bool:
    """Whether this turn ends at its next batch: its worker was asked to stop, or is gone."""
    return _Bell.is_stopping or (_Bell.forked_by is not None and os.getppid() != _Bell.forked_by)


def stop_soon() -> None:
    """Heard by a turn whose worker was asked to stop."""
    _Bell.is_stopping = True


class _Worker(Worker):
    """RQ's forking worker, whose turn in hand ends at its next batch when the worker is asked to stop."""

    is_asked_to_stop = False

    def request_stop(self, signum: int, frame: Any) -> None:
        self.is_asked_to_stop = True
        if self.horse_pid:
            with suppress(ProcessLookupError):
                os.kill(self.horse_pid, signal.SIGUSR1)
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]  # rq is half typed

    def handle_work_horse_killed(self, job: Any, retpid: int, ret_val: int, rusage: Any) -> None:
        """A turn that was killed, perhaps before it lifted its flag, may be rung for again at once."""
        super().handle_work_horse_killed(job, retpid, ret_val, rusage)  # type: ignore[no-untyped-call]
        with suppress(RedisError):
            lift_flag(job.description, *job.args)

    def procline(self, message: str) -> None:
        """`ps` shows the part's own name, whatever it does just now."""


def work(queues: list[str]) -> None:
    """Take turns from these queues, the first the most urgent, until told to stop. Waits for a Redis that is down."""
    unknown = [name for name in queues if name not in QUEUES]
    if unknown:
        raise BadInputError(f"There is no queue {unknown[0]!r}; there are {', '.join(QUEUES)}.")
    while not _work_while_redis_is_up(queues):
        log.warning("Redis was lost; beginning again")
        time.sleep(1)


def _work_while_redis_is_up(queues: list[str]) -> bool:
    """Take turns until asked to stop: True; or until Redis is gone, where RQ's own worker gives up: False."""
    while not is_up():
        log.warning("waiting for Redis")
        time.sleep(1)
    worker = _Worker(
        [queue(name) for name in queues],
        connection=connection(),
        serializer=JSONSerializer,
        worker_ttl=60,
        maintenance_interval=30,
        job_monitoring_interval=10,
        log_job_description=False,
    )
    signal.signal(signal.SIGUSR1, lambda *_: stop_soon())  # for its turns, which inherit it from their first moment on
    with suppress(RedisError):
        worker.work(logging_level="WARNING")
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # RQ's own handlers speak to Redis
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return worker.is_asked_to_stop
