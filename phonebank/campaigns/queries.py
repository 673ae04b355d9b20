"""Reads of campaigns, what belongs to them, and whom they may reach."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, column, exists, func, or_, table
from sqlmodel import Session, col, select

from phonebank.asks.models import Ask
from phonebank.campaigns import ledger
from phonebank.campaigns.models import (
    Alternative,
    Campaign,
    CampaignList,
    CampaignStatus,
    Channel,
    FollowUpPlan,
    SendingDay,
    SentBy,
)
from phonebank.contacts.models import Contact, ContactList, ListMember
from phonebank.contacts.queries import has_consent, is_landline, is_textless
from phonebank.db import Moment
from phonebank.errors import NotFoundError
from phonebank.optouts.models import Ban, OptOut

_AT_ONCE = 2000
_OF_A_PERSON = (
    *(col(Contact.id), col(Contact.phone), col(Contact.first_name), col(Contact.last_name), col(Contact.email)),
    *(col(Contact.zip), col(Contact.state), col(Contact.zones), col(Contact.language)),
    *(col(Contact.connection), col(Contact.fields)),
)
# Who was asked lately is the recipients' to know, a room above: only the names of columns are borrowed here.
_asked = table(
    "recipient",
    *(column("phone"), column("asked_at", Moment)),
    *(column("campaign_id"), column("contact_id"), column("replied_at", Moment)),
)
_is_banned = exists().where(col(OptOut.phone) == Contact.phone, col(OptOut.lifted_at).is_(None))


@dataclass(frozen=True)
class Parts:
    """A campaign with what belongs to it; the rows of a file that is only being checked are not in the database."""

    campaign: Campaign
    ask: Ask
    alternatives: list[tuple[Alternative, Ask]]
    plans: list[FollowUpPlan]
    list_ids: list[int]


def by_name(session: Session, name: str) -> Campaign:
    """The campaign of this name. Raises NotFoundError naming the nearest one."""
    found = session.exec(select(Campaign).where(Campaign.name == name)).first()
    if found is None:
        raise NotFoundError(f"There is no campaign named “{name}”{_nearest(session, name, select(Campaign.name))}")
    return found


def by_id(session: Session, campaign_id: int) -> Campaign:
    """The campaign of this id. Raises NotFoundError."""
    found = session.get(Campaign, campaign_id)
    if found is None:
        raise NotFoundError("There is no such campaign.")
    return found


def find(session: Session, campaign_id: int | None) -> Campaign | None:
    """The campaign of this id, if it is still there."""
    return session.get(Campaign, campaign_id) if campaign_id is not None else None


def is_taken(session: Session, name: str) -> bool:
    return session.exec(select(Campaign.id).where(Campaign.name == name)).first() is not None


def all_(session: Session) -> list[Campaign]:
    """Every campaign, newest first."""
    return list(session.exec(select(Campaign).order_by(col(Campaign.id).desc())))


def due_to_launch(session: Session, now: datetime) -> list[Campaign]:
    """Drafts whose launch time has come, oldest first."""
    due = select(Campaign).where(Campaign.status == CampaignStatus.DRAFT, col(Campaign.launch_at) <= now)
    return list(session.exec(due.order_by(col(Campaign.launch_at))))


def list_named(session: Session, name: str) -> ContactList:
    """The contact list of this name. Raises NotFoundError naming the nearest one."""
    found = session.exec(select(ContactList).where(ContactList.name == name)).first()
    if found is None:
        nearest = _nearest(session, name, select(ContactList.name))
        raise NotFoundError(f"There is no list named “{name}”{nearest}")
    return found


def lists_of(session: Session, campaign: Campaign) -> list[ContactList]:
    belongs = select(ContactList).join(CampaignList).where(CampaignList.campaign_id == campaign.id)
    return list(session.exec(belongs.order_by(col(ContactList.id))))


def ask_of(session: Session, campaign: Campaign) -> Ask:
    """The campaign's own ask; the alternatives' are in `alternatives_of`."""
    return session.get_one(Ask, campaign.ask_id)


def lock_ask(session: Session, campaign: Campaign) -> None:
    """Who moves many people of one campaign in or out of hands waits for the others who do, here: in no circle."""
    session.exec(select(Ask.id).where(Ask.id == campaign.ask_id).with_for_update()).one()


def sent_by_people(session: Session) -> list[Campaign]:
    """The campaigns under way whose first texts volunteers send by hand, the newest first."""
    by_hand = select(Campaign).where(col(Campaign.status).in_(UNDER_WAY), Campaign.sent_by == SentBy.PEOPLE)
    return list(session.exec(by_hand.order_by(col(Campaign.launched_at).desc(), col(Campaign.id).desc())))


def alternatives_of(session: Session, campaign: Campaign) -> list[tuple[Alternative, Ask]]:
    """What is offered to a not now or a not that, in the file's order."""
    pairs = select(Alternative, Ask).join(Ask).where(Alternative.campaign_id == campaign.id)
    return list(session.exec(pairs.order_by(col(Alternative.id))))


