"""Texts and calls in doubt, those that nobody should get any more, and those whose last report never came."""

from phonebank import clock, db
from phonebank.calls import reconciling as reconciling_calls
from phonebank.calls import tidying as tidying_calls
from phonebank.messages import closing, reconciling, tidying
from workers import opening


@opening.turn("reconciling")
def turn(_key: str, _until: float) -> bool:
    """One look for each text or call in doubt, one batch of each of the others; the clock rings for the next."""
    with db.reading() as session:
        untidy = [room for room in (tidying, tidying_calls) if not room.is_tidy(session, clock.now())]
    for room in untidy:
        with db.transaction() as session:
            room.tidy(session, clock.now())
    reconciling.settle_doubtful(opening.settings())
    closing.close_unreported(opening.settings())
    reconciling_calls.settle_doubtful(opening.settings())
    return False
