"""The sheets that other tools take in their uploads, as column_sets.toml says."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, exists, func, literal, select
from sqlmodel import col

from phonebank.campaigns.models import Campaign
from phonebank.contacts.models import Contact
from phonebank.intents import Outcome
from phonebank.optouts.models import OptOut
from phonebank.recipients.models import Recipient
from phonebank.reports.sheets import Sheet, of_campaign

_SAID = {Outcome.YES, Outcome.NO, Outcome.NOT_NOW, Outcome.NOT_THAT, Outcome.MAYBE}
_LEFT_ALONE = (Outcome.OPTED_OUT, Outcome.WRONG_NUMBER)
_AMERICAN = "+1"


@dataclass(frozen=True)
class ColumnSet:
    """One tool's upload: its headings with our cells, and which imported columns may hold its ids."""

    title: str
    told: str
    columns: tuple[tuple[str, str], ...]
    ids: tuple[str, ...] = ()
    results: Mapping[str, str] | None = None
    contact_type: str = ""
    spares_opted_out: bool = False


@cache
def known() -> dict[str, ColumnSet]:
    """The column sets by name."""
    tables = tomllib.loads((files("phonebank.reports") / "column_sets.toml").read_text("utf-8"))
    return {name: _read(tables[table["like"]] | table if "like" in table else table) for name, table in tables.items()}


def sheet(name: str, campaign_id: int | None = None, outcome: Outcome | None = None) -> Sheet:
    """Everybody who was asked, told in that tool's columns; with an outcome, only those who decided so.

    Whose list had no id of that tool is left out where it asks for one, for it refuses such a row.
    """
    chosen = known()[name]
    their_id = _their_id(chosen.ids) if chosen.ids else literal("")
    query = of_campaign(_asked(their_id), Recipient, campaign_id)
    if chosen.ids:
        query = query.where(their_id.is_not(None))
    if chosen.spares_opted_out:
        query = query.where(col(Recipient.outcome).not_in(_LEFT_ALONE), ~_is_banned())
    if outcome is not None:
        query = query.where(col(Recipient.outcome) == outcome)

    def tell(row: Any) -> Iterable[object]:
        cells = _cells(row, chosen)
        return [cells[cell] for _, cell in chosen.columns]

    return Sheet([heading for heading, _ in chosen.columns], query, tell)


def _asked(their_id: Any) -> Select[Any]:
    """Everybody who was asked, in the order they were enrolled."""
    columns: tuple[Any, ...] = (
        col(Recipient.phone),
        col(Recipient.status),
        col(Recipient.outcome),
        col(Recipient.asked_at),
        col(Contact.first_name),
        col(Contact.last_name),
        col(Contact.email),
        col(Contact.zip),
        col(Contact.state),
        col(Campaign.name).label("campaign"),
        col(Campaign.timezone).label("zone"),
        their_id.label("their_id"),
    )
    return (
        select(*columns)
        .select_from(Recipient)
        .join(Contact, col(Contact.id) == col(Recipient.contact_id))
        .join(Campaign, col(Campaign.id) == col(Recipient.campaign_id))
        .where(col(Recipient.asked_at).is_not(None), col(Recipient.phone).startswith("+"))
        .order_by(col(Recipient.id))
    )


def _cells(row: Any, chosen: ColumnSet) -> dict[str, object]:
    """Every cell that a column set may name."""
    results = chosen.results or {}
    asked_on = row.asked_at.astimezone(ZoneInfo(row.zone))
    return {
        "their_id": row.their_id,
        "asked_on": f"{asked_on:%m/%d/%Y}",
        "phone": row.phone,
        "national_phone": row.phone.removeprefix(_AMERICAN) if row.phone.startswith(_AMERICAN) else row.phone,
        "result": results.get(row.outcome) or results.get(row.status, ""),
        "response": str(row.outcome) if row.outcome in _SAID else "",
        "contact_type": chosen.contact_type,
        "outcome": row.outcome,
        **{name: getattr(row, name) for name in ("first_name", "last_name", "email", "zip", "state", "campaign")},
    }


def _their_id(fields: Iterable[str]) -> Any:
    """SQL: the first of these imported columns that says something."""
    said = [func.nullif(func.trim(col(Contact.fields)[field].as_string()), "") for field in fields]
    return func.coalesce(*said)


def _is_banned() -> Any:
    return exists().where(col(OptOut.phone) == col(Recipient.phone), col(OptOut.lifted_at).is_(None))


def _read(table: Mapping[str, Any]) -> ColumnSet:
    return ColumnSet(
        title=table["title"],
        told=table["told"],
        columns=tuple((heading, cell) for heading, cell in table["columns"]),
        ids=tuple(table.get("ids", ())),
        results=table.get("results"),
        contact_type=table.get("contact_type", ""),
        spares_opted_out=table.get("spares_opted_out", False),
    )
