"""Saved answers: words that organizers prepare, and volunteers insert by a tap or by a slash and a few letters."""

import re
from datetime import datetime

from sqlmodel import Session

from phonebank.asks import wording
from phonebank.asks.typed import sendable
from phonebank.errors import BadInputError, NotFoundError
from phonebank.handoffs import queries
from phonebank.handoffs.models import SavedAnswer

_SHORTCUT = re.compile(r"[^\W_][\w-]{0,29}")


def save(session: Session, shortcut: str, body: str, campaign_id: int | None, *, by: str, now: datetime) -> SavedAnswer:
    """Keep these words under their shortcut; the same shortcut of the same campaign again takes the new words.

    Raises BadInputError for a shortcut that cannot be typed after a slash, and for words with a broken merge field.
    """
    name = shortcut.strip().lstrip("/").lower()
    if not _SHORTCUT.fullmatch(name):
        raise BadInputError("Give it a short name of letters and digits, without blanks: volunteers type it after a /.")
    words = sendable(body)
    wording.parse(words)
    found = queries.saved_as(session, name, campaign_id) or SavedAnswer(
        shortcut=name, body=words, campaign_id=campaign_id, saved_by=by, saved_at=now
    )
    found.body, found.saved_by, found.saved_at = words, by, now
    session.add(found)
    session.flush()
    return found


def forget(session: Session, saved_id: int) -> None:
    """Take one away. Raises NotFoundError when somebody has already."""
    found = session.get(SavedAnswer, saved_id)
    if found is None:
        raise NotFoundError("This saved answer is gone already: somebody else has deleted it.")
    session.delete(found)
