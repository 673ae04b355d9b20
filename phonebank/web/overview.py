"""A screenful of campaigns with what was last counted of each."""

from typing import Any

from phonebank import db
from phonebank.drafts import queries as drafts
from phonebank.reports import listings
from phonebank.tallies import queries as tallies


def screenful(before: int | None) -> dict[str, Any]:
    """campaigns, newest first; tallies by campaign id, if counted; before, older: where this and the next begin."""
    with db.reading() as session:
        found = listings.campaigns(session, before=before)
        counted = tallies.of_all(session, [one.id for one in found.rows if one.id is not None])
        session.expunge_all()
    return {"campaigns": found.rows, "tallies": counted, "before": before, "older": found.before}


def unfinished(*, is_first: bool) -> dict[str, Any]:
    """What somebody began to write and did not save, above the first screenful."""
    if not is_first:
        return {"unfinished": []}
    with db.reading() as session:
        return {"unfinished": drafts.unfinished(session)}
