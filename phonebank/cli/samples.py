"""A campaign tried out: a file checked before its lists are there, a test text with a made-up name."""

from datetime import datetime

from sqlmodel import Session

from phonebank import phone
from phonebank.campaigns import merging, queries, spec
from phonebank.campaigns.models import Campaign, Channel
from phonebank.campaigns.queries import Parts
from phonebank.campaigns.spec import CampaignSpec
from phonebank.campaigns.texts import someone
from phonebank.errors import NotFoundError, RefusedError
from phonebank.messages import composing
from phonebank.messages.composing import NewText
from phonebank.messages.models import MessageKind, Priority


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


def send_test(session: Session, campaign: Campaign, number: str, now: datetime) -> int:
    """Compose the first text for a made-up person to this number. Returns the message's id."""
    if campaign.channel is Channel.CALL:
        raise RefusedError("Campaigns of calls cannot be tried in this release yet: only texts go out.")
    parts = queries.parts_of(session, campaign)
    person = someone(now)
    first = next(queries.people_to_ask(session, parts, now=now), None)
    person.fields = dict(first.fields) if first is not None else {}
    text = NewText(
        phone=phone.parse(number),
        sender=campaign.sender,
        kind=MessageKind.TEST,
        body=merging.ask_text(campaign, parts.ask, person, 0, now),
        priority=Priority.ANSWER,
    )
    sent = composing.compose(session, text, now)
    assert sent is not None
    return sent
