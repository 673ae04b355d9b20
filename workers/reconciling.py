"""Texts in doubt, texts that nobody should get any more, and texts whose last report never came."""

from phonebank import clock, db
from phonebank.messages import closing, reconciling, tidying
from workers import opening


@opening.turn("reconciling")
def turn(_key: str, _until: float) -> bool:
    """One look for each text in doubt, one batch of each of the others; the clock rings for the next."""
    with db.reading() as session:
        is_tidy = tidying.is_tidy(session, clock.now())
    if not is_tidy:
        with db.transaction() as session:
            tidying.tidy(session, clock.now())
    reconciling.settle_doubtful(opening.settings())
    closing.close_unreported(opening.settings())
    return False
