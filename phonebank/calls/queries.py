"""Reads of calls."""

from sqlmodel import Session, col, select

from phonebank.calls.models import Call, CallAudio
from phonebank.campaigns.models import Campaign


def by_id(session: Session, call_id: int, *, lock: bool = False) -> Call | None:
    """One call; locked, where the database locks rows, so that two webhooks about it take turns."""
    found = select(Call).where(Call.id == call_id).execution_options(populate_existing=True)
    return session.exec(found.with_for_update() if lock else found).first()


def by_sid(session: Session, sid: str) -> Call | None:
    """The call that the carrier knows by this id."""
    return session.exec(select(Call).where(Call.carrier_sid == sid)).first()


def audio_of(session: Session, campaign_id: int) -> dict[tuple[str, str], str]:
    """The token of each recorded line of a campaign, by line and language."""
    rows = session.exec(
        select(CallAudio.line, CallAudio.language, CallAudio.token).where(CallAudio.campaign_id == campaign_id)
    )
    return {(line, language): token for line, language, token in rows}


def last_campaign_from(session: Session, sender: str) -> Campaign | None:
    """The newest campaign that reaches people from this number of ours."""
    ours = select(Campaign).where(Campaign.sender == sender).order_by(col(Campaign.id).desc())
    return session.exec(ours.limit(1)).first()


def is_ours(session: Session, phone: str) -> bool:
    """Whether campaigns call or text from this number."""
    return session.exec(select(Campaign.id).where(Campaign.sender == phone).limit(1)).first() is not None
