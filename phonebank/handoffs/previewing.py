"""The next person a volunteer calls by themselves: seen first, then dialed, one volunteer a person."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from phonebank.bridges import lifecycle, queries
from phonebank.calls.models import Call, CallKind, CallStatus
from phonebank.calls.script import Place, State, Step, Then, to_json
from phonebank.campaigns import queries as campaigns
from phonebank.campaigns.call_spec import CallMode, spec_of
from phonebank.campaigns.models import Campaign, CampaignStatus
from phonebank.campaigns.spec_types import span
from phonebank.contacts.models import Contact
from phonebank.errors import RefusedError
from phonebank.messages.reaching import Reach
from phonebank.recipients.models import Recipient

_LOOKED_AT = 20


def to_help(session: Session) -> list[Campaign]:
    """The running campaigns whose people volunteers see first, and then call themselves."""
    return [one for one in queries.running_calls(session) if spec_of(one).mode is CallMode.PREVIEW]


def next_person(session: Session, campaign_id: int, person_id: int, now: datetime) -> int | None:
    """The call prepared for this volunteer: one they have already, else the next person's. None: nobody is left.

    Raises RefusedError while the campaign stands still, or they have a caller of another.
    """
    has = queries.ringing_for(session, person_id)
    if has is not None:
        return has.id
    campaign = campaigns.by_id(session, campaign_id)
    if campaign.status is not CampaignStatus.RUNNING or spec_of(campaign).mode is not CallMode.PREVIEW:
        raise RefusedError("Nobody is called in this campaign just now. Choose another one, or ask an organizer.")
    for recipient, closes_at in due(session, campaign, now):
        waits = State(Place.WAITING, recipient.language, (recipient.language,), 1, Step((), Then.FETCH_PERSON))
        prepared = row(session, campaign, recipient, waits, closes_at, now)
        call_id = lifecycle.prepare(session, prepared | {"volunteer_id": person_id})
        if call_id is not None and lifecycle.hold(session, person_id, call_id, now):
            return call_id
    return None


def leave(session: Session, call: Call, person_id: int, now: datetime) -> bool:
    """The volunteer is through with this person, called or not: others, or another day, follow. False: not theirs."""
    lifecycle.give_back(session, call.id or 0, now)
    return lifecycle.let_go(session, person_id, call.id or 0, now)


def due(session: Session, campaign: Campaign, now: datetime) -> list[tuple[Recipient, datetime]]:
    """Who may be called now, with the end of their hours; opted out, held and outside their hours are left out."""
    found = people(session, campaign, now, _LOOKED_AT)
    reachable = Reach(session, campaign, campaigns.ask_of(session, campaign), now).of(found)
    return [(one.recipient, one.window.closes_at) for one in reachable]


def people(session: Session, campaign: Campaign, now: datetime, most: int) -> Sequence[tuple[Recipient, Contact]]:
    """Those whose turn has come, before it is looked at whether they may be reached now."""
    spec = spec_of(campaign)
    tried_before = now - span(spec.spacing)
    return queries.people_to_call(
        session, campaign.id or 0, attempts=spec.attempts, tried_before=tried_before, now=now, most=most
    )


def row(  # whom we call, in which campaign, until when
    session: Session, campaign: Campaign, recipient: Recipient, alone: State, closes_at: datetime, now: datetime
) -> dict[str, object]:
    """The row of a call to them in which one of us speaks; `alone`: what they hear where none of us is there."""
    tries = queries.tries_of(session, campaign.id or 0, recipient.id or 0)
    return {
        "kind": CallKind.LIVE,
        "status": CallStatus.QUEUED,
        "campaign_id": campaign.id,
        "recipient_id": recipient.id,
        "step": "call" if not tries else f"call#{tries + 1}",
        "phone": recipient.phone,
        "sender": campaign.sender,
        "language": recipient.language,
        "script": to_json(alone),
        "lapses_at": closes_at,
        "carrier_sequence": -1,
        "attempts": 0,
        "looks": 0,
        "cost_micros": 0,
        "created_at": now,
    }
