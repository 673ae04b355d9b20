"""A campaign file checked before its lists are there."""

from datetime import datetime

from sqlmodel import Session

from phonebank.campaigns import queries, spec
from phonebank.campaigns.queries import Parts
from phonebank.campaigns.spec import CampaignSpec
from phonebank.errors import NotFoundError


def parts_as_far_as_known(session: Session, described: CampaignSpec, now: datetime) -> tuple[Parts, list[str]]:
    """The rows a file would become, without the lists that are not there yet, and a sentence for each of those."""
    missing: dict[str, str] = {}
    for name in (*described.lists, *described.exclude.lists):
        try:
            queries.list_named(session, name)
        except NotFoundError as wrong:
            missing[name] = str(wrong)
    here = tuple(name for name in described.lists if name not in missing)
    kept_out = tuple(name for name in described.exclude.lists if name not in missing)
    exclude = described.exclude.model_copy(update={"lists": kept_out})
    known = described.model_copy(update={"lists": here, "exclude": exclude})
    return spec.rows(session, known, now), list(missing.values())
