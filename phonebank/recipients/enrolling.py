"""Everyone on a campaign's lists becomes a Recipient, once: set-based, in batches, and safe to run again."""

from datetime import datetime

from sqlalchemy import Table, case, exists, false, func, literal, select, true
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
    while True:
        with db.transaction() as session:
            campaign = session.get(Campaign, campaign_id)
            if campaign is None or campaign.status is not CampaignStatus.ENROLLING:
                return
            if not enrol_batch(session, campaign, now):
                campaigns.begin(session, campaign_id, now)
                return
        if jobs.should_stop():
            return


def enrol_batch(session: Session, campaign: Campaign, now: datetime) -> int:
    """The next people of the campaign's lists, by contact id. Returns how many were looked at: 0 when all are in.

    Versions of the text are dealt in turn, so that an experiment splits evenly and stays as dealt.
    """
    number, highest = queries.enrolled(session, _id(campaign))
    ask = campaign_queries.ask_of(session, campaign)
    batch = campaign_queries.members_of(campaign, now=now).where(col(Contact.id) > highest).limit(_AT_ONCE).subquery()
    is_out = exists().where(
        col(OptOut.phone) == batch.c.phone, col(OptOut.kind) == Ban.OPT_OUT, col(OptOut.lifted_at).is_(None)
    )
    is_textless = contacts.is_textless(batch.c.phone) if campaign.channel is Channel.TEXT else false()
    place = func.row_number().over(order_by=batch.c.id) - 1 + number
    rows = select(
        literal(campaign.id).label("campaign_id"),
        batch.c.id.label("contact_id"),
        batch.c.phone,
        batch.c.zones,
        batch.c.state,
        batch.c.language,
        (place % literal(_versions(ask))).label("variant"),
        case((is_out | is_textless, RecipientStatus.EXCLUDED.value), else_=RecipientStatus.PENDING.value).label(
            "status"
        ),
        case((is_out, Outcome.OPTED_OUT.value), else_=Outcome.NONE.value).label("outcome"),
        case((is_out, "opted out"), (is_textless, contacts.TEXTLESS), else_=None).label("excluded_because"),
        literal(now, _recipients.c.due_at.type).label("due_at"),
    ).where(true())  # or SQLite takes ON CONFLICT for a join's ON
    columns = [column.name for column in rows.selected_columns]
    added = insert_for(session, _recipients).from_select(columns, rows).on_conflict_do_nothing()
    session.connection().execute(added)
    return session.scalar(select(func.count()).select_from(batch)) or 0


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
