"""A campaign's call to oneself, for a made-up person, before anybody else gets one."""

from datetime import datetime

from sqlmodel import Session

from phonebank import phone
from phonebank.calls.models import Call, CallKind
from phonebank.campaigns.models import Campaign, CampaignStatus, Channel
from phonebank.errors import RefusedError
from phonebank.jobs import ring_after_commit


def call_me(session: Session, campaign: Campaign, number: str, now: datetime, *, language: str = "en") -> int:
    """Call this number at once, at any hour. Returns the call's id. Nothing answered in it counts."""
    if campaign.channel is not Channel.CALL or campaign.status is not CampaignStatus.DRAFT:
        raise RefusedError("Only a draft campaign of calls is tried. Make a copy, and try that.")
    if not campaign.sender.startswith("+"):
        raise RefusedError("Calls go out from a number (+1…). Change the sender of this campaign to one.")
    to = phone.parse(number)
    if to == campaign.sender:
        raise RefusedError("That is the campaign's own number. Give yours.")
    call = Call(
        kind=CallKind.TEST,
        campaign_id=campaign.id,
        phone=to,
        sender=campaign.sender,
        language=language,
        due_at=now,
        created_at=now,
    )
    session.add(call)
    session.flush()
    assert call.id is not None
    ring_after_commit(session, "calls", campaign.sender)
    return call.id
