"""A campaign's rows as CSV, streamed, in cells that no spreadsheet runs as a formula."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TextIO

from sqlalchemy import Select, select
from sqlmodel import Session, col

from phonebank.asks.models import Ask
from phonebank.campaigns.models import Campaign
from phonebank.contacts.models import Contact
from phonebank.followups.models import Commitment
from phonebank.handoffs.models import Handoff
from phonebank.messages.models import Message
from phonebank.people.models import Person
from phonebank.recipients.models import Recipient

_AT_ONCE = 1000
_MICROS = 1_000_000
# OWASP, "CSV Injection": a cell that begins with one of these is run as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - full-width ones run too
_PLAIN_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d+)?")


class What(StrEnum):
    """What can be exported."""

    RECIPIENTS = "recipients"
    MESSAGES = "messages"
    CALLS = "calls"
    HANDOFFS = "handoffs"
    COMMITMENTS = "commitments"


def write(session: Session, campaign: Campaign, what: What, out: TextIO) -> int:
    """Write the rows, a header first, oldest first. Returns how many. Moments are ISO 8601 in UTC, money US dollars."""
    assert campaign.id is not None
    writer, written = csv.writer(out, lineterminator="\n"), 0
    header, rows = _SHEETS[what](session, campaign.id)
    writer.writerow(header)
    for row in rows:
        writer.writerow([cell(value) for value in row])
        written += 1
    return written


def cell(value: object) -> str:
    """One cell, with an apostrophe before what a spreadsheet would run; a number stays a number."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) and not _PLAIN_NUMBER.fullmatch(text) else text


Columns = dict[str, Any]
Sheet = tuple[list[str], Iterable[Iterable[object]]]


def _recipients(session: Session, campaign_id: int) -> Sheet:
    columns: Columns = {
        "id": Recipient.id,
        "phone": Recipient.phone,
        "first_name": Contact.first_name,
        "last_name": Contact.last_name,
        "email": Contact.email,
        "zip": Contact.zip,
        "state": Contact.state,
        "language": Recipient.language,
        "variant": Recipient.variant,
        "status": Recipient.status,
        "outcome": Recipient.outcome,
        "excluded_because": Recipient.excluded_because,
        "asked_at": Recipient.asked_at,
        "replied_at": Recipient.replied_at,
        "settled_at": Recipient.settled_at,
    }
    query = select(*columns.values()).join(Contact, col(Contact.id) == col(Recipient.contact_id))
    theirs = query.where(col(Recipient.campaign_id) == campaign_id).order_by(col(Recipient.id))
    return list(columns), _streamed(session, theirs)


def _messages(session: Session, campaign_id: int) -> Sheet:
    columns: Columns = {
        "id": Message.id,
        "direction": Message.direction,
        "kind": Message.kind,
        "status": Message.status,
        "phone": Message.phone,
        "sender": Message.sender,
        "body": Message.body,
        "pictures": Message.media,
        "segments": Message.segments,
        "cost": Message.cost_micros,
        "written_by": Person.name,
        "error_code": Message.error_code,
        "carrier_sid": Message.carrier_sid,
        "created_at": Message.created_at,
        "sent_at": Message.sent_at,
        "settled_at": Message.settled_at,
    }
    query = select(*columns.values()).outerjoin(Person, col(Person.id) == col(Message.written_by))
    said = query.where(col(Message.campaign_id) == campaign_id).order_by(col(Message.id))
    return list(columns), (_told(dict(zip(columns, row, strict=True))) for row in _streamed(session, said))


def _told(row: dict[str, Any]) -> Iterable[object]:
    """A message with its pictures counted and its cost in dollars."""
    return (row | {"pictures": len(row["pictures"] or ()), "cost": row["cost"] / _MICROS}).values()


def _calls(_session: Session, _campaign_id: int) -> Sheet:
    # No calls are made in this release; a script that asks for them gets the header and no rows.
    return ["id", "phone", "status", "outcome", "created_at"], ()


def _handoffs(session: Session, campaign_id: int) -> Sheet:
    columns: Columns = {
        "id": Handoff.id,
        "phone": Handoff.phone,
        "first_name": Contact.first_name,
        "status": Handoff.status,
        "reason": Handoff.reason,
        "why": Handoff.why,
        "urgency": Handoff.urgency,
        "with": Person.name,
        "verdict": Handoff.verdict,
        "opened_at": Handoff.opened_at,
        "closed_at": Handoff.closed_at,
    }
    query = (
        select(*columns.values())
        .outerjoin(Contact, col(Contact.phone) == col(Handoff.phone))
        .outerjoin(Person, col(Person.id) == col(Handoff.claimed_by))
        .where(col(Handoff.campaign_id) == campaign_id)
    )
    return list(columns), _streamed(session, query.order_by(col(Handoff.id)))


def _commitments(session: Session, campaign_id: int) -> Sheet:
    columns: Columns = {
        "id": Commitment.id,
        "phone": Recipient.phone,
        "first_name": Contact.first_name,
        "last_name": Contact.last_name,
        "email": Contact.email,
        "status": Commitment.status,
        "action": Ask.action,
        "starts_at": Ask.starts_at,
        "place": Ask.place,
        "pledged_at": Commitment.pledged_at,
        "withdrawn_at": Commitment.withdrawn_at,
    }
    query = (
        select(*columns.values())
        .join(Recipient, col(Recipient.id) == col(Commitment.recipient_id))
        .join(Contact, col(Contact.id) == col(Recipient.contact_id))
        .join(Ask, col(Ask.id) == col(Commitment.ask_id))
        .where(col(Commitment.campaign_id) == campaign_id)
    )
    return list(columns), _streamed(session, query.order_by(col(Commitment.id)))


def _streamed(session: Session, query: Select[Any]) -> Iterator[Any]:
    yield from session.connection().execute(query.execution_options(yield_per=_AT_ONCE))


_SHEETS: dict[What, Callable[[Session, int], Sheet]] = {
    What.RECIPIENTS: _recipients,
    What.MESSAGES: _messages,
    What.CALLS: _calls,
    What.HANDOFFS: _handoffs,
    What.COMMITMENTS: _commitments,
}
