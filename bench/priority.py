"""How long a volunteer's answer waits while a blast takes all of its sender's pace, and with no blast at all.

    python bench/priority.py [--answers 20] [--pace 75]

Real workers, clock and Redis; the carrier is a bare answering server 80 ms away. An answer waits from the commit that
writes it down until the carrier is told: the limit is the same wait with nothing else to say. Promised: under 2 s.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench.figures import Figure, show
from phonebank import db, jobs, logs, settings
from phonebank.messages.models import Message
from tests.support import answering, blast

PARTS = ("worker", "clock")
APART_S = 0.7


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--answers", type=int, default=20)
    parser.add_argument("--pace", type=int, default=75)
    asked = parser.parse_args()
    with blast.standing() as databases, answering.carrier(0.08) as address:
        os.environ["TWILIO_API_BASE_URL"] = address
        logs.configure("ERROR", None)
        for name, database in databases.items():
            idle = _waits(database, 1, asked.answers, asked.pace)
            busy = _waits(database, round(asked.pace * (asked.answers * APART_S + 20)), asked.answers, asked.pace)
            ratio = _median(busy) / _median(idle)
            what = f"a volunteer's answer behind a blast at {asked.pace} segments/s, {name}"
            show(Figure(what, _told(busy), f"no blast: {_told(idle)}", ratio, "ours at most 2 s"))


def _waits(database: str, asks: int, answers: int, pace: int) -> list[float]:
    """Seconds each answer waited, the shortest first."""
    campaign_id = blast.queue(database, asks + answers, pace)
    with _running():
        deadline = time.monotonic() + 120
        while not (all(jobs.hands().values()) and jobs.is_swept()) and time.monotonic() < deadline:
            time.sleep(0.2)
        jobs.ring("texts", blast.SERVICE)
        time.sleep(4)  # the blast is under way
        told = []
        for number in range(answers):
            told.append(blast.answer(campaign_id, number))
            time.sleep(APART_S)
        time.sleep(3)
        with db.reading() as session:
            texts = [session.get_one(Message, one) for one in told]
    return sorted((one.claimed_at - one.created_at).total_seconds() if one.claimed_at else 99.0 for one in texts)


def _median(waits: list[float]) -> float:
    return waits[len(waits) // 2]


def _told(waits: list[float]) -> str:
    return f"{_median(waits):.2f} s at the median, {waits[-1]:.2f} s at most"


@contextmanager
def _running() -> Iterator[None]:
    settings.load()
    children = [subprocess.Popen([sys.executable, "-m", "phonebank", part]) for part in PARTS]
    try:
        yield
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait(20)


if __name__ == "__main__":
    main()
