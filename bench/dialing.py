"""How well dialing keeps its pace: calls a second that the carrier saw, beside what the campaign asks for.

    python bench/dialing.py [--seconds 30] [--database sqlite|postgresql|both]

The sender's own loop dials people who are busy, by the stand-in carrier and with the web part hearing its reports. Told
are the mean pace between the first call and the last, and the most calls in any one second, which the carrier limits.
"""

import argparse
import sys
import time
from bisect import bisect_left
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlmodel import Session

from bench import calls, walk
from bench.figures import Figure, show
from phonebank import clock, db, settings, tables
from phonebank.calls import dialing
from phonebank.calls.models import Call, CallStatus
from phonebank.campaigns.models import Campaign, CampaignStatus
from phonebank.contacts.models import Consent
from phonebank.rehearsal import remote
from tests.support.blast import ACCOUNT, TOKEN
from tests.support.servers import free_port

PACES = (1, 10, 25)
WITHIN = 0.05
SECOND = timedelta(seconds=1)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--database", default="both", choices=("sqlite", "postgresql", "both"))
    asked = parser.parse_args()
    for kind in ("sqlite", "postgresql") if asked.database == "both" else (asked.database,):
        for pace in PACES:
            _measure(kind, pace, pace * asked.seconds)


def _measure(kind: str, pace: int, people: int) -> None:
    with ExitStack() as stack:
        home, port = Path(stack.enter_context(TemporaryDirectory())), free_port()
        carrier = stack.enter_context(remote.spawn(account_sid=ACCOUNT, auth_token=TOKEN, calls_per_second=1000))
        house = walk._open(stack, home, port, carrier.url, walk._database(stack, kind))  # noqa: SLF001
        log = stack.enter_context((home / "web.log").open("w"))
        stack.enter_context(walk._running([sys.executable, "-m", "phonebank", "web"], log))  # noqa: SLF001
        walk._until(lambda: walk._answers(port), 60)  # noqa: SLF001
        _write_down(people, pace)
        moments = _dialed(house, carrier, people)
    mean = (people - 1) / (moments[-1] - moments[0]).total_seconds()
    most = max(bisect_left(moments, at + SECOND) - number for number, at in enumerate(moments))
    show(
        Figure(
            f"{people:,} calls dialed at {pace}/s, {kind}", f"{mean:.2f}/s", f"{pace}/s", mean / pace, "0.95 to 1.05"
        ),
        Figure(f"most of these in one second, {kind}", f"{most}", f"{pace}", most / pace, "at most 1"),
    )


def _write_down(people: int, pace: int) -> None:
    calls._write_down(people)  # noqa: SLF001
    with db.transaction() as session:
        _change(session, Campaign, status=CampaignStatus.RUNNING)
        drive = session.get_one(Campaign, 1)
        drive.call_script = drive.call_script | {"calls_per_second": float(pace), "open_lines": 10_000}
        lapses = clock.now() + timedelta(hours=1)
        undialed = {
            "status": CallStatus.QUEUED,
            "claimed_at": None,
            "carrier_sid": None,
            "attempts": 0,
            "cost_micros": 1,
        }
        agreed = {"source": "a sign-up sheet", "recorded_at": clock.now(), "recorded_by": "a benchmark"}
        calls._insert(session, Consent, [{"phone": one, **agreed} for one in calls._phones(people)])  # noqa: SLF001
        _change(session, Call, due_at=clock.now(), lapses_at=lapses, **undialed)


def _change(session: Session, kind: type[Call] | type[Campaign], **values: object) -> None:
    session.connection().execute(tables.metadata.tables[str(kind.__tablename__)].update().values(**values))


def _dialed(house: settings.Settings, carrier: remote.Carrier, people: int) -> list[datetime]:
    """When the carrier was asked for each call, in order."""
    carrier.manners({number: {"takes": "busy"} for number in calls._phones(people)})  # noqa: SLF001
    dialing.dial_due(house, calls.SENDER, until=time.monotonic() + 600)
    rows = carrier.calls(brief=True)
    assert len(rows) == people, f"{len(rows)} of {people} were dialed"
    return sorted(datetime.fromisoformat(row["at"]) for row in rows)


if __name__ == "__main__":
    main()
