"""Makes a yes a commitment, schedules its reminders, and writes each down when its moment comes."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table
from sqlmodel import Session

from phonebank import logs
from phonebank.asks import wording
from phonebank.asks.models import Ask
from phonebank.asks.wording import WordingError
from phonebank.campaigns import merging
from phonebank.campaigns import queries as campaign_queries
from phonebank.campaigns.contact_hours import NeverOpen
from phonebank.campaigns.models import Campaign, CampaignStatus, FollowUpPlan
from phonebank.db import insert_ignoring
from phonebank.errors import RefusedError
from phonebank.followups import lifecycle, moments, queries, wishing
from phonebank.followups.models import Commitment, CommitmentStatus, FollowUp, FollowUpStatus
from phonebank.messages import composing
from phonebank.messages.models import MessageKind, Priority
from phonebank.optouts import queries as optouts
from phonebank.optouts.models import Ban
from phonebank.recipients import queries as recipient_queries
from phonebank.recipients.models import Recipient

_HELD_FOR = timedelta(minutes=10)

log = logs.get("followups")

_commitments: Table = Commitment.__table__  # type: ignore[attr-defined]  # SQLModel hides the table from mypy
_follow_ups: Table = FollowUp.__table__  # type: ignore[attr-defined]


def pledge(
    session: Session,
    campaign: Campaign,
    ask: Ask,
    recipient: Recipient,
    now: datetime,
    plans: Sequence[FollowUpPlan] | None = None,
) -> Commitment:
    """Their yes to this ask, standing, with its reminders scheduled. Giving it twice changes nothing.

    `plans` are the campaign's reminders where they are known already.
    """
    if plans is None:
        plans = campaign_queries.follow_up_plans_of(session, campaign)
    made, is_new = _stand(session, ask, recipient, now)
    assert made.id is not None
    _schedule(session, made.id, _due_reminders(campaign, ask, recipient, plans, now), is_new=is_new)
    return made


def _stand(session: Session, ask: Ask, recipient: Recipient, now: datetime) -> tuple[Commitment, bool]:
    """The commitment, and whether there was none: one that was taken back stands again."""
    assert recipient.id is not None
    assert ask.id is not None
    row: dict[str, Any] = {
        "recipient_id": recipient.id,
        "campaign_id": recipient.campaign_id,
        "ask_id": ask.id,
        "status": CommitmentStatus.PLEDGED,
        "token": secrets.token_urlsafe(24),
        "pledged_at": now,
    }
    insert = insert_ignoring(_commitments, session).returning(_commitments.c.id)
    made_id = session.connection().scalar(insert, row)
    if made_id is not None:
        return Commitment(id=made_id, **row), True
    made = queries.to_ask(session, recipient.id, ask.id)
    assert made is not None
    assert made.id is not None
    lifecycle.pledge_again(session, made.id, now)
    return made, False


def _due_reminders(
    campaign: Campaign, ask: Ask, recipient: Recipient, plans: Sequence[FollowUpPlan], now: datetime
) -> dict[int, datetime]:
    """When each of these reminders falls due, by its plan's id; one whose moment has passed is left out."""
    if ask.starts_at is None:
        return {}
    hours = moments.hours_of(campaign, recipient)
    there = moments.Event(ask.starts_at, ask.timezone)
    due = {
        plan.id or 0: moments.inside_hours(hours, ask.starts_at - timedelta(seconds=plan.before_seconds), there)
        for plan in plans
    }
    return {plan_id: due_at for plan_id, due_at in due.items() if due_at > now}


def _schedule(session: Session, commitment_id: int, due: dict[int, datetime], *, is_new: bool) -> None:
    rows = [
        {"commitment_id": commitment_id, "plan_id": plan_id, "due_at": due_at, "status": FollowUpStatus.SCHEDULED}
        for plan_id, due_at in due.items()
    ]
    if rows:
        session.connection().execute(insert_ignoring(_follow_ups, session), rows)
    if not is_new:
        for plan_id, due_at in due.items():
            lifecycle.schedule_again(session, commitment_id, plan_id=plan_id, due_at=due_at)


@dataclass(frozen=True)
class _Due:
    follow_up: FollowUp
    commitment: Commitment
    campaign: Campaign
    plan: FollowUpPlan | None  # None: they asked for this one themselves
    ask: Ask

    @property
    def texts(self) -> Mapping[str, Any]:
        return self.plan.texts if self.plan is not None else wishing.texts()

    @property
    def useless_at(self) -> datetime:
        """Written for its own day: "see you tomorrow" sends people a day late when it comes on the day itself."""
        its_day = moments.day_is_over(self.follow_up.due_at, self.ask.timezone)
        return min(its_day, self.ask.starts_at or its_day)


def write_due(session: Session, *, address: str, now: datetime, most: int = 200) -> int:
    """Write down the reminders whose moment has come, each once. Returns how many were looked at."""
    found = queries.due(session, now, most)
    for follow_up, commitment in found:
        campaign = campaign_queries.by_id(session, commitment.campaign_id)
        plan = session.get(FollowUpPlan, follow_up.plan_id) if follow_up.plan_id is not None else None
        ask = session.get(Ask, commitment.ask_id)
        if ask is not None:
            _write(session, _Due(follow_up, commitment, campaign, plan, ask), address, now)
    return len(found)


def _write(session: Session, due: _Due, address: str, now: datetime) -> None:
    assert due.follow_up.id is not None
    recipient = recipient_queries.by_id(session, due.commitment.recipient_id)
    is_useless = due.useless_at <= now or due.commitment.status not in lifecycle.STANDING
    if recipient is None or is_useless or due.campaign.status is CampaignStatus.CLOSED:
        lifecycle.lapse(session, due.follow_up.id)
        return
    if optouts.standing(session, recipient.phone).keys() == {Ban.HOLD} and now + _HELD_FOR < due.useless_at:
        lifecycle.put_off(session, due.follow_up.id, until=now + _HELD_FOR)
        return
    try:
        text = composing.NewText(
            phone=recipient.phone,
            sender=due.campaign.sender,
            kind=MessageKind.REMINDER,
            body=_words(session, due, recipient, address, now),
            priority=Priority.REMINDER,
            campaign_id=due.campaign.id,
            recipient_id=recipient.id,
            step=f"reminder:{due.follow_up.id}",
            useless_at=due.useless_at,
        )
        composing.compose(session, text, now)  # another turn may be at it too: its step is written once
    except (RefusedError, WordingError, NeverOpen) as wrong:
        log.warning("a reminder cannot be written", follow_up=due.follow_up.id, error=type(wrong).__name__)
        lifecycle.lapse(session, due.follow_up.id)
    else:
        lifecycle.mark_sent(session, due.follow_up.id)


def _words(session: Session, due: _Due, recipient: Recipient, address: str, now: datetime) -> str:
    contact = recipient_queries.contact_of(session, recipient)
    link = link_of(due.commitment, address)
    template = due.texts.get(contact.language) or due.texts["en"]
    fields = merging.fields_for(contact, due.campaign, due.ask, link=link, now=now)
    return wording.render(str(template), fields)


def link_of(commitment: Commitment, address: str) -> str:
    """The supporter's own page behind this commitment."""
    return f"{address}/y/{commitment.token}"
