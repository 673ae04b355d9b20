"""What runs for each batch, sweep or poll reads an index: it never looks through a table that grows with the people."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, text
from sqlmodel import Session

from phonebank import db, tables
from phonebank.campaigns import queries as campaigns
from phonebank.followups import queries as followups
from phonebank.handoffs import lifecycle as handoffs
from phonebank.intents import Outcome
from phonebank.messages import lifecycle, queries, tidying
from phonebank.messages.models import Direction, MessageKind, MessageStatus
from phonebank.optouts import queries as optouts
from phonebank.recipients import enrolling
from phonebank.recipients import lifecycle as recipients
from phonebank.recipients import queries as recipient_queries
from phonebank.recipients.models import RecipientStatus
from phonebank.reports import gauges, people, queues
from phonebank.reports.newest import newest
from phonebank.reports.present import present
from phonebank.tallies import queries as tallies
from tests.support.campaigns import NOW, a_campaign, a_contact

PEOPLE = 6_000
LARGE = ("message", "recipient", "contact", "list_member", "opt_out")
SMALL = {
    str(index.name)
    for table in tables.metadata.tables.values()
    for index in table.indexes
    if index.dialect_options["sqlite"]["where"] is not None and not index.unique
}
"""Indexes of what waits alone: to read one of these from end to end is what they are for."""

SENDER = "MG" + "0" * 32
PHONE = "+13035550100"
BEFORE = NOW - timedelta(hours=1)


@pytest.fixture
def house(database: Engine) -> Engine:
    """A campaign long under way: nearly everybody asked and settled, a few texts in each other state."""
    with db.transaction() as session:
        drive = a_campaign(session, contacts=[a_contact()])
        session.flush()
        lists = session.connection().execute(text("SELECT id FROM contact_list")).scalar()
        _fill(session, drive.id or 0, lists)
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    return database


def _fill(session: Session, campaign_id: int, list_id: int) -> None:
    """People 2 … PEOPLE + 1, every 300th still to be asked, and a text or two of each of the others."""
    ids = range(2, PEOPLE + 2)
    phones = {number: f"+1303{5_550_000 + number}" for number in ids}
    stamps = {"created_at": NOW, "updated_at": NOW}
    person = {"first_name": "", "last_name": "", "email": "", "zip": "", "state": "", "language": "en", "fields": {}}
    person |= {"zones": "America/New_York", "connection": "", **stamps}
    _put(session, "contact", [{"id": number, "phone": phones[number], **person} for number in ids])
    _put(session, "list_member", [{"list_id": list_id, "contact_id": number} for number in ids])
    _put(session, "opt_out", [_out(phones[number]) for number in ids if number % 10 == 0])
    _put(session, "opt_out", [_out(f"+1415{2_000_000 + number}") for number in range(20_000)])
    _put(session, "recipient", [_recipient(campaign_id, number, phones[number]) for number in ids])
    _put(session, "message", [row for number in ids if number % 300 for row in _texts(campaign_id, number, phones)])


def _put(session: Session, table: str, rows: list[dict[str, Any]]) -> None:
    session.connection().execute(tables.metadata.tables[table].insert(), rows)


def _out(phone: str) -> dict[str, Any]:
    return {"phone": phone, "kind": "opt_out", "because": "STOP", "recorded_by": "them", "recorded_at": NOW}


def _recipient(campaign_id: int, number: int, phone: str) -> dict[str, Any]:
    row = {"id": number, "campaign_id": campaign_id, "contact_id": number, "phone": phone, "state": "", "variant": 0}
    row |= {"zones": "America/New_York", "language": "en", "due_at": BEFORE, "outcome": "none"}
    is_asked = bool(number % 300)
    status = RecipientStatus.ASKED if is_asked else RecipientStatus.PENDING
    at = BEFORE if is_asked else None
    return row | {"status": status, "composed_at": at, "asked_at": at, "replied_at": None, "settled_at": None}


def _texts(campaign_id: int, number: int, phones: dict[int, str]) -> Iterator[dict[str, Any]]:
    rare = {1: MessageStatus.QUEUED, 2: MessageStatus.SENDING, 3: MessageStatus.UNKNOWN, 4: MessageStatus.FAILED}
    out = {"direction": Direction.OUT, "kind": MessageKind.ASK, "step": "ask", "priority": 3}
    yield _text(campaign_id, number, phones[number], rare.get(number % 500, MessageStatus.DELIVERED), out)
    if number % 5 == 0:
        status = MessageStatus.HANDLED if number % 1000 else MessageStatus.RECEIVED
        theirs = {"direction": Direction.IN, "kind": MessageKind.REPLY, "step": None, "priority": 1}
        yield _text(campaign_id, number, phones[number], status, theirs)


def _text(campaign_id: int, number: int, phone: str, status: MessageStatus, more: dict[str, Any]) -> dict[str, Any]:
    row = {"campaign_id": campaign_id, "recipient_id": number, "phone": phone, "sender": SENDER, "body": "x" * 120}
    row |= {"media": [], "segments": 1, "cost_micros": 8000, "due_at": BEFORE, "lapses_at": NOW, "claimed_at": BEFORE}
    return row | {"carrier_rank": 1, "attempts": 1, "looks": 0, "created_at": BEFORE, "status": status} | more


VERBS: dict[str, Callable[[Session], Any]] = {
    "who is due": lambda s: recipient_queries.due_to_compose(s, 1, now=NOW, most=200),
    "whether anybody is due": lambda s: recipient_queries.any_due(s, 1, NOW),
    "parking a group": lambda s: recipients.park(
        s, 1, zones="America/New_York", state="", until=NOW + timedelta(hours=9), now=NOW
    ),
    "leaving a group out": lambda s: recipients.exclude_group(s, 1, zones="America/New_York", state="", because="x"),
    "leaving numbers out": lambda s: recipients.leave_out(s, [PHONE], because="opted out"),
    "marking as asked": lambda s: recipients.mark_asked(s, [3, 4], NOW),
    "where enrolling goes on": lambda s: recipient_queries.last_enrolled(s, 1),
    "enrolling a batch": lambda s: enrolling.enrol_batch(s, campaigns.by_id(s, 1), NOW, after=PEOPLE - 50),
    "what may go now": lambda s: queries.next_segments(s, SENDER, 200, urgent_only=False, now=NOW),
    "what is urgent": lambda s: queries.next_segments(s, SENDER, 200, urgent_only=True, now=NOW),
    "the claim": lambda s: lifecycle.claim(s, SENDER, 50, urgent_only=False, now=NOW),
    "senders with work": lambda s: queries.senders_with_work(s, NOW),
    "asks waiting": lambda s: queries.asks_waiting(s, 1, most=1000),
    "whether anything waits": queries.any_queued,
    "the unread": lambda s: queries.unread(s, 100),
    "what is in doubt": lambda s: queries.in_doubt(s, claimed_before=NOW, looked_before=NOW, most=200),
    "what staff must decide": queues.unknown,
    "how much waits for staff": queues.counts,
    "what strangers wrote": queues.strangers,
    "who is held": queues.held,
    "who is late": queues.late,
    "what is unreported": lambda s: queries.unreported(s, claimed_before=NOW, looked_before=NOW, most=200),
    "what failed": lambda s: queries.not_arrived(s, 1, BEFORE),
    "past their hours": lambda s: queries.past_their_hours(s, NOW, 500),
    "tidying": lambda s: tidying.tidy(s, NOW),
    "a conversation": lambda s: queries.conversation(s, PHONE),
    "who is opted out": lambda s: optouts.opted_out_among(s, [PHONE]),
    "who is unwilling": lambda s: recipient_queries.unwilling(s, 1, BEFORE),
    "reminders due": lambda s: followups.is_due(s, NOW),
    "leases that are over": lambda s: handoffs.lapse(s, NOW),
    "a campaign's newest replies": lambda s: newest(s, 1),
    "who is to be counted": lambda s: tallies.due(s, NOW),
    "who said yes": lambda s: people.decided(s, 1, Outcome.YES),
    "who waits in a campaign": lambda s: present(s, campaigns.by_id(s, 1), NOW),
    "the gauges": lambda s: list(gauges.gauges(s, NOW)),
}


def test_nothing_that_runs_again_and_again_looks_through_a_large_table(house):
    scans = {
        f"{name}: {plan}"
        for name, verb in VERBS.items()
        for statement in _statements(house, verb)
        for plan in _scans(house, *statement)
    }
    assert not scans, "\n" + "\n".join(sorted(scans))


def _statements(engine: Engine, verb: Callable[[Session], Any]) -> list[tuple[str, Any]]:
    """What the verb says to the database, in a transaction that is undone."""
    said: list[tuple[str, Any]] = []

    def listen(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if statement.split(maxsplit=1)[0] in {"SELECT", "UPDATE", "INSERT", "WITH"}:
            said.append((statement, parameters[0] if many else parameters))

    event.listen(engine, "before_cursor_execute", listen)
    try:
        with Session(engine) as session:
            verb(session)
            session.rollback()
    finally:
        event.remove(engine, "before_cursor_execute", listen)
    assert said
    return said


def _scans(engine: Engine, statement: str, parameters: Any) -> Iterator[str]:
    """The lines of the plan that look through a large table."""
    is_postgres = engine.dialect.name == "postgresql"
    explain = "EXPLAIN " if is_postgres else "EXPLAIN QUERY PLAN "
    with engine.connect() as connection:
        if is_postgres:
            connection.exec_driver_sql("SET LOCAL plan_cache_mode = force_custom_plan")
        lines = [str(row[-1]) for row in connection.exec_driver_sql(explain + statement, parameters)]
    for line in lines:
        table, index = _looked_through(line, is_postgres=is_postgres)
        if table in LARGE and index not in SMALL:
            yield f"{line.strip()} ← {' '.join(statement.split())[:300]}"


def _looked_through(line: str, *, is_postgres: bool) -> tuple[str, str]:
    """The table that this line of a plan reads from end to end, and the index by which it does, if any."""
    told = re.search(r"Seq Scan on (\w+)()" if is_postgres else r"^SCAN (\w+)(?: USING.* INDEX (\w+))?", line)
    return (told[1], told[2] or "") if told else ("", "")
