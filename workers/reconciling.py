"""Texts in doubt, and texts that nobody should get any more."""

from phonebank import clock, db
from phonebank.messages import reconciling, tidying
from workers import opening


@opening.turn("reconciling")
def turn(_key: str, _until: float) -> bool:
    """One look for each text in doubt, one batch of tidying; the clock rings for the next."""
    with db.transaction() as session:
        tidying.tidy(session, clock.now())
    reconciling.settle_doubtful(opening.settings())
    return False
