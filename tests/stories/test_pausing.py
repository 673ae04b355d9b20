"""Pause, resume and close take effect within two seconds, and a pause costs nobody their ask."""

import time

WITHIN_S = 2.0


def _spoken_between(walk, begun, ended):
    return [row["to"] for row in walk.ledger() if begun < row["monotonic"] < ended]


def test_a_paused_blast_is_silent_until_it_is_resumed_and_then_misses_nobody(walk):
    drive = walk.launch(90, limits={"segments_per_second": 15})
    walk.until(lambda: len(walk.asks()) >= 15)
    walk.pause(drive)
    paused = time.monotonic()
    walk.until(lambda: time.monotonic() > paused + WITHIN_S + 2.5)
    resumed = time.monotonic()
    assert not _spoken_between(walk, paused + WITHIN_S, resumed)
    assert len(walk.asks()) < 90
    walk.resume(drive)
    walk.until_asked()


def test_a_yes_during_a_pause_is_confirmed_when_it_ends(walk):
    drive = walk.launch(1)
    walk.until_asked()
    walk.pause(drive)
    walk.says(drive.people[0], "Yes!")
    walk.until(lambda: walk.recipient(drive.people[0]).outcome == "yes")
    walk.resume(drive)
    walk.until_heard(drive.people[0], "Wonderful")


def test_a_closed_campaign_says_nothing_more_and_still_hears(walk):
    drive = walk.launch(70, limits={"segments_per_second": 15})
    walk.until(lambda: len(walk.asks()) >= 10)
    walk.close(drive)
    closed = time.monotonic()
    first = walk.asks()[0]["to"]
    walk.says(first, "Yes, count me in")
    walk.until(lambda: walk.handoff(first), "a late yes is shown to a person")
    walk.until(lambda: time.monotonic() > closed + WITHIN_S + 1.5)
    assert not _spoken_between(walk, closed + WITHIN_S, time.monotonic())
    walk.may_miss |= set(drive.people) - {row["to"] for row in walk.asks()}
    assert walk.may_miss
    assert walk.handoff(first).reason == "late"
