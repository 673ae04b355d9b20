"""Webhooks kept on disk while the database was down."""

from phonebank.messages import spool
from workers import opening


@opening.turn("spool")
def turn(_key: str, _until: float) -> bool:
    """Replay everything spooled, opt-outs first."""
    spool.replay(opening.settings().var / "spool")
    return False
