"""From a list to people who came: how many are at each step, and what share of the step before they are."""

from enum import StrEnum
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from phonebank.followups.models import Commitment, CommitmentStatus
from phonebank.intents import Outcome
from phonebank.recipients.models import RecipientStatus
from phonebank.reports.passes import Passes

SAID_AGAIN = (CommitmentStatus.CONFIRMED, CommitmentStatus.KEPT)


class Step(StrEnum):
    RECIPIENTS = "recipients"  # people on its lists whom nothing left out
    SENT = "sent"
    DELIVERED = "delivered"
    REPLIED = "replied"
    YES = "yes"
    CONFIRMED = "confirmed"  # who came without a word did so too
    KEPT = "kept"


def funnel(session: Session, campaign_id: int, seen: Passes) -> list[dict[str, Any]]:
    """{"step", "people", "of_before"} in order; a share is None where nobody came so far as to take the step."""
    numbers = {
        Step.RECIPIENTS: sum(seen.statuses.values()) - seen.statuses[RecipientStatus.EXCLUDED],
        Step.SENT: seen.asked,
        Step.DELIVERED: seen.delivered_asks,
        Step.REPLIED: seen.replied,
        Step.YES: seen.outcomes[Outcome.YES],
        Step.CONFIRMED: _committed(session, campaign_id, SAID_AGAIN),
        Step.KEPT: _committed(session, campaign_id, (CommitmentStatus.KEPT,)),
    }
    before = [None, *numbers.values()]
    return [
        {"step": step.value, "people": people, "of_before": round(people / earlier, 4) if earlier else None}
        for (step, people), earlier in zip(numbers.items(), before, strict=False)
    ]


def _committed(session: Session, campaign_id: int, among: tuple[CommitmentStatus, ...]) -> int:
    people = func.count(func.distinct(col(Commitment.recipient_id)))
    theirs = select(people).where(Commitment.campaign_id == campaign_id, col(Commitment.status).in_(among))
    return session.exec(theirs).one()