def follow_up_plans_of(session: Session, campaign: Campaign) -> list[FollowUpPlan]:
    """The reminders, the earliest first."""
    plans = select(FollowUpPlan).where(FollowUpPlan.campaign_id == campaign.id)
    return list(session.exec(plans.order_by(col(FollowUpPlan.before_seconds).desc())))


def parts_of(session: Session, campaign: Campaign) -> Parts:
    """Everything a campaign file says, from the rows it became."""
    return Parts(
        campaign,
        ask_of(session, campaign),
        alternatives_of(session, campaign),
        follow_up_plans_of(session, campaign),
        [one.id for one in lists_of(session, campaign) if one.id is not None],
    )


def members_of(
    campaign: Campaign, *, now: datetime, list_ids: list[int] | None = None, ids: range | None = None
) -> Select[Any]:
    """SELECT of Contact: everyone on the campaign's lists whom its `exclude` does not leave out, in order of id.

    `list_ids` stands in for the lists of a campaign that is not in the database yet; `ids` are the contacts to look at.
    """
    member_of = select(ListMember.list_id).where(ListMember.contact_id == Contact.id)
    chosen = select(Contact)
    if ids is not None:  # said of both sides: no database draws the one from the other
        member_of = member_of.where(col(ListMember.contact_id).between(ids[0], ids[-1]))
        chosen = chosen.where(col(Contact.id).between(ids[0], ids[-1]))
    wanted: Any = list_ids
    if list_ids is None:
        wanted = select(CampaignList.list_id).where(CampaignList.campaign_id == campaign.id)
    chosen = chosen.where(exists(member_of.where(col(ListMember.list_id).in_(wanted))))
    if left_out := campaign.excluded.get("lists"):
        unwanted = select(ContactList.id).where(col(ContactList.name).in_(left_out))
        chosen = chosen.where(~exists(member_of.where(col(ListMember.list_id).in_(unwanted))))
    if days := campaign.excluded.get("asked_within_days"):
        # One look into an index for each: a join would read every recipient there is, for each batch.
        asked_at = select(func.max(_asked.c.asked_at)).where(_asked.c.phone == Contact.phone).scalar_subquery()
        lately = now - timedelta(days=days)
        chosen = chosen.where(or_(asked_at.is_(None), asked_at <= lately))
    if campaign.again_of is not None:  # who answered the first ask meanwhile is not asked again
        theirs = (_asked.c.campaign_id == campaign.again_of) & (_asked.c.contact_id == Contact.id)
        chosen = chosen.where(~exists().where(theirs, _asked.c.replied_at.is_not(None)))
    return chosen.order_by(col(Contact.id))


def next_member(session: Session, campaign: Campaign, *, after: int) -> int | None:
    """The lowest contact id above this one that is on a list of the campaign."""
    lists = session.exec(select(CampaignList.list_id).where(CampaignList.campaign_id == campaign.id)).all()
    lowest = select(func.min(ListMember.contact_id)).where(col(ListMember.contact_id) > after)
    found = [session.scalar(lowest.where(ListMember.list_id == list_id)) for list_id in lists]
    return min((contact_id for contact_id in found if contact_id is not None), default=None)


def to_ask(parts: Parts, *, now: datetime) -> Select[Any]:
    """SELECT of everyone the campaign would ask if it were launched now: its members without an opt-out or hold.

    Of a campaign of texts only those whom a text can reach.
    Rows with a contact's columns (see `merging.Person`, and zones), in order of id.
    """
    chosen = members_of(parts.campaign, now=now, list_ids=parts.list_ids).where(~_is_banned)
    if parts.campaign.channel is Channel.TEXT:
        chosen = chosen.where(~is_textless(Contact.phone))
    return chosen.with_only_columns(*_OF_A_PERSON)


def people_to_ask(session: Session, parts: Parts, *, now: datetime) -> Iterator[Any]:
    """The rows of `to_ask`, streamed."""
    yield from session.connection().execute(to_ask(parts, now=now).execution_options(yield_per=_AT_ONCE))


