"""Saving a campaign's form as it is typed: taken into the draft when it is whole, kept as it stands when it is not.

Each page says which version it has seen. Who has seen less is told who was faster; nobody's words go under.
"""

from datetime import datetime

from sqlmodel import Session
from werkzeug.datastructures import MultiDict

from phonebank.campaigns import queries, redrafting, spec
from phonebank.campaigns.models import Campaign, CampaignStatus
from phonebank.drafts import keeping
from phonebank.drafts import queries as drafts
from phonebank.drafts.models import Draft
from phonebank.errors import NotFoundError, PhonebankError, RefusedError
from phonebank.web import campaign_form

Form = MultiDict[str, str]


class ClashError(RefusedError):
    """Somebody else was faster. `stamp` is what stands there now; None when there is nothing to save over any more."""

    def __init__(self, sentence: str, stamp: str | None = None) -> None:
        self.stamp = stamp
        super().__init__(sentence)


def stamp(session: Session, campaign: Campaign) -> str:
    """Which version of which campaign this is: a number that is free again may be another's."""
    kept = _kept(session, campaign)
    return f"{campaign.created_at.timestamp():.0f}.{kept.version if kept else 0}"


def unfinished(session: Session, campaign: Campaign) -> Draft | None:
    """Changes that could not be taken into the draft as they are."""
    kept = _kept(session, campaign)
    return kept if kept is not None and kept.form else None


def who_was_faster(session: Session, campaign: Campaign) -> str:
    """As in "Vera Voss changed it at 14:02", on the campaign's own clock."""
    kept = _kept(session, campaign)
    return f"{kept.saved_by} changed it at {clock_time(kept.saved_at, campaign.timezone)}" if kept else "It was changed"


def keep_changes(session: Session, campaign_id: int, form: Form, *, by: str, now: datetime) -> tuple[str, list[str]]:
    """Save changes to a draft campaign. Returns the new stamp, and what is still to mend (then they are kept aside).

    Raises ClashError when somebody else saved, launched or deleted it since this page was opened.
    """
    campaign = _to_change(session, campaign_id)
    here = stamp(session, campaign)
    seen = form.get("over") or form.get("seen", here)
    if seen != here:
        raise ClashError(f"{who_was_faster(session, campaign)}, after you opened it.", here)
    if form.get("over"):
        _keep_theirs(session, campaign, by=by, now=now)
    wrong = _redraft(session, campaign, form, now)
    raw = campaign_form.raw_of(form) if wrong else {}
    version = int(here.rpartition(".")[2])
    keeping.save_of_campaign(session, campaign_id, campaign.created_at, version, raw, by=by, now=now)
    return stamp(session, campaign), wrong


def drop_changes(session: Session, campaign_id: int, *, by: str, now: datetime) -> None:
    """The draft as it was last whole."""
    campaign = _to_change(session, campaign_id)
    kept = _kept(session, campaign)
    if kept is not None:
        keeping.save_of_campaign(session, campaign_id, campaign.created_at, kept.version, {}, by=by, now=now)


def keep_new(session: Session, form: Form, *, by: str, now: datetime) -> Draft:
    """Save a campaign to be. Raises ClashError when somebody else saved, finished or deleted it."""
    raw, draft_id = campaign_form.raw_of(form), form.get("draft", type=int)
    if draft_id is None:
        return keeping.begin(session, raw, by=by, now=now)
    try:
        if form.get("over"):
            _keep_aside(session, drafts.by_id(session, draft_id), by=by, now=now)
        seen = form.get("over") or form.get("seen", "")
        return keeping.save(session, draft_id, int(seen) if seen.isdigit() else 0, raw, by=by, now=now)
    except keeping.OutdatedError as wrong:
        raise _clash(wrong.kept, form) from wrong


