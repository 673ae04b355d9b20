"""The carrier's own ledger shows the pace: so many segments in every one-second window, and who waits goes first."""

import time
from itertools import accumulate

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
    assert walk.ledger(first.people[0])[-1]["monotonic"] - written < 2.0
    assert len(walk.asks()) < 151, "the blast was over before: nothing was overtaken"
    assert busiest_second(walk.ledger()) <= 10
    walk.close(blast)
    walk.may_miss |= set(blast.people)