def count_opted_out(session: Session, parts: Parts, *, now: datetime) -> int:
    """How many of a campaign's members an opt-out leaves out."""
    banned = exists().where(
        col(OptOut.phone) == Contact.phone, col(OptOut.kind) == Ban.OPT_OUT, col(OptOut.lifted_at).is_(None)
    )
    members = members_of(parts.campaign, now=now, list_ids=parts.list_ids)
    return _number(session, members.where(banned))


def _number(session: Session, rows: Any) -> int:
    return session.scalar(select(func.count()).select_from(rows.order_by(None).subquery())) or 0


def count_textless(session: Session, parts: Parts, *, now: datetime) -> int:
    """How many of the members of a campaign of texts no text can reach, and no opt-out leaves out already."""
    if parts.campaign.channel is not Channel.TEXT:
        return 0
    members = members_of(parts.campaign, now=now, list_ids=parts.list_ids)
    return _number(session, members.where(is_textless(Contact.phone), ~_is_banned))


def count_without_consent(session: Session, parts: Parts, *, now: datetime) -> tuple[int, int]:
    """How many of those it would ask have agreed to nothing: all, and the landlines among them."""
    asked = to_ask(parts, now=now).where(~has_consent(col(Contact.phone)))
    return _number(session, asked), _number(session, asked.where(is_landline(col(Contact.phone))))


def _nearest(session: Session, name: str, names: Any) -> str:
    known = list(session.scalars(names))
    by_fold = {one.casefold(): one for one in known}
    close = difflib.get_close_matches(name.casefold(), by_fold, 1, 0.4)
    if close:
        return f"; did you mean “{by_fold[close[0]]}”?"
    return "." if known else ": there is none yet."


def running_on(session: Session, sender: str) -> list[Campaign]:
    """The running text campaigns that speak from this sender, the oldest launch first."""
    running = select(Campaign).where(
        Campaign.sender == sender, Campaign.status == CampaignStatus.RUNNING, Campaign.channel == Channel.TEXT
    )
    return list(session.exec(running.order_by(col(Campaign.launched_at), col(Campaign.id))))


def pace_of(session: Session, sender: str) -> int:
    """Segments a second this sender may speak at: the least that any campaign under way asks for, else any at all."""
    least = select(func.min(Campaign.segments_per_second)).where(Campaign.sender == sender)
    under_way = least.where(col(Campaign.status).in_(UNDER_WAY))
    return session.exec(under_way).one() or session.exec(least).one() or 1


UNDER_WAY = (CampaignStatus.ENROLLING, CampaignStatus.RUNNING, CampaignStatus.PAUSED)


def under_way_ids(session: Session) -> list[int]:
    """Every campaign launched and not closed, in the order of their ids."""
    found = select(Campaign.id).where(col(Campaign.status).in_(UNDER_WAY)).order_by(col(Campaign.id))
    return [campaign_id for campaign_id in session.exec(found) if campaign_id is not None]


def running(session: Session) -> list[Campaign]:
    """Every campaign that runs now."""
    return list(session.exec(select(Campaign).where(Campaign.status == CampaignStatus.RUNNING)))


def to_enrol(session: Session, now: datetime) -> list[int]:
    """Campaigns being enrolled, and drafts whose launch time has come."""
    enrolling = select(Campaign.id).where(Campaign.status == CampaignStatus.ENROLLING)
    found = [*session.exec(enrolling), *(campaign.id for campaign in due_to_launch(session, now))]
    return [campaign_id for campaign_id in found if campaign_id is not None]


def segments_per_day(session: Session) -> int | None:
    """The account's limit a day: the least that any campaign under way asks for; None when none does."""
    least = select(func.min(Campaign.segments_per_day)).where(col(Campaign.segments_per_day) > 0)
    return session.exec(least.where(col(Campaign.status).in_(UNDER_WAY))).one()


@dataclass(frozen=True)
class Today:
    """How far the account's day has come, in segments; `full_until` is its end once nothing more fits."""

    said: int
    limit: int | None
    full_until: datetime | None
    is_full_at_carrier: bool = False


def today(session: Session, now: datetime) -> Today:
    """The account's day. Asks wait while it is full; what is already written down waits where it is claimed."""
    day = session.get(SendingDay, ledger.day_of(now), populate_existing=True)
    limit = segments_per_day(session)
    if day is None:
        return Today(0, limit, None)
    is_full = day.is_full_at_carrier or (limit is not None and limit - day.segments < day.least_refused)
    return Today(day.segments, limit, ledger.day_ends(now) if is_full else None, day.is_full_at_carrier)
