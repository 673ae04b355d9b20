"""A whole campaign at two sizes: what each phase costs a recipient, and how that grows with how many there are.

    python bench/scale.py [--people 10000,100000] [--database sqlite|postgresql]
    python bench/scale.py --people 10000,1000000 --database postgresql      (most of an hour)
    python bench/scale.py --people 10000,200000 --database sqlite

Import, pre-flight, enrolling, the blast (asks written down by one process, spoken by another to a bare answering
server), replies of one in twenty (heard, then read), the page's counts and both exports. Each phase is a process of
its own that calls the public verbs; its CPU, wall clock and greatest memory are shown,
and on PostgreSQL the server's CPU meanwhile. The limit is the cost at the small size, in the same run: a ratio of 1 is
a cost that does not grow.
"""

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import psycopg

from bench.figures import Figure, show
from phonebank import clock, db, jobs, logs, settings
from phonebank.campaigns import lifecycle, preflight, spec
from phonebank.campaigns import queries as campaigns
from phonebank.contacts.importing import Order, import_list
from phonebank.gateway.inbound import InboundText
from phonebank.messages import asking, queries, receiving, sending
from phonebank.recipients import enrolling
from phonebank.recipients import queries as recipients
from phonebank.replies import handling
from phonebank.reports import exports
from phonebank.reports.standing import standing
from tests.support import answering, servers
from tests.support.blast import ACCOUNT, CAMPAIGN, SERVICE, TOKEN
from tests.support.databases import PostgresDatabases, SqliteDatabases

