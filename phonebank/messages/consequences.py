"""What an error code asks of us beyond the one text it came for: of the person, the ledger, and the campaigns."""

from datetime import datetime

from sqlmodel import Session

from phonebank import logs
from phonebank.campaigns import lifecycle as campaigns
from phonebank.campaigns import queries as campaign_queries
from phonebank.gateway.codes import CodeAction, action, meaning
from phonebank.messages import tidying
from phonebank.messages.lifecycle import Claimed
from phonebank.messages.models import MessageKind
from phonebank.optouts import ledger
from phonebank.recipients import lifecycle as recipients

log = logs.get("messages")


def act_on_code(session: Session, text: Claimed, code: int | None, now: datetime) -> None:
    """What an error code asks of us beyond this one text."""
    log.warning("the carrier refused", message=text.id, code=code)
    match action(code):
        case CodeAction.OPTED_OUT:
            ledger.record(session, text.phone, because=meaning(code), by="the carrier", now=now)
            _unreachable(session, text, code)
            tidying.leave_alone(session, text.phone, now)
        case CodeAction.PAUSE_CAMPAIGN if text.campaign_id is not None:
            campaigns.pause(session, text.campaign_id, reason=f"The carrier refused: {meaning(code)}.", now=now)
        case CodeAction.STOP_EVERYTHING:
            for campaign_id in campaign_queries.running_ids(session):
                campaigns.pause(session, campaign_id, reason=f"The account was refused: {meaning(code)}.", now=now)
        case _:
            _unreachable(session, text, code)


def _unreachable(session: Session, text: Claimed, code: int | None) -> None:
    if text.recipient_id is not None and text.kind == MessageKind.ASK:
        recipients.mark_unreachable(session, [text.recipient_id], because=meaning(code))
