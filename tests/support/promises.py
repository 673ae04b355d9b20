"""What must be so at the end of every story, by the carrier's own ledger."""

from collections import Counter
from datetime import timedelta

from phonebank import db
from phonebank.optouts import queries as optouts
from phonebank.optouts.models import Ban
from tests.support.walk import Walk

_ON_ITS_WAY = timedelta(seconds=2)  # what was claimed before they said stop may still be on its way


def check(walk: Walk) -> None:
    """Everybody asked exactly once, nobody after their stop, and every text that went is in our own books."""
    everybody_was_asked_once(walk)
    nobody_heard_from_us_after_their_stop(walk)
    every_text_is_in_our_books(walk)


def everybody_was_asked_once(walk: Walk) -> None:
    counted = Counter(row["to"] for row in walk.asks())
    times = Counter(number for drive in walk.drives for number in drive.people)
    wrong = {
        number: counted[number]
        for number in times
        if counted[number] > times[number] or (counted[number] < times[number] and number not in walk.may_miss)
    }
    assert not wrong, f"asked another number of times than once: {wrong}"


def nobody_heard_from_us_after_their_stop(walk: Walk) -> None:
    with db.reading() as session:
        stops = {one.phone: one for one in optouts.entries(session) if one.kind is Ban.OPT_OUT}
    after = [
        row["body"]
        for row in walk.ledger()
        if (stop := stops.get(row["to"])) is not None
        and row["at"] > (stop.recorded_at + _ON_ITS_WAY).isoformat()
        and not (stop.because == optouts.WRONG_NUMBER and "Sorry" in row["body"])
    ]
    assert not after, f"said to somebody who had asked us to stop: {after}"


def every_text_is_in_our_books(walk: Walk) -> None:
    known = {text.carrier_sid for number in {row["to"] for row in walk.ledger()} for text in walk.talk(number)}
    unknown = [row for row in walk.ledger() if row["sid"] not in known]
    assert not unknown, f"said, and not in our own books: {unknown}"
