"""Keeps the recordings that an organizer uploads for the lines of a script, and gives them up."""

import secrets
from datetime import datetime

from sqlmodel import Session

from phonebank.calls import queries
from phonebank.calls.audio import Audio
from phonebank.calls.models import CallAudio
from phonebank.campaigns.models import Campaign, CampaignStatus, Channel
from phonebank.errors import RefusedError

LINES = ("greeting", "ask", "voicemail")
"""Which lines of a script can be recorded."""


def keep(  # noqa: PLR0913  # which line of which campaign, and whose recording
    session: Session, campaign: Campaign, line: str, language: str, audio: Audio, *, by: str, now: datetime
) -> None:
    """Put this recording in place of the line's words. What was recorded before is gone, and so is its address."""
    drop(session, campaign, line, language)
    assert campaign.id is not None
    row = CallAudio(
        campaign_id=campaign.id,
        line=line,
        language=language,
        token=secrets.token_urlsafe(24),
        content_type=audio.content_type,
        content=audio.content,
        seconds=audio.seconds,
        uploaded_by=by,
        uploaded_at=now,
    )
    session.add(row)
    session.flush()


def drop(session: Session, campaign: Campaign, line: str, language: str) -> None:
    """The line is spoken by the voice again. Refuses a campaign that was launched: calls may be playing it."""
    session.refresh(campaign, with_for_update=True)
    if campaign.channel is not Channel.CALL or line not in LINES:
        raise RefusedError("Only the lines of a campaign of calls are recorded.")
    if campaign.status is not CampaignStatus.DRAFT or campaign.launch_at is not None:
        raise RefusedError("This campaign was launched: copy it, and record the lines of the copy.")
    kept = queries.recorded_line(session, campaign.id or 0, line, language)
    if kept is not None:
        session.delete(kept)
        session.flush()
