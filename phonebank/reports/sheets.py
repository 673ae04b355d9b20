"""What can be exported: the columns and rows of each sheet, of one campaign or of everything."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, select
from sqlmodel import col

from phonebank.asks.models import Ask
from phonebank.calls.models import Call
from phonebank.campaigns.models import Campaign
from phonebank.contacts.models import Contact
from phonebank.followups.models import Commitment
from phonebank.handoffs.models import Handoff
from phonebank.messages.models import Message
from phonebank.optouts.models import OptOut
from phonebank.people.models import Person
from phonebank.recipients.models import Recipient

_MICROS = 1_000_000


class What(StrEnum):
    """What can be exported."""

    RECIPIENTS = "recipients"
    MESSAGES = "messages"
    CALLS = "calls"
    HANDOFFS = "handoffs"
    COMMITMENTS = "commitments"
    OPT_OUTS = "opt_outs"


Columns = dict[str, Any]


def _as_it_is(row: Any) -> Iterable[object]:
    return tuple(row)


@dataclass(frozen=True)
class Sheet:
    """A header, the rows under it (one statement, so all as of one moment), and how each row is told."""

    header: Sequence[str]
    query: Select[Any] | None
    tell: Callable[[Any], Iterable[object]] = _as_it_is


def sheet(what: What, campaign_id: int | None = None) -> Sheet:
    """The sheet of one campaign, oldest row first; of all campaigns for None, with a column that names each row's."""
    return _SHEETS[what](campaign_id)


def of_campaign(query: Select[Any], owner: Any, campaign_id: int | None) -> Select[Any]:
    """The rows of one campaign; for None of all."""
    return query if campaign_id is None else query.where(col(owner.campaign_id) == campaign_id)


def _query(columns: Columns, owner: Any, campaign_id: int | None) -> tuple[Columns, Select[Any]]:
    """The columns, the campaign's name before them where there are several, and a statement from the owner's table."""
    if campaign_id is not None:
        return columns, of_campaign(select(*columns.values()).select_from(owner), owner, campaign_id)
    named: Columns = {"campaign": Campaign.name} | columns
    joined = select(*named.values()).select_from(owner)
    return named, joined.outerjoin(Campaign, col(Campaign.id) == col(owner.campaign_id))


def _recipients(campaign_id: int | None) -> Sheet:
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
    columns, query = _query(columns, Recipient, campaign_id)
    theirs = query.join(Contact, col(Contact.id) == col(Recipient.contact_id))
    return Sheet(list(columns), theirs.order_by(col(Recipient.id)))


def _messages(campaign_id: int | None) -> Sheet:
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
    columns, query = _query(columns, Message, campaign_id)
    said = query.outerjoin(Person, col(Person.id) == col(Message.written_by))

    def tell(row: Any) -> Iterable[object]:
        """A message with its pictures counted and its cost in dollars."""
        told = dict(zip(columns, row, strict=True))
        return (told | {"pictures": len(told["pictures"] or ()), "cost": told["cost"] / _MICROS}).values()

    return Sheet(list(columns), said.order_by(col(Message.id)), tell)


_OF_CALLS: Columns = {
    "id": Call.id,
    "kind": Call.kind,
    "step": Call.step,
    "status": Call.status,
    "phone": Call.phone,
    "sender": Call.sender,
    "outcome": Recipient.outcome,
    "answered_by": Call.answered_by,
    "seconds": Call.duration_s,
    "with": Person.name,
    "cost": Call.cost_micros,
    "error_code": Call.error_code,
    "carrier_sid": Call.carrier_sid,
    "created_at": Call.created_at,
    "dialed_at": Call.claimed_at,
    "answered_at": Call.answered_at,
    "voicemail_at": Call.voicemail_at,
    "wants_person_at": Call.wants_person_at,
    "bridged_at": Call.bridged_at,
    "abandoned_at": Call.abandoned_at,
    "ended_at": Call.ended_at,
}


def _calls(campaign_id: int | None) -> Sheet:
    columns, query = _query(_OF_CALLS, Call, campaign_id)
    called = query.outerjoin(Recipient, col(Recipient.id) == col(Call.recipient_id))
    called = called.outerjoin(Person, col(Person.id) == col(Call.volunteer_id))

    def tell(row: Any) -> Iterable[object]:
        """A call with its cost in dollars."""
        told = dict(zip(columns, row, strict=True))
        return (told | {"cost": told["cost"] / _MICROS}).values()

    return Sheet(list(columns), called.order_by(col(Call.id)), tell)


def _handoffs(campaign_id: int | None) -> Sheet:
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
    columns, query = _query(columns, Handoff, campaign_id)
    handed = query.outerjoin(Contact, col(Contact.phone) == col(Handoff.phone))
    handed = handed.outerjoin(Person, col(Person.id) == col(Handoff.claimed_by))
    return Sheet(list(columns), handed.order_by(col(Handoff.id)))


def _commitments(campaign_id: int | None) -> Sheet:
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
        "marked_at": Commitment.settled_at,
    }
    columns, query = _query(columns, Commitment, campaign_id)
    promised = (
        query.join(Recipient, col(Recipient.id) == col(Commitment.recipient_id))
        .join(Contact, col(Contact.id) == col(Recipient.contact_id))
        .join(Ask, col(Ask.id) == col(Commitment.ask_id))
    )
    return Sheet(list(columns), promised.order_by(col(Commitment.id)))


def _opt_outs(campaign_id: int | None) -> Sheet:
    """What stands in the ledger; of a campaign, against the numbers in it."""
    columns: Columns = {
        "phone": OptOut.phone,
        "kind": OptOut.kind,
        "because": OptOut.because,
        "by": OptOut.recorded_by,
        "at": OptOut.recorded_at,
    }
    standing = select(*columns.values()).where(col(OptOut.lifted_at).is_(None)).order_by(col(OptOut.id))
    if campaign_id is not None:
        numbers = select(col(Recipient.phone)).where(col(Recipient.campaign_id) == campaign_id)
        standing = standing.where(col(OptOut.phone).in_(numbers))
    return Sheet(list(columns), standing)


_SHEETS: dict[What, Callable[[int | None], Sheet]] = {
    What.RECIPIENTS: _recipients,
    What.MESSAGES: _messages,
    What.CALLS: _calls,
    What.HANDOFFS: _handoffs,
    What.COMMITMENTS: _commitments,
    What.OPT_OUTS: _opt_outs,
}
