"""Who would be asked, counted before there is a campaign: what they lack, what they speak, where they are."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, case, cast, func, select
from sqlmodel import Session, col

from phonebank.campaigns import merging, queries
from phonebank.campaigns.models import Campaign, CampaignList
from phonebank.campaigns.queries import Parts
from phonebank.campaigns.timing import Group
from phonebank.contacts.models import Contact, ListMember
from phonebank.reports.lately import lately

OFFERED = ("first_name", "last_name", "name", "connection", "state", "zip", "email")
_SAMPLE, _MOST_COLUMNS = 300, 30
_ID_BELOW = 1_000_000_000_000  # so that the longest value brings the id of whose it is


@dataclass(frozen=True)
class Column:
    """One field of the people's own: an `example` of somebody's, and how many `lack` it."""

    name: str
    example: str
    lack: int


@dataclass
class Audience:
    """`stand_outs` are contacts with the longest values, with missing ones, and of each language."""

    people: int = 0
    columns: list[Column] = field(default_factory=list)
    languages: dict[str, int] = field(default_factory=dict)
    groups: list[Group] = field(default_factory=list)
    stand_outs: set[int] = field(default_factory=set)


def audience(session: Session, parts: Parts, now: datetime) -> Audience:
    """The people of these lists without those left out; counted anew only when that is cheap."""
    key = ("audience", tuple(parts.list_ids), repr(parts.campaign.excluded))
    found: Audience = lately(key, lambda: _count(session, parts, now))
    return found


def listed(session: Session, campaign: Campaign) -> int:
    """How many places a campaign's lists have, whoever is left out: a count that costs little."""
    lists = select(col(CampaignList.list_id)).where(col(CampaignList.campaign_id) == campaign.id)
    places = select(func.count()).select_from(ListMember).where(col(ListMember.list_id).in_(lists))
    return int(session.connection().execute(places).scalar_one())


def people(session: Session, parts: Parts, now: datetime, *, first: int, and_ids: set[int]) -> list[Any]:
    """The first so many people, and these."""
    chosen = queries.to_ask(parts, now=now)
    rows = list(session.connection().execute(chosen.limit(first)))
    met = {row.id for row in rows}
    others = chosen.where(col(Contact.id).in_(sorted(and_ids - met)))
    return rows + (list(session.connection().execute(others)) if and_ids - met else [])


def _count(session: Session, parts: Parts, now: datetime) -> Audience:
    chosen = queries.to_ask(parts, now=now)
    sample = list(session.connection().execute(chosen.limit(_SAMPLE)))
    if not sample:
        return Audience()
    everyone = chosen.order_by(None).subquery()
    extra = dict.fromkeys(name for row in sample for name in row.fields if name not in merging.CONTACT_FIELDS)
    names = [*OFFERED, *list(extra)[:_MOST_COLUMNS]]
    found = Audience()
    _count_columns(session, everyone, names, sample, found)
    spoken = select(everyone.c.language, func.count(), func.min(everyone.c.id)).group_by(everyone.c.language)
    for language, number, somebody in session.connection().execute(spoken):
        found.languages[language] = number
        found.stand_outs.add(somebody)
    places = select(everyone.c.zones, everyone.c.state, func.count()).group_by(everyone.c.zones, everyone.c.state)
    found.groups = [Group(*row) for row in session.connection().execute(places)]
    return found


def _count_columns(session: Session, everyone: Any, names: Sequence[str], sample: list[Any], found: Audience) -> None:
    """One pass over everybody: who lacks what, and whose value is the longest."""
    asked: list[Any] = [func.count()]
    for name in names:
        value = func.coalesce(_value(everyone, name), "")
        is_blank = func.trim(value) == ""
        weight = cast(func.length(value), BigInteger) * _ID_BELOW + everyone.c.id
        asked += [func.sum(case((is_blank, 1), else_=0)), func.min(case((is_blank, everyone.c.id))), func.max(weight)]
    found.people, *counts = session.connection().execute(select(*asked)).one()
    for place, name in enumerate(names):
        lack, without, longest = counts[3 * place : 3 * place + 3]
        found.stand_outs |= {longest % _ID_BELOW} | ({without} if without is not None else set())
        if lack < found.people:
            example = next((text for row in sample if (text := str(_of(row, name) or "").strip())), "…")
            found.columns.append(Column(name, example, lack))


def _value(everyone: Any, name: str) -> Any:
    if name == "name":
        return everyone.c.first_name + everyone.c.last_name
    return everyone.c[name] if name in OFFERED else everyone.c.fields[name].as_string()


def _of(row: Any, name: str) -> object:
    if name == "name":
        return f"{row.first_name} {row.last_name}".strip()
    return getattr(row, name) if name in OFFERED else row.fields.get(name)
