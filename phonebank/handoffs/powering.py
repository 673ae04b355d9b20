"""Calls dialed ahead of volunteers who are ready, so that whoever answers is put through to one of them at once."""

from dataclasses import replace
from datetime import datetime, timedelta
from statistics import fmean

from sqlmodel import Session

from phonebank import jobs
from phonebank.bridges import lifecycle, queries
from phonebank.calls import ahead, law, paying, storing
from phonebank.calls import lifecycle as calls
from phonebank.calls import queries as call_queries
from phonebank.calls.ahead import Lately
from phonebank.calls.models import Call
from phonebank.calls.script import begin_alone
from phonebank.campaigns import queries as campaigns
from phonebank.campaigns.call_spec import CallMode, spec_of
from phonebank.campaigns.models import Campaign, CampaignStatus, Channel
from phonebank.errors import RefusedError
from phonebank.handoffs.previewing import due, people, row
from phonebank.people import shifting

_LOOKED_AT = 300
"""The newest calls, from which the pace is reckoned."""


def to_join(session: Session) -> list[Campaign]:
    """The running campaigns in which whoever answers is put through to a volunteer who is ready."""
    return [one for one in queries.running_calls(session) if _is_power(one)]


def join(session: Session, campaign_id: int, person_id: int, now: datetime) -> None:
    """Ready for the next call of this campaign, in the browser. Raises RefusedError while it stands still."""
    campaign = campaigns.by_id(session, campaign_id)
    if campaign.status is not CampaignStatus.RUNNING or not _is_power(campaign):
        raise RefusedError("Nobody is called in this campaign just now. Choose another one, or ask an organizer.")
    shifting.start(session, person_id, now)
    lifecycle.sit_down(session, person_id, None, now, campaign_id=campaign_id)


def line_opens(session: Session, person_id: int, sid: str) -> bool:
    """The volunteer's line stands: people are dialed for them from now on. False: they are not ready any more."""
    seat = queries.seat_of(session, person_id)
    campaign = campaigns.find(session, seat.campaign_id) if seat else None
    if campaign is None or not lifecycle.line_opens(session, person_id, sid):
        return False
    jobs.ring_after_commit(session, "calling", campaign.sender)
    return True


def wants_more(session: Session, campaign: Campaign, now: datetime) -> bool:
    """Whether more people of this campaign should be dialed now."""
    return _dials(campaign) and wanted(session, campaign, now) > 0 and bool(people(session, campaign, now, 1))


def top_up(session: Session, sender: str, now: datetime) -> int:
    """Write down the calls to dial ahead in this sender's campaigns. Returns how many."""
    written = sum(
        _write_down(session, campaign, now) for campaign in call_queries.running_on(session, sender) if _dials(campaign)
    )
    if written:
        jobs.ring_after_commit(session, "calls", sender)
    return written


def wanted(session: Session, campaign: Campaign, now: datetime) -> int:
    """How many calls to dial now, over and above those under way."""
    campaign_id = campaign.id or 0
    ready = len(queries.ready_in(session, campaign_id, now))
    if not ready:
        return 0
    number = ahead.to_dial(
        _lately(session, campaign_id, now),
        ready=ready,
        talking=queries.count_talking_in(session, campaign_id),
        ringing=queries.count_ringing_in(session, campaign_id),
        ceiling=law.most_abandoned(),
    )
    lines = spec_of(campaign).open_lines - call_queries.open_lines(session, campaign.sender)
    return max(0, min(number, lines))


def put_through(session: Session, call: Call, now: datetime) -> int | None:
    """Somebody answered: the volunteer they are with from now on; None: nobody is free, and they wait."""
    for person_id in queries.ready_in(session, call.campaign_id or 0, now):
        if lifecycle.hold(session, person_id, call.id or 0, now):
            calls.bridge(session, call.id or 0, person_id, now)
            return person_id
    storing.wants_person(session, call.id or 0, now)
    return None


def _write_down(session: Session, campaign: Campaign, now: datetime) -> int:
    calls.take_turns(session, campaign.sender)  # two that count the same volunteer would both dial for them
    most = wanted(session, campaign, now)
    found = due(session, campaign, now)[:most] if most else []
    price = paying.price_micros(1, now.date(), scripted=False)
    rows = (row(session, campaign, who, begin_alone(who.language), closes_at, now) for who, closes_at in found)
    made = [lifecycle.prepare(session, one | {"due_at": now, "cost_micros": price}) for one in rows]
    return sum(call_id is not None for call_id in made)


def _lately(session: Session, campaign_id: int, now: datetime) -> Lately:
    last = queries.last_live(session, campaign_id, _LOOKED_AT)
    since = now - timedelta(days=law.waiting_days())
    answered, abandoned = call_queries.answered_and_abandoned(session, campaign_id, since)
    rings = [(one.answered_at - one.claimed_at).total_seconds() for one in last if one.answered_at and one.claimed_at]
    talks = [(one.ended_at - one.bridged_at).total_seconds() for one in last if one.ended_at and one.bridged_at]
    seen = Lately(len(last), len(rings), people=answered, abandoned=abandoned)
    ring_s, talk_s = (fmean(some) if some else usual for some, usual in ((rings, seen.ring_s), (talks, seen.talk_s)))
    return replace(seen, ring_s=ring_s, talk_s=talk_s)


def _dials(campaign: Campaign) -> bool:
    """Whether people are dialed in it now: self-protection may hold them back."""
    return _is_power(campaign) and campaign.asks_wait_since is None


def _is_power(campaign: Campaign) -> bool:
    return campaign.channel is Channel.CALL and spec_of(campaign).mode is CallMode.POWER