def finish(session: Session, form: Form, *, by: str, now: datetime) -> int:
    """Make the campaign that the form says. Returns its id; raises what is wrong with the form."""
    draft_id = form.get("draft", type=int)
    draft = drafts.by_id(session, draft_id, lock=True) if draft_id is not None else None
    if draft is not None:
        if (
            draft.is_deleted
            or draft.campaign_id is not None
            or str(draft.version) != (form.get("over") or form["seen"])
        ):
            raise _clash(draft, form)
        if form.get("over"):
            _keep_aside(session, draft, by=by, now=now)
    campaign = spec.create(session, spec.parse_table(campaign_form.to_table(form)), now)
    campaign.again_of = form.get("again_of", type=int)
    session.flush()
    assert campaign.id is not None
    if draft is not None:
        keeping.finish(session, draft, campaign.id, by=by, now=now)
    return campaign.id


def clock_time(at: datetime, zone: str) -> str:
    """As in "14:02", in this zone."""
    place = spec.known_zone(zone)
    return f"{at.astimezone(place) if place else at:%H:%M}"


def _kept(session: Session, campaign: Campaign) -> Draft | None:
    return drafts.of_campaign(session, campaign.id or 0, campaign.created_at)


def _to_change(session: Session, campaign_id: int) -> Campaign:
    """The draft campaign, nobody else's until the end of the transaction."""
    try:
        campaign = queries.by_id(session, campaign_id)
    except NotFoundError:
        buried = drafts.last_of_number(session, campaign_id)
        who = f"{buried.saved_by} deleted this campaign" if buried is not None else "This campaign was deleted"
        raise ClashError(f"{who}. What you typed is still here.") from None
    session.refresh(campaign, with_for_update=True)
    if campaign.status is not CampaignStatus.DRAFT:
        did = "closed" if campaign.status is CampaignStatus.CLOSED else "launched"
        told = f"This campaign was {did} by {campaign.launched_by or 'somebody'}: copy it, and change the copy."
        raise ClashError(f"{told} What you typed is still here.")
    if campaign.launch_at is not None:
        raise ClashError(f"{campaign.launched_by} has set a time for its launch: take that back first, then change it.")
    return campaign


def _redraft(session: Session, campaign: Campaign, form: Form, now: datetime) -> list[str]:
    assert campaign.id is not None
    try:
        _, base = campaign_form.from_spec(spec.dump(session, campaign))
        said = spec.parse_table(campaign_form.to_table(form, base))
        redrafting.redraft(session, campaign.id, said, now)
    except PhonebankError as wrong:
        return str(wrong).splitlines()
    return []


def _keep_theirs(session: Session, campaign: Campaign, *, by: str, now: datetime) -> None:
    """What is about to be saved over, as a draft of its own."""
    kept = _kept(session, campaign)
    shown, _ = campaign_form.from_spec(spec.dump(session, campaign))
    theirs = (
        kept.form
        if kept and kept.form
        else {name: list(value) if isinstance(value, list) else [str(value)] for name, value in shown.items()}
    )
    _begin_aside(session, theirs, whose=kept.saved_by if kept else by, now=now)


def _keep_aside(session: Session, theirs: Draft | None, *, by: str, now: datetime) -> None:
    if theirs is not None and theirs.form:
        _begin_aside(session, theirs.form, whose=theirs.saved_by or by, now=now)


def _begin_aside(session: Session, form: dict[str, list[str]], *, whose: str, now: datetime) -> None:
    name = next(iter(form.get("name", [])), "")
    keeping.begin(session, form | {"name": [f"{name} (as {whose} left it)"[:100]]}, by=whose, now=now)


def _clash(kept: Draft, form: Form) -> ClashError:
    at = clock_time(kept.saved_at, form.get("timezone", ""))
    if kept.is_deleted:
        return ClashError(f"{kept.saved_by} deleted this draft at {at}. What you typed is still here.")
    if kept.campaign_id is not None:
        return ClashError(f"{kept.saved_by} made this draft a campaign at {at}. What you typed is still here.")
    return ClashError(f"{kept.saved_by} changed it at {at}, after you opened it.", str(kept.version))
