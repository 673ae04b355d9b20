"""The carrier's own ledger shows the pace: so many segments in every one-second window, and who waits goes first."""

import random
import time
from itertools import accumulate

import pytest

from phonebank import jobs
from tests.support import lineage
from tests.support.walk import ASK

LONG = ASK.replace("Can I", "The bill is heard six days later, and calls from neighbors move votes. " * 2 + "Can I")


def busiest_second(rows):
    """The most segments that came in any one second, wherever it begins."""
    rows = sorted(rows, key=lambda row: row["monotonic"])
    so_far = [0, *accumulate(row["segments"] for row in rows)]
    most = last = 0
    for first, row in enumerate(rows):
        while last < len(rows) and rows[last]["monotonic"] < row["monotonic"] + 1.0:
            last += 1
        most = max(most, so_far[last] - so_far[first])
    return most


def test_a_blast_of_long_texts_keeps_its_segments_a_second(walk):
    drive = walk.launch(60, limits={"segments_per_second": 30}, ask=walk.ask(texts=[LONG]))
    walk.until_asked(drive)
    assert min(row["segments"] for row in walk.asks()) >= 2
    assert busiest_second(walk.asks()) <= 30


def test_two_campaigns_on_one_sender_share_its_pace(walk):
    for _campaign in range(2):
        walk.launch(50, limits={"segments_per_second": 20})
    walk.until_asked()
    assert busiest_second(walk.asks()) <= 20


def test_an_answer_overtakes_a_blast(walk):
    first = walk.launch(1)
    walk.until_asked(first)
    blast = walk.launch(150, limits={"segments_per_second": 10})
    walk.until(lambda: len(walk.asks()) >= 10)
    walk.carrier.reply(first.people[0], "Yes!")
    walk.until(lambda: walk.talk(first.people[0])[-1].kind == "confirmation")
    written = time.monotonic()
    walk.until_heard(first.people[0], "Wonderful")
    heard = walk.ledger(first.people[0])[-1]["monotonic"]
    passed = [row for row in walk.asks() if written < row["monotonic"] < heard]
    assert len(passed) <= 20, (
        "two seconds' worth of the blast went first"
    )  # counted, since a busy machine is slow in all
    assert len(walk.asks()) < 151, "the blast was over before: nothing was overtaken"
    assert busiest_second(walk.ledger()) <= 10
    walk.close(blast)
    walk.may_miss |= set(blast.people)


@pytest.fixture
def second_worker(walk):
    """Another bulk worker, as another machine would have."""
    walk.house.start("bulk 2")
    yield walk.house.parts["bulk 2"]
    walk.house.kill("bulk 2")


def test_two_busy_workers_of_one_sender_keep_its_pace_together(walk, second_worker):
    chance, together = random.Random(7), 0
    drive = walk.launch(140, limits={"segments_per_second": 20})
    while len(walk.asks()) < 140:
        walk.until(lambda: walk.house.is_busy("bulk") or len(walk.asks()) == 140)
        together += bool(lineage.children(second_worker.pid))
        jobs.lift_flag("texts", drive.sender)  # a turn that uses up the pace holds the bell, and no second one comes
        jobs.ring("texts", drive.sender)
        walk.house.freeze("bulk")  # a machine with too much to do
        time.sleep(chance.uniform(0.05, 0.2))
        walk.house.thaw("bulk")
        time.sleep(chance.uniform(0.1, 0.3))
    assert together > 5, "only one of them ever spoke"
    walk.until_asked(drive)
    assert busiest_second(walk.asks()) <= 20
