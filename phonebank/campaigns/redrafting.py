"""Changes a draft to say what a campaign file or the form says now; what was launched stays as it was launched."""

from datetime import datetime

from sqlmodel import Session, SQLModel

from phonebank.asks.models import Ask
from phonebank.campaigns import queries, spec
from phonebank.campaigns.models import Campaign, CampaignList, CampaignStatus
from phonebank.campaigns.queries import Parts
from phonebank.campaigns.spec_models import CampaignSpec
from phonebank.errors import RefusedError

_STAYS = frozenset(
    {
        "id",
        "ask_id",
        "status",
        "paused_reason",
        "spent_micros",
        "launch_at",
        "launched_at",
        "launched_by",
        "launched_because",
        "created_at",
        "again_of",
    }
)


def redraft(session: Session, campaign_id: int, said: CampaignSpec, now: datetime) -> Campaign:
    """The draft, rewritten in place. Refuses a campaign that was launched or has a launch time, and a taken name."""
    campaign = queries.by_id(session, campaign_id)
    session.refresh(campaign, with_for_update=True)
    if campaign.status is not CampaignStatus.DRAFT or campaign.launch_at is not None:
        raise RefusedError(f"“{campaign.name}” was launched or is about to be: copy it, and change the copy.")
    if said.name != campaign.name and queries.is_taken(session, said.name):
        raise RefusedError(f"There is already a campaign named “{said.name}”: choose another name.")
    fresh = spec.rows(session, said, now)
    _clear(session, queries.parts_of(session, campaign), campaign_id)
    _take_over(fresh.campaign, campaign, _STAYS)
    _take_over(fresh.ask, queries.ask_of(session, campaign), frozenset({"id"}))
    _fill(session, fresh, campaign_id)
    return campaign


def discard(session: Session, campaign: Campaign) -> None:
    """Delete a draft with all that belongs to it. Refuses one that was launched or has a launch time."""
    session.refresh(campaign, with_for_update=True)
    if campaign.status is not CampaignStatus.DRAFT or campaign.launch_at is not None:
        raise RefusedError(f"“{campaign.name}” was launched or is about to be: it can be closed, not deleted.")
    assert campaign.id is not None
    own = queries.ask_of(session, campaign)
    _clear(session, queries.parts_of(session, campaign), campaign.id)
    session.delete(campaign)
    session.flush()
    session.delete(own)
    session.flush()


def _clear(session: Session, old: Parts, campaign_id: int) -> None:
    links = (session.get(CampaignList, (campaign_id, list_id)) for list_id in old.list_ids)
    for row in [*old.plans, *(alternative for alternative, _ in old.alternatives), *filter(None, links)]:
        session.delete(row)
    session.flush()  # an alternative lets go of its ask before the ask goes
    for _, ask in old.alternatives:
        session.delete(ask)
    session.flush()


def _take_over(fresh: SQLModel, kept: SQLModel, stays: frozenset[str]) -> None:
    for name in type(kept).model_fields.keys() - stays:
        setattr(kept, name, getattr(fresh, name))


def _fill(session: Session, fresh: Parts, campaign_id: int) -> None:
    session.add_all(ask for _, ask in fresh.alternatives)
    session.flush()
    for alternative, ask in fresh.alternatives:
        alternative.campaign_id, alternative.ask_id = campaign_id, _id(ask)
        session.add(alternative)
    for plan in fresh.plans:
        plan.campaign_id = campaign_id
        session.add(plan)
    session.add_all(CampaignList(campaign_id=campaign_id, list_id=list_id) for list_id in fresh.list_ids)
    session.flush()


def _id(ask: Ask) -> int:
    assert ask.id is not None
    return ask.id
