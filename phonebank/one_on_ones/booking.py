"""Books a one-on-one with somebody we talk with, moves it, calls it off, hands it on; they are texted each time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from phonebank.campaigns import queries as campaigns
from phonebank.campaigns.models import Campaign, CampaignStatus
from phonebank.errors import BadInputError, RefusedError
from phonebank.handoffs import lifecycle as handoffs
from phonebank.handoffs.models import Handoff
from phonebank.messages.composing import refuse_if_banned
from phonebank.one_on_ones import lifecycle, queries, texting, timing
from phonebank.people.models import Person, PersonStatus
from phonebank.recipients import queries as recipients
from phonebank.recipients.models import Recipient

LONGEST_PLACE = 120


@dataclass(frozen=True)
class Plan:
    """Who meets them, when (a date and a time of their own clock), how long, and where; no place is a call."""

    meets_id: int
    day: str
    at: str
    minutes: int
    place: str


@dataclass(frozen=True)
class By:
    """Who does it, our public address for links, and the moment."""

    person_id: int
    address: str
    now: datetime


def supporter_of(session: Session, handoff: Handoff) -> tuple[Recipient, Campaign]:
    """Who this conversation is with. Raises RefusedError when nobody could be met for a campaign of ours."""
    recipient = recipients.by_id(session, handoff.recipient_id) if handoff.recipient_id else None
    if recipient is None:
        raise RefusedError("This number is on none of our campaigns' lists, so there is no one-on-one to book.")
    campaign = campaigns.by_id(session, recipient.campaign_id)
    if campaign.status is CampaignStatus.CLOSED:
        raise RefusedError(f"“{campaign.name}” is closed: book a one-on-one from a campaign that is still open.")
    refuse_if_banned(session, recipient.phone)
    return recipient, campaign


def timezone_of(recipient: Recipient, campaign: Campaign) -> str:
    """The zone their times are given in: their own where it is known for sure, else the campaign's."""
    zones = recipient.zones.split("|")
    return zones[0] if len(zones) == 1 and zones[0] else campaign.timezone


def book(session: Session, handoff: Handoff, plan: Plan, nonce: str, by: By) -> int:
    """The id of the one-on-one, confirmed by text. The same form again gives the same one.

    Raises BadInputError or RefusedError with one sentence that says what to change.
    """
    booked = queries.by_nonce(session, nonce)
    if booked is not None and booked.id is not None:
        return booked.id
    recipient, campaign = supporter_of(session, handoff)
    fields = _fields(session, plan, recipient, campaign, by.now)
    told = {"recipient_id": recipient.id, "campaign_id": campaign.id, "booked_by": by.person_id}
    made = lifecycle.book(session, nonce=nonce, now=by.now, **told, **fields)
    if made is None:
        found = queries.by_nonce(session, nonce)
        assert found is not None
        assert found.id is not None
        return found.id
    _say(session, made, "booked", by)
    if handoff.id is not None:
        handoffs.answered(session, handoff.id, by.person_id, by.now)
    return made


def move(session: Session, one_on_one_id: int, plan: Plan, by: By) -> None:
    """Another time, place or person; they are texted. Raises as `book` does, and when it is over or moved already."""
    one = queries.by_id(session, one_on_one_id)
    about = texting.meeting(session, one)
    refuse_if_banned(session, about.recipient.phone)
    fields = _fields(session, plan, about.recipient, about.campaign, by.now)
    if all(getattr(one, name) == value for name, value in fields.items() if name != "remind_at"):
        return  # the same form a second time
    if not lifecycle.move(session, one, now=by.now, **fields):
        raise RefusedError("This one-on-one is over, or somebody has just changed it: look at it again.")
    _say(session, one_on_one_id, "moved", by)


def call_off(session: Session, one_on_one_id: int, by: By) -> None:
    """It does not take place, and they are told so where they may be told. Twice is once."""
    if not lifecycle.call_off(session, one_on_one_id, by.now):
        return
    one = queries.by_id(session, one_on_one_id)
    if one.starts_at > by.now:
        _say(session, one_on_one_id, "called_off", by)


def hand_to(session: Session, one_on_one_id: int, person_id: int, by: By) -> None:
    """Somebody else of ours meets them, and they are told who. Raises RefusedError when that cannot be."""
    one = queries.by_id(session, one_on_one_id)
    _meets(session, person_id)
    if one.meets_id == person_id:
        return
    if not lifecycle.move(session, one, now=by.now, meets_id=person_id):
        raise RefusedError("This one-on-one is over, or somebody has just changed it: look at it again.")
    if one.starts_at > by.now:
        _say(session, one_on_one_id, "moved", by)


def warnings(
    session: Session, plan: Plan, recipient: Recipient, campaign: Campaign, now: datetime, but: int | None = None
) -> list[str]:
    """What to think about before booking: a clash, a time at which people sleep."""
    timezone = timezone_of(recipient, campaign)
    starts_at = timing.moment(plan.day, plan.at, timezone)
    told = [
        f"{_name(session, one.meets_id)} has another one-on-one {texting.when(one, 'en', now)}, {one.minutes} minutes."
        for one in queries.clashes(session, plan.meets_id, starts_at, plan.minutes, but=but)
    ]
    others = [one for one in queries.standing_with(session, recipient.id or 0) if one.id != but]
    told += [f"They have a one-on-one already, {texting.when(one, 'en', now)}." for one in others]
    zones = recipient.zones.split("|") if recipient.zones else [timezone]
    if not timing.is_waking(starts_at, plan.minutes, zones):
        told.append(
            f"It is not between {timing.WAKES:%-H} in the morning and {timing.SLEEPS.hour - 12} in the evening "
            f"{'where they are' if len(zones) == 1 else 'everywhere they may be'}."
        )
    return told


def _fields(session: Session, plan: Plan, recipient: Recipient, campaign: Campaign, now: datetime) -> dict[str, Any]:
    if campaign.status is CampaignStatus.CLOSED:
        raise RefusedError(f"“{campaign.name}” is closed: nothing new is booked for it.")
    if len(plan.place) > LONGEST_PLACE:
        raise BadInputError(f"Say the place in {LONGEST_PLACE} characters.")
    _meets(session, plan.meets_id)
    timezone = timezone_of(recipient, campaign)
    starts_at = timing.moment(plan.day, plan.at, timezone)
    timing.check(starts_at, plan.minutes, now)
    return {
        "meets_id": plan.meets_id,
        "starts_at": starts_at,
        "minutes": plan.minutes,
        "timezone": timezone,
        "place": plan.place,
        "remind_at": texting.next_reminder(recipient, campaign, starts_at, timezone, now),
    }


def _meets(session: Session, person_id: int) -> Person:
    found = session.get(Person, person_id)
    if found is None or found.status is not PersonStatus.ACTIVE:
        raise RefusedError("Choose somebody who may sign in: that person cannot meet anybody now.")
    return found


def _say(session: Session, one_on_one_id: int, name: str, by: By) -> None:
    about = texting.meeting(session, queries.by_id(session, one_on_one_id))
    try:
        texting.say(session, about, name, by=by.person_id, address=by.address, now=by.now)
    except RefusedError:
        if name != "called_off":  # whoever asked us to stop is not told that it is off, either
            raise


def _name(session: Session, person_id: int) -> str:
    person = session.get(Person, person_id)
    return person.name if person else "Somebody"