GROWS_AT_MOST, MEGABYTES_AT_MOST = 1.15, 300
ONE_IN = 20
SAYS = ("yes", "sorry, no", "maybe, who else is coming?", "STOP", "yes I will be there")
SHOWN = ("CPU us", "wall us", "MB")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", default="10000,100000")
    parser.add_argument("--database", choices=("sqlite", "postgresql"))
    parser.add_argument("--phase", choices=PHASES, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    sizes = [int(size) for size in asked.people.split(",")]
    if asked.phase:
        print(json.dumps(measured(PHASES[asked.phase], sizes[0])))
        return
    os.environ.update(PYTHONPATH=os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")]))
    for kind in [asked.database] if asked.database else ["sqlite", "postgresql"]:
        told(kind, sizes, [walk(kind, size) for size in sizes])


Costs = dict[str, tuple[float, float, float]]


def walk(kind: str, people: int) -> Costs:
    """Phase → microseconds of CPU and of wall clock a recipient, and megabytes, in a house of its own."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        redis = servers.start_redis()
        stack.callback(redis.stop)
        os.environ.update(PHONEBANK_HOME=str(home), REDIS_URL=redis.url, LOG_LEVEL="ERROR", HOME_OF_BENCH=str(home))
        os.environ.update(TWILIO_ACCOUNT_SID=ACCOUNT, TWILIO_AUTH_TOKEN=TOKEN, DATABASE_URL=database(stack, kind, home))
        os.environ["TWILIO_API_BASE_URL"] = stack.enter_context(answering.carrier())
        (home / "var").mkdir()
        write_list(home / "list.csv", people)
        found: Costs = {}
        for together in (("import",), ("pre-flight",), ("enrol",), ("asks", "blast"), ("hear",), ("read",)):
            found |= run(together, people)
        for alone in ("counts", "export recipients", "export messages"):
            found |= run((alone,), people)
        return found


def database(stack: ExitStack, kind: str, home: Path) -> str:
    if kind == "sqlite":
        return SqliteDatabases(home).fresh()
    server = servers.start_postgres()
    stack.callback(server.stop)
    return PostgresDatabases(server).fresh()


def run(phases: tuple[str, ...], people: int) -> Costs:
    began, served = time.monotonic(), server_cpu()
    words = [[sys.executable, __file__, "--people", str(people), "--phase", phase] for phase in phases]
    children = [subprocess.Popen(each, stdout=subprocess.PIPE, text=True) for each in words]
    said = [child.communicate()[0] for child in children]
    if any(child.returncode for child in children):
        sys.exit(f"{phases} failed")
    wall = (time.monotonic() - began) / people * 1e6
    found: Costs = {}
    if os.environ["DATABASE_URL"].startswith("postgresql"):
        found[f"{'+'.join(phases)} (server)"] = ((server_cpu() - served) / people * 1e6, wall, 0.0)
    for phase, line in zip(phases, said, strict=True):
        spent = json.loads(line)
        found[phase] = (spent["cpu"] / people * 1e6, spent["wall"] / people * 1e6, spent["mb"])
        print(f"  {people:9,} {phase:18} {wall * people / 1e6:7.1f} s", file=sys.stderr, flush=True)
    return found


def server_cpu() -> float:
    """Seconds that PostgreSQL has spent so far, the processes that are gone included; 0 where that cannot be told."""
    if not os.environ["DATABASE_URL"].startswith("postgresql") or not Path("/proc/self/stat").exists():
        return 0.0
    time.sleep(0.2)  # the phase's own server processes are gone by then
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        folder = connection.execute("SHOW data_directory").fetchone()
    main = Path(str(folder[0] if folder else ""), "postmaster.pid").read_text().split()[0]
    times = Path(f"/proc/{main}/stat").read_text().rsplit(")", 1)[1].split()[11:15]
    return sum(map(int, times)) / os.sysconf("SC_CLK_TCK")


def measured(work: Callable[[int], None], people: int) -> dict[str, float]:
    """In the process of the phase: seconds and megabytes, everything opened before."""
    house = settings.load()
    logs.configure("ERROR", None)
    db.configure(house.database)
    jobs.configure(house)
    jobs.is_up()
    began, before = time.monotonic(), time.process_time()
    work(people)
    after = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"cpu": after - before, "wall": time.monotonic() - began, "mb": peak}


def import_(_people: int) -> None:
    order = Order("everyone", "bench", consent="signed at the fair")
    import_list(home() / "list.csv", order, now=clock.now())


def look_ahead(_people: int) -> None:
    """The pre-flight, then the launch."""
    with db.transaction() as session:
        made = spec.create(session, spec.parse(CAMPAIGN), clock.now())
    with db.reading() as session:
        parts = campaigns.parts_of(session, campaigns.by_id(session, made.id or 0))
        preflight.check(session, parts, settings=settings.load(), account=None, now=clock.now())
    with db.transaction() as session:
        lifecycle.launch(session, made.id or 0, by="bench", because=None, now=clock.now())


def enrol(_people: int) -> None:
    enrolling.enrol(1, clock.now())
    with db.engine().connect() as connection:
        connection.exec_driver_sql("ANALYZE")  # as a database does by itself, in time


def write_asks(_people: int) -> None:
    while is_anybody_due():
        with db.transaction() as session:
            looked_at = asking.top_up(session, SERVICE, clock.now())
        if not looked_at:
            time.sleep(0.02)


def blast(_people: int) -> None:
    house = settings.load()
    while is_anybody_due() or is_anything_queued():
        sending.send_due(house, SERVICE, urgent_only=False, until=time.monotonic() + 60)
        time.sleep(0.01)


def hear(people: int) -> None:
    ours = {"to": "+15005550006", "service": SERVICE, "pictures": (), "opt_out_type": ""}
    for number in range(0, people, ONE_IN):
        said = {"sid": f"SM{'a' * 16}{number:016d}", "body": SAYS[number // ONE_IN % len(SAYS)]}
        with db.transaction() as session:
            receiving.store(session, InboundText(phone=phone_of(number), **said, **ours), clock.now())


def read(_people: int) -> None:
    while True:
        with db.reading() as session:
            phones = [row.phone for row in queries.unread(session, 100)]
        if not phones:
            return
        for start in range(0, len(phones), 25):
            with db.transaction() as session:
                now = clock.now() + timedelta(seconds=5)
                handling.handle_phones(session, phones[start : start + 25], address="http://127.0.0.1", now=now)


def count(_people: int) -> None:
    with db.reading() as session:
        standing(session, campaigns.by_id(session, 1))


def export(what: exports.What) -> Callable[[int], None]:
    def written(_people: int) -> None:
        with db.reading() as session, (home() / f"{what}.csv").open("w") as out:
            exports.write(session, campaigns.by_id(session, 1), what, out)

    return written


PHASES: dict[str, Callable[[int], None]] = {
    "import": import_,
    "pre-flight": look_ahead,
    "enrol": enrol,
    "asks": write_asks,
    "blast": blast,
    "hear": hear,
    "read": read,
    "counts": count,
    "export recipients": export(exports.What.RECIPIENTS),
    "export messages": export(exports.What.MESSAGES),
}


def told(kind: str, sizes: list[int], costs: list[Costs]) -> None:
    print(f"{kind}: a recipient's cost with {', '.join(f'{size:,}' for size in sizes)} people")
    header = "".join(f"{f'{size:,} {what}':>18}" for size in sizes for what in SHOWN)
    print(f"  {'phase':18}{header}   CPU   wall")
    small, large = costs[0], costs[-1]
    for phase in small:
        figures = "".join(f"{value:18,.1f}" for cost in costs for value in cost[phase])
        print(f"  {phase:18}{figures}{grown(small, large, phase, at=0):6.2f}{grown(small, large, phase, at=1):7.2f}")
    cpu, wall = (total(large, at) / total(small, at) for at in (0, 1))
    most = max(each[2] for cost in costs for each in cost.values())
    print(f"  in all: {cpu:.2f} of the small size's CPU a recipient, {wall:.2f} of wall clock\n")
    cost, least = (f"{total(each, 0):,.0f} us CPU a recipient with {size:,}" for each, size in ends(costs, sizes))
    show(
        Figure(f"a whole campaign, {kind}", cost, least, cpu, f"at most {GROWS_AT_MOST}"),
        Figure(f"its largest process, {kind}", f"{most:.0f} MB", "none", None, f"at most {MEGABYTES_AT_MOST}"),
    )


def ends(costs: list[Costs], sizes: list[int]) -> list[tuple[Costs, int]]:
    """The largest size and the smallest."""
    return [(costs[-1], sizes[-1]), (costs[0], sizes[0])]


def total(costs: Costs, at: int) -> float:
    """CPU of ours and the server's; wall clock once for each phase."""
    return sum(cost[at] for phase, cost in costs.items() if at == 0 or "(server)" not in phase)


def grown(small: Costs, large: Costs, phase: str, *, at: int) -> float:
    return large[phase][at] / small[phase][at]


def is_anybody_due() -> bool:
    with db.reading() as session:
        return recipients.any_due(session, 1, clock.now())


def is_anything_queued() -> bool:
    with db.reading() as session:
        return queries.any_queued(session)


def home() -> Path:
    return Path(os.environ["HOME_OF_BENCH"])


def phone_of(number: int) -> str:
    return f"+1{212 + number // 7_000_000}{2_000_000 + number % 7_000_000:07d}"


def write_list(path: Path, people: int) -> None:
    with path.open("w", newline="", encoding="utf-8") as out:
        lines = csv.writer(out)
        lines.writerow(("First Name", "Last Name", "Cell Phone", "Email", "Timezone", "Connection", "Precinct"))
        for number in range(people):
            name = (("Ana", "José", "Mary Ann")[number % 3], f"Last{number}")
            more = (f"p{number}@example.org", "UTC", "came to our house party", f"P{number % 300}")
            lines.writerow((*name, phone_of(number), *more))


if __name__ == "__main__":
    main()
