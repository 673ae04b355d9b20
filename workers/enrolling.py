"""Everyone on a launched campaign's lists becomes a recipient; a campaign whose launch time has come is launched."""

from phonebank import clock, db
from phonebank.campaigns import launching, preflight, queries
from phonebank.campaigns.models import CampaignStatus
from phonebank.recipients import enrolling
from workers import opening


@opening.turn("enrolling")
def turn(key: str, _until: float) -> bool:
    """Launch this campaign if its time has come, then enrol it and begin."""
    _launch_if_due(int(key))
    enrolling.enrol(int(key), clock.now())
    return False


def _launch_if_due(campaign_id: int) -> None:
    now, settings = clock.now(), opening.settings()
    with db.reading() as session:
        campaign = queries.by_id(session, campaign_id)
        is_due = campaign.launch_at is not None and campaign.launch_at <= now
        if campaign.status is not CampaignStatus.DRAFT or not is_due:
            return
        parts = queries.parts_of(session, campaign)
        account = launching.account_of(settings)
        found = preflight.check(session, parts, settings=settings, account=account, now=now)
    with db.transaction() as session:
        launching.launch_scheduled(session, campaign, found, now)
