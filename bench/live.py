"""A campaign's live page with a million people and five million texts: how long the page and its pieces take.

    python bench/live.py [--people 1000000] [--database sqlite|postgresql]

The rows are made by bulk SQL, counted once as a worker does (its time is shown), and then each page and piece is asked
for again and again through the whole web application, half of the time while a worker counts anew. The limit is
100 ms at the 95th percentile.
"""

import argparse
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import quantiles

from bench.figures import Figure, show
from bench.live_rows import fill
from phonebank import clock, db, logs
from phonebank.app import create_app
from phonebank.people import accounts
from phonebank.people.models import Role
from phonebank.settings import Settings
from phonebank.tallies import counting, queries
from tests.support import servers
from tests.support.databases import PostgresDatabases, SqliteDatabases
from tests.support.pages import Visitor

LIMIT_MS, TIMES = 100, 60
PLACES = {
    "the page": "",
    "its numbers": "/live/numbers",
    "its replies": "/live/replies",
    "its detail": "/live/detail",
    "its curve": "/live/curve",
    "who said yes": "/people/yes",
    "who came (nobody)": "/people/kept",
    "who was reached": "/people/delivered",
    "who replied": "/people/replied",
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"))
    asked = parser.parse_args()
    logs.configure("ERROR", None)
    for kind in [asked.database] if asked.database else ["sqlite", "postgresql"]:
        with house(kind) as settings:
            measure(kind, settings, asked.people)


@contextmanager
def house(kind: str) -> Iterator[Settings]:
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        redis = servers.start_redis()
        stack.callback(redis.stop)
        if kind == "sqlite":
            url = SqliteDatabases(home).fresh()
        else:
            server = servers.start_postgres()
            stack.callback(server.stop)
            url = PostgresDatabases(server).fresh()
        os.environ["PHONEBANK_HOME"] = str(home)
        yield Settings(database_url=url, redis_url=redis.url, secret_key="s" * 40)


def measure(kind: str, settings: Settings, people: int) -> None:
    app = create_app(settings)
    began = time.monotonic()
    campaign_id = fill(people)
    print(f"  {kind}: rows made in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    counted_s = timed(lambda: counting.keep(campaign_id, None)) / 1000
    organizer = signed_in(app)
    pages = {"all campaigns": "/campaigns"} | {name: f"/campaigns/{campaign_id}{path}" for name, path in PLACES.items()}
    still = {name: times(organizer, path) for name, path in pages.items()}
    busy = while_counting(campaign_id, lambda: {name: times(organizer, path) for name, path in pages.items()})
    for name in pages:
        p95, p95_busy = (f"{late(found[name]):.0f} ms" for found in (still, busy))
        print(f"  {name:20} p95 {p95:>8}, while a worker counts {p95_busy:>8}", flush=True)
    slowest = max(pages, key=lambda name: late(still[name]))
    texts = people * 5
    ratio = late(still[slowest]) / LIMIT_MS
    ours = f"p95 {late(still[slowest]):.0f} ms ({slowest})"
    what = f"live pages, {people:,} people, {texts:,} texts, {kind}"
    show(
        Figure(what, ours, f"{LIMIT_MS} ms", ratio, "at most 1"),
        Figure(f"{what}: one count by a worker", f"{counted_s:.1f} s", "none", None),
    )
    db.engine().dispose()


def while_counting(campaign_id: int, look: Callable[[], dict[str, list[float]]]) -> dict[str, list[float]]:
    """What `look` measures while a thread counts again and again."""
    is_done = threading.Event()

    def count() -> None:
        while not is_done.is_set():
            with db.reading() as session:
                seen = queries.of(session, campaign_id)
            counting.keep(campaign_id, seen)

    worker = threading.Thread(target=count)
    worker.start()
    try:
        return look()
    finally:
        is_done.set()
        worker.join()


def signed_in(app: object) -> Visitor:
    with db.transaction() as session:
        accounts.add(session, "o@example.org", "Olu", Role.ORGANIZER, None, clock.now())
        person_id = accounts.queries.by_email(session, "o@example.org").id
        token = accounts.sign_in_link(session, person_id, clock.now())
    visitor = Visitor(app.test_client(), "o@example.org")  # type: ignore[attr-defined]
    visitor.open(f"/sign-in/{token}")
    visitor.send(f"/sign-in/{token}")
    return visitor


def times(organizer: Visitor, path: str) -> list[float]:
    """Milliseconds of each of many askings; the first, which opens what stays open, apart."""
    organizer.open(path)
    return [timed(lambda: organizer.open(path)) for _ in range(TIMES)]


def timed(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return (time.monotonic() - began) * 1000


def late(found: list[float]) -> float:
    return quantiles(found, n=20)[-1]


if __name__ == "__main__":
    main()
