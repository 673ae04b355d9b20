"""What a campaign brings, by place and by hour, whom nothing reaches and why, and the volunteers it takes.

Read from the rows alone: of a rehearsal they are the forecast, of a campaign under way how it goes so far.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Integer, cast, extract, func
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from phonebank.campaigns.models import Campaign, CampaignStatus
from phonebank.followups.models import Commitment, FollowUp, FollowUpStatus
from phonebank.gateway.codes import meaning
from phonebank.handoffs.models import Handoff
from phonebank.messages import queries as messages
from phonebank.messages.models import Direction, Message
from phonebank.recipients.models import Recipient, RecipientStatus
from phonebank.reports import heard, places, staffing
from phonebank.reports.staffing import QUARTER_S, Bound
from phonebank.reports.standing import standing
from phonebank.reports.waiting import left_out

_HOUR_S = 3600


def counted(session: Session, campaign: Campaign) -> dict[str, Any]:
    """People, texts out and in, segments, cost in US dollars, replies by intent, outcomes, handoffs."""
    assert campaign.id is not None
    stands = standing(session, campaign)
    people = sum(stands["recipients"].values())
    return {
        "recipients": people,
        "asked": people - stands["recipients"][RecipientStatus.PENDING],
        "texts": sum(stands["messages"].values()) - stands["messages"]["queued"] - stands["messages"]["canceled"],
        "segments": stands["segments"],
        "cost": stands["cost"],
        "inbound": stands["inbound"],
        "replies": heard.by_intent(session, campaign.id),
        "outcomes": stands["outcomes"],
        "handoffs": sum(stands["handoffs"].values()),
        "opted_out": stands["outcomes"]["opted_out"],
    }


def course(session: Session, campaign: Campaign, began: datetime, bound: Bound) -> dict[str, Any]:
    """How it went by place and hour; spans in seconds from `began`, moments on the campaign's own clock.

    zones: {"place", "zones", "people", "asked", "first_ask", "last_ask", "finish_s"}, those that finish first first.
    hours: {"at", "asks", "replies", "handoffs", "volunteers"}, each in which something happened.
    blocked: {"number", "of", "because"}, of people who are not asked and of texts that did not arrive.
    staffing: {"wait_s", "handling_s", "share", "volunteers", "in_time"}; see reports.staffing.
    """
    asks = _by_quarter(session, col(Recipient.asked_at), Recipient.campaign_id == campaign.id)
    inbound = (Message.campaign_id == campaign.id) & (Message.direction == Direction.IN)
    replies = _by_quarter(session, col(Message.created_at), inbound)
    handoffs = _by_quarter(session, col(Handoff.opened_at), Handoff.campaign_id == campaign.id)
    zones = _zones(session, campaign, began)
    volunteers, in_time = staffing.at_once(handoffs, bound)
    return {
        "began": _local(began, campaign),
        "zones": zones,
        "finish_s": max((zone["finish_s"] for zone in zones if zone["finish_s"] is not None), default=None),
        "hours": _hours(campaign, asks, replies, handoffs, bound),
        "handoff_share": round(sum(handoffs.values()) / max(1, sum(asks.values())), 4),
        "reminders": _reminders(session, campaign),
        "blocked": _blocked(session, campaign),
        "staffing": {
            "wait_s": bound.wait.total_seconds(),
            "handling_s": bound.handling.total_seconds(),
            "share": bound.share,
            "volunteers": volunteers,
            "in_time": round(in_time, 4),
        },
    }


def _zones(session: Session, campaign: Campaign, began: datetime) -> list[dict[str, Any]]:
    asked_at = col(Recipient.asked_at)
    told = columns(col(Recipient.zones), func.count(), func.count(asked_at), func.min(asked_at), func.max(asked_at))
    theirs = told.where(col(Recipient.campaign_id) == campaign.id).group_by(col(Recipient.zones))
    found: dict[str, dict[str, Any]] = {}
    for zones, people, asked, first, last in session.connection().execute(theirs):
        place = found.setdefault(places.place(zones), {"zones": [], "people": 0, "asked": 0, "first": [], "last": []})
        place["zones"].append(zones)
        place["people"] += people
        place["asked"] += asked
        place["first"] += [first] if first else []
        place["last"] += [last] if last else []
    shown = [_zone(name, place, campaign, began) for name, place in found.items()]
    return sorted(shown, key=lambda zone: (zone["finish_s"] is None, zone["finish_s"], zone["place"]))


def _zone(name: str, found: dict[str, Any], campaign: Campaign, began: datetime) -> dict[str, Any]:
    first, last = min(found["first"], default=None), max(found["last"], default=None)
    return {
        "place": name,
        "zones": sorted(found["zones"]),
        "people": found["people"],
        "asked": found["asked"],
        "first_ask": _local(first, campaign) if first else None,
        "last_ask": _local(last, campaign) if last else None,
        "finish_s": round((last - began).total_seconds()) if last else None,
    }


def _hours(
    campaign: Campaign, asks: dict[int, int], replies: dict[int, int], handoffs: dict[int, int], bound: Bound
) -> list[dict[str, Any]]:
    volunteers = staffing.by_hour(handoffs, bound)
    counted = {name: _hourly(found) for name, found in (("asks", asks), ("replies", replies), ("handoffs", handoffs))}
    hours = sorted({hour for found in counted.values() for hour in found})
    return [
        {"at": _local(datetime.fromtimestamp(hour * _HOUR_S, UTC), campaign)}
        | {name: found.get(hour, 0) for name, found in counted.items()}
        | {"volunteers": volunteers.get(hour, 0)}
        for hour in hours
    ]


def _hourly(quarters: dict[int, int]) -> dict[int, int]:
    hours: dict[int, int] = {}
    for quarter, number in quarters.items():
        hour = quarter * QUARTER_S // _HOUR_S
        hours[hour] = hours.get(hour, 0) + number
    return hours


def _by_quarter(session: Session, moment: Any, where: Any) -> dict[int, int]:
    """Quarter of an hour since 1970 → how many."""
    quarter = (cast(extract("epoch", moment), Integer) // QUARTER_S).label("quarter")
    rows = session.exec(select(quarter, func.count()).where(where, moment.is_not(None)).group_by(quarter))
    return {int(number): many for number, many in rows}


def _reminders(session: Session, campaign: Campaign) -> int:
    """How many are still to come before the event."""
    scheduled = (
        select(func.count(col(FollowUp.id)))
        .join(Commitment, col(FollowUp.commitment_id) == col(Commitment.id))
        .where(Commitment.campaign_id == campaign.id, FollowUp.status == FollowUpStatus.SCHEDULED)
    )
    return session.exec(scheduled).one()


def _blocked(session: Session, campaign: Campaign) -> list[dict[str, Any]]:
    assert campaign.id is not None
    people = [_because(number, "people", reason) for reason, number in left_out(session, campaign).items()]
    failed = messages.not_arrived(session, campaign.id, None)
    texts = [_because(number, "texts", meaning(code) or "no reason was given") for code, number in failed.items()]
    return [*people, *_not_asked(session, campaign), *texts]


def _not_asked(session: Session, campaign: Campaign) -> Iterable[dict[str, Any]]:
    pending = (Recipient.campaign_id == campaign.id) & (Recipient.status == RecipientStatus.PENDING)
    number = session.exec(select(func.count()).select_from(Recipient).where(pending)).one()
    if number and campaign.status is not CampaignStatus.DRAFT:
        yield _because(number, "people", campaign.paused_reason or "not asked yet")


def _because(number: int, of: str, reason: str) -> dict[str, Any]:
    return {"number": number, "of": of, "because": reason.rstrip(".")}


def _local(moment: datetime, campaign: Campaign) -> str:
    return moment.astimezone(ZoneInfo(campaign.timezone)).isoformat(timespec="seconds")
