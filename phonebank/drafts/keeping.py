"""Keeps a form as it is typed; who has seen less than is kept is told who was faster, and overwrites nothing."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from phonebank.drafts import queries
from phonebank.drafts.models import Draft
from phonebank.errors import RefusedError

Form = dict[str, Any]


class OutdatedError(RefusedError):
    """Somebody else saved, finished or deleted it since: `kept` is what stands there now."""

    def __init__(self, kept: Draft) -> None:
        self.kept = kept
        did = "deleted this draft" if kept.is_deleted else "changed this draft"
        super().__init__(f"{kept.saved_by} {did} after you opened it.")


def begin(session: Session, form: Form, *, by: str, now: datetime, campaign_id: int | None = None) -> Draft:
    """A first save."""
    made = Draft(form=form, saved_by=by, saved_at=now, campaign_id=campaign_id)
    session.add(made)
    session.flush()
    return made


def save(session: Session, draft_id: int, seen: int, form: Form, *, by: str, now: datetime) -> Draft:
    """The form in place of what this person saw. Raises OutdatedError when it is not what stands there any more."""
    kept = queries.by_id(session, draft_id, lock=True)
    if kept is None:
        raise RefusedError("There is no such draft any more.")
    if kept.version != seen or kept.is_deleted or kept.campaign_id is not None:
        raise OutdatedError(kept)
    _write(session, kept, form, by, now)
    return kept


def save_of_campaign(  # noqa: PLR0913 - whose, what was seen, what is said now
    session: Session, campaign_id: int, since: datetime, seen: int, form: Form, *, by: str, now: datetime
) -> Draft:
    """The same of a campaign made at `since`, whose row the caller has locked. An empty form: it says all of it."""
    kept = queries.of_campaign(session, campaign_id, since)
    if kept is None and seen == 0:
        return begin(session, form, by=by, now=now, campaign_id=campaign_id)
    if kept is None:
        raise RefusedError("This draft was replaced by another. Open it anew.")
    if kept.version != seen or kept.is_deleted:
        raise OutdatedError(kept)
    _write(session, kept, form, by, now)
    return kept


def finish(session: Session, draft: Draft, campaign_id: int, *, by: str, now: datetime) -> None:
    """It has become this campaign, which says all of it."""
    draft.campaign_id = campaign_id
    _write(session, draft, {}, by, now)


def forget(session: Session, draft: Draft, *, by: str, now: datetime) -> None:
    """Its words are gone; that they were deleted, and by whom, is kept."""
    draft.is_deleted = True
    _write(session, draft, {}, by, now)


def bury(session: Session, campaign_id: int, since: datetime, *, by: str, now: datetime) -> None:
    """Its campaign is deleted: whoever still edits it is told by whom."""
    kept = queries.of_campaign(session, campaign_id, since)
    forget(session, kept or begin(session, {}, by=by, now=now, campaign_id=campaign_id), by=by, now=now)


def _write(session: Session, draft: Draft, form: Form, by: str, now: datetime) -> None:
    draft.form, draft.saved_by, draft.saved_at = form, by, now
    draft.version += 1
    session.add(draft)
    session.flush()
