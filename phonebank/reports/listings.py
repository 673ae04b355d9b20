"""One screenful at a time of what the staff's pages list."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlmodel import Session, col, func, select

from phonebank.campaigns.models import Campaign
from phonebank.contacts.models import ContactImport, ContactList, ListMember
from phonebank.optouts.models import OptOut

Row = TypeVar("Row")
_SCREENFUL = 50


@dataclass(frozen=True)
class Screenful(Generic[Row]):
    """Rows, newest first; `before` is where the next screenful begins, None at the end."""

    rows: list[Row]
    before: int | None


def standing_bans(session: Session, *, before: int | None = None, most: int = _SCREENFUL) -> Screenful[OptOut]:
    """The opt-outs and holds that stand, newest first."""
    standing = select(OptOut).where(col(OptOut.lifted_at).is_(None)).order_by(col(OptOut.id).desc()).limit(most + 1)
    if before is not None:
        standing = standing.where(col(OptOut.id) < before)
    rows = list(session.exec(standing))
    return Screenful(rows[:most], rows[most - 1].id if len(rows) > most else None)


def campaigns(session: Session, *, before: int | None = None, most: int = _SCREENFUL) -> Screenful[Campaign]:
    """Campaigns, newest first."""
    found = select(Campaign).order_by(col(Campaign.id).desc()).limit(most + 1)
    if before is not None:
        found = found.where(col(Campaign.id) < before)
    rows = list(session.exec(found))
    return Screenful(rows[:most], rows[most - 1].id if len(rows) > most else None)


def bans_on(session: Session, phone: str) -> list[OptOut]:
    """Everything the ledger says of one number, newest first."""
    return list(session.exec(select(OptOut).where(OptOut.phone == phone).order_by(col(OptOut.id).desc())))


def names_of_campaigns(session: Session, ids: Collection[int]) -> dict[int, str]:
    rows = session.exec(select(Campaign.id, Campaign.name).where(col(Campaign.id).in_(ids)))
    return {campaign_id: name for campaign_id, name in rows if campaign_id is not None}


def lists(session: Session) -> list[tuple[ContactList, int]]:
    """Every list and how many are on it, newest first."""
    on_it = select(func.count()).where(ListMember.list_id == ContactList.id).scalar_subquery()
    return list(session.exec(select(ContactList, on_it).order_by(col(ContactList.id).desc())))


def latest_imports(session: Session, most: int = 10) -> list[ContactImport]:
    return list(session.exec(select(ContactImport).order_by(col(ContactImport.id).desc()).limit(most)))
