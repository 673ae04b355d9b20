"""`phonebank trace`: one text's life, line by line."""

from collections.abc import Iterator
from datetime import datetime

import click
from sqlmodel import Session

from phonebank import db, phone
from phonebank.campaigns import queries as campaigns
from phonebank.cli import opening, tracing_calls
from phonebank.cli.printing import say
from phonebank.errors import NotFoundError
from phonebank.gateway.codes import meaning
from phonebank.messages import queries
from phonebank.messages.models import Direction, Message, MessageStatus
from phonebank.replies import queries as replies

_MICROS = 1_000_000
_BIGGEST_ID = 2**31
_SETTLED = {
    MessageStatus.DELIVERED: "delivered: the carrier says that it reached the phone",
    MessageStatus.UNDELIVERED: "undelivered: it did not reach the phone",
    MessageStatus.FAILED: "failed",
    MessageStatus.CANCELED: "canceled before it went",
    MessageStatus.UNKNOWN: "in doubt: nobody can tell whether it went; a member of staff decides",
}


@click.command()
@click.argument("id", metavar="ID")
def trace(id: str) -> None:  # noqa: A002 - the name that the usage line shows
    """One text's or call's life, line by line. ID is ours (a number, or “call 12”) or the carrier's."""
    with opening.opened(), db.reading() as session:
        call = tracing_calls.found(session, id.strip())
        for line in tracing_calls.life(session, call) if call else _life(session, _found(session, id.strip())):
            say(line)


def _found(session: Session, wanted: str) -> Message:
    number = int(wanted) if wanted.isdecimal() and int(wanted) < _BIGGEST_ID else None
    found = queries.by_id(session, number) if number is not None else queries.by_sid(session, wanted)
    if found is None:
        raise NotFoundError("There is no text with that id.")
    return found


def _life(session: Session, text: Message) -> Iterator[str]:
    campaign = f" in “{campaigns.by_id(session, text.campaign_id).name}”" if text.campaign_id else ""
    way = "from" if text.direction is Direction.IN else "to"
    yield f"Text {text.id}: {text.kind} {way} {phone.mask(text.phone)}{campaign}, now {text.status}."
    yield f"  “{text.body}”" + (f" and {len(text.media)} pictures" if text.media else "")
    told = _heard(session, text) if text.direction is Direction.IN else _said(text)
    for at, words in told:
        yield f"  {at:%Y-%m-%d %H:%M:%S}Z  {words}" if at else f"  {'':20}  {words}"


Line = tuple[datetime | None, str]


def _said(text: Message) -> Iterator[Line]:
    cost = f"{text.segments} segments, ${text.cost_micros / _MICROS:.4f}"
    yield text.created_at, f"written down{f' as step {text.step}' if text.step else ''}: {cost}"
    if text.due_at:
        yield text.due_at, "due, inside contact hours"
    if text.claimed_at:
        yield text.claimed_at, f"claimed to be sent (attempt {text.attempts})"
    if text.carrier_sid:
        yield text.sent_at, f"taken by the carrier as {text.carrier_sid}"
    elif text.sent_at:
        yield text.sent_at, "known to have gone"
    if text.looks:
        yield text.looked_at, f"looked for {text.looks} times in the carrier's log, in vain"
    if text.error_code is not None:
        yield None, f"the carrier's error: {meaning(text.error_code)}"
    if text.status in _SETTLED:
        yield text.settled_at, _SETTLED[text.status]
    elif text.status is MessageStatus.QUEUED and text.lapses_at:
        yield text.lapses_at, "its contact hours end; what has not gone by then waits for the next ones"


def _heard(session: Session, text: Message) -> Iterator[Line]:
    assert text.id is not None
    yield text.created_at, f"received{f' as {text.carrier_sid}' if text.carrier_sid else ''}"
    reading = replies.readings_of(session, [text.id]).get(text.id)
    if reading is not None:
        yield reading.read_at, f"read as {reading.intent} ({reading.confidence:.2f}): {reading.why}"
        yield reading.read_at, f"decided: {reading.decision}" + (" by the machine" if reading.acted else "")
        if reading.verdict:
            yield None, f"a person's verdict: {reading.verdict}"
    if text.settled_at:
        yield text.settled_at, "handled"
