"""What stands before a volunteer on the page for calls, from the rows."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from phonebank.bridges import lifecycle, queries
from phonebank.calls import lifecycle as calls
from phonebank.calls.models import Call, CallKind, CallStatus, OfferStatus
from phonebank.campaigns import queries as campaigns
from phonebank.handoffs import bridging, powering, previewing
from phonebank.handoffs import lifecycle as handoffs
from phonebank.handoffs import queries as handoff_queries
from phonebank.people.models import Person
from phonebank.web import guards, inbox, script
from phonebank.web.conversations import first_name, said


def shown(session: Session, me: Person, now: datetime) -> dict[str, Any]:
    """Values of calls/_now.html: `place` is what they are at."""
    person_id = me.id or 0
    seat, call = queries.seat_of(session, person_id), queries.ringing_for(session, person_id)
    has_browser = guards.settings().has_browser_phone
    shared: dict[str, Any] = {"seat": seat, "by_phone": bool(seat and seat.phone), "verdicts": inbox.VERDICTS}
    shared["has_browser_phone"] = has_browser
    if call is None:
        place = "waiting" if seat is not None and seat.ready_since is not None else "away"
        joined = campaigns.find(session, seat.campaign_id) if seat is not None else None
        if place == "waiting" and joined is not None:
            return {**shared, "place": "power", "campaign": joined}
        joins = powering.to_join(session) if has_browser else []
        return {**shared, "place": place, "campaigns": previewing.to_help(session), "joins": joins}
    return {**shared, **_with(session, call, me, now), "place": _place(session, call, person_id)}


def is_given_up(call: Call, person_id: int) -> bool:
    """Whether the caller is gone, and this volunteer never spoke with them."""
    is_over = call.status not in {*calls.UNDER_WAY, CallStatus.QUEUED}
    return is_over and call.kind is not CallKind.LIVE and call.volunteer_id != person_id


def tidy(session: Session, person_id: int, now: datetime) -> None:
    """Their page is there; a caller who hung up before they came is put away; their conversation stays theirs."""
    lifecycle.seen(session, person_id, now)
    call = queries.ringing_for(session, person_id)
    if call is None:
        return
    if is_given_up(call, person_id):
        bridging.ended(session, call, now)
        lifecycle.let_go(session, person_id, call.id or 0, now)
        return
    standing = handoff_queries.standing_of(session, call.phone)
    if standing is not None and standing.id is not None and standing.claimed_by == person_id:
        handoffs.renew(session, standing.id, person_id, now)


def _place(session: Session, call: Call, person_id: int) -> str:
    is_over = call.status not in {*calls.UNDER_WAY, CallStatus.QUEUED}
    if call.kind is CallKind.LIVE:
        if is_over:
            return "over"
        return "prepared" if call.due_at is None else "talking" if call.bridged_at else "dialing"
    offer = queries.offer_of(session, call.id or 0, person_id)
    if offer is not None and offer.status is OfferStatus.RINGING:
        return "ringing"
    return "over" if is_over else "talking" if call.bridged_at else "joining"


def _with(session: Session, call: Call, me: Person, now: datetime) -> dict[str, Any]:
    """The person and the script: their first name, what was said before, what is asked of them."""
    campaign = campaigns.find(session, call.campaign_id)
    standing = handoff_queries.standing_of(session, call.phone)
    return {
        "call": call,
        "is_live": call.kind is CallKind.LIVE,
        "first_name": first_name(session, call.phone),
        "why": standing.why if standing else "",
        "texts": said(session, call.phone)[-6:],
        "script": script.script(session, campaign, me.name, now) if campaign else None,
        "campaign": campaign,
        "leg": queries.leg_for(session, call.id or 0, me.id or 0),
    }
