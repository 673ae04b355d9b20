"""Small numbers beside a place of the navigation: how much waits there."""

from flask import g
from sqlalchemy.exc import SQLAlchemyError

from phonebank import db
from phonebank.reports import queues
from phonebank.reports.lately import lately


def queue_badge() -> int:
    """How many rows of the queues wait for a person; counted once a request."""
    if "queue_badge" not in g:
        try:
            with db.reading() as session:
                g.queue_badge = lately("queue badge", lambda: queues.counts(session).total)
        except SQLAlchemyError:
            return 0  # the page says on its own that the database does not answer
    waiting: int = g.queue_badge
    return waiting
