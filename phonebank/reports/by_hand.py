"""How far volunteers have come with a campaign's first texts, where they send them by hand."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from phonebank.campaigns.models import Campaign, SentBy
from phonebank.messages import queries as messages
from phonebank.recipients import queries as recipients


def by_hand(session: Session, campaign: Campaign, now: datetime) -> dict[str, Any] | None:
    """{"texts", "volunteers", "at_it", "says"}; None where the machine sends. `at_it` have people in hand now."""
    if campaign.sent_by != SentBy.PEOPLE or campaign.id is None:
        return None
    texts = sum(messages.by_hand(session, campaign.id).values())
    volunteers = messages.writers_by_hand(session, campaign.id)
    at_it = recipients.count_hands(session, campaign.id, now)
    said = f"{texts:,} by {volunteers:,} so far" if texts else "none so far"
    here = f"{at_it:,} {'is' if at_it == 1 else 'are'} at it now" if at_it else "nobody is at it now"
    says = f"Volunteers send the first texts by hand: {said}, {here}."
    return {"texts": texts, "volunteers": volunteers, "at_it": at_it, "says": says}
