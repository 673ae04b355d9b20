"""Everyone on a campaign's lists becomes a Recipient, once: set-based, in batches, and safe to run again."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, Table, case, exists, false, func, literal, select, true
from sqlmodel import Session, col

from phonebank import db, jobs
from phonebank.asks.models import Ask
from phonebank.campaigns import lifecycle as campaigns
from phonebank.campaigns import queries as campaign_queries
from phonebank.campaigns.models import Campaign, CampaignStatus, Channel
from phonebank.contacts import queries as contacts
from phonebank.contacts.models import Contact
from phonebank.db import insert_for
from phonebank.intents import Outcome
from phonebank.optouts.models import Ban, OptOut
from phonebank.recipients import queries
from phonebank.recipients.models import Recipient, RecipientStatus

_AT_ONCE = 20_000

_recipients: Table = Recipient.__table__  # type: ignore[attr-defined]  # SQLModel hides the table from mypy


def enrol(campaign_id: int, now: datetime) -> None:
    """Enrol a launched campaign, batch by batch in short transactions, and then begin it."""
    after: int | None = 0
    while after is not None and not jobs.should_stop():
        with db.transaction() as session:
            campaign = session.get(Campaign, campaign_id)
            if campaign is None or campaign.status is not CampaignStatus.ENROLLING:
                return
            after = enrol_batch(session, campaign, now, after=after)
            if after is None:
                campaigns.begin(session, campaign_id, now)


def enrol_batch(session: Session, campaign: Campaign, now: datetime, *, after: int = 0) -> int | None:
    """The next people of the campaign's lists, by contact id, beginning after this one and all that are enrolled.

    Returns the id it came to, None when all are in. Versions of the text are dealt in turn, so that an experiment
    splits evenly and stays as dealt. What a batch costs depends on it alone, never on how many there are in all.
    """
    last = queries.last_enrolled(session, _id(campaign))
    first = campaign_queries.next_member(session, campaign, after=max(after, last.contact_id if last else 0))
    if first is None:
        return None
    ids = range(first, first + _AT_ONCE)
    db.prefer_indexes(session)
    dealt = last.variant + 1 if last else 0
    rows = _rows(campaign, ids, now, dealt, _versions(campaign_queries.ask_of(session, campaign)))
    columns = [column.name for column in rows.selected_columns]
    added = insert_for(session, _recipients).from_select(columns, rows).on_conflict_do_nothing()
    session.connection().execute(added)
    return ids[-1]


def _rows(campaign: Campaign, ids: range, now: datetime, dealt: int, versions: int) -> Select[Any]:
    """SELECT of the recipients to be: everyone of these contact ids who is on the lists and not left out."""
    is_out = exists().where(
        col(OptOut.phone) == Contact.phone, col(OptOut.kind) == Ban.OPT_OUT, col(OptOut.lifted_at).is_(None)
    )
    is_textless = contacts.is_textless(col(Contact.phone)) if campaign.channel is Channel.TEXT else false()
    members = campaign_queries.members_of(campaign, now=now, ids=ids).order_by(None)
    person = members.with_only_columns(
        *(col(Contact.id), col(Contact.phone), col(Contact.zones), col(Contact.state), col(Contact.language)),
        is_out.label("is_out"),
        is_textless.label("is_textless"),
        (func.row_number().over(order_by=col(Contact.id)) - 1).label("place"),
    ).subquery()
    excluded = person.c.is_out | person.c.is_textless
    return select(
        literal(campaign.id).label("campaign_id"),
        person.c.id.label("contact_id"),
        person.c.phone,
        person.c.zones,
        person.c.state,
        person.c.language,
        ((person.c.place + dealt) % literal(versions)).label("variant"),
        case((excluded, RecipientStatus.EXCLUDED.value), else_=RecipientStatus.PENDING.value).label("status"),
        case((person.c.is_out, Outcome.OPTED_OUT.value), else_=Outcome.NONE.value).label("outcome"),
        case((person.c.is_out, "opted out"), (person.c.is_textless, contacts.TEXTLESS)).label("excluded_because"),
        literal(now, _recipients.c.due_at.type).label("due_at"),
    ).where(true())  # or SQLite takes ON CONFLICT for a join's ON


def _versions(ask: Ask) -> int:
    """Enough places for every language's versions to come round evenly."""
    most = 1
    for versions in ask.texts.values():
        if most % len(versions):
            most *= len(versions)
    return most


def _id(campaign: Campaign) -> int:
    assert campaign.id is not None
    return campaign.id
