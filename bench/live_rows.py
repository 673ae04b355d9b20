"""Fills a database with one campaign long under way: people, and five texts for each, by bulk SQL alone."""

from sqlalchemy import Connection, text

from phonebank import db
from tests.support.campaigns import a_campaign

_NUMBERS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {people}) "
    "SELECT {columns} FROM n",
    "postgresql": "SELECT {columns} FROM generate_series(1, {people}) AS n(i)",
}
_PHONE = {"sqlite": "printf('+1%010d', 2002000000 + i)", "postgresql": "'+1' || (2002000000 + i)::text"}
_SID = {"sqlite": "printf('SM{kind}%030d', i)", "postgresql": "'SM{kind}' || lpad(i::text, 30, '0')"}
_AT = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%S.000000', '2027-02-03 15:00:00', '+' || ({seconds}) || ' seconds')",
    "postgresql": "timestamptz '2027-02-03 15:00:00+00' + make_interval(secs => {seconds})",
}
_OUTCOME = """CASE WHEN i % 10 <> 0 THEN 'none' WHEN i % 100 = 50 THEN 'opted_out' WHEN i % 100 = 30 THEN 'maybe'
 WHEN i % 20 = 0 THEN 'yes' ELSE 'no' END"""
_ASKED = "i <= {people} * 9 / 10"


def fill(people: int) -> int:
    """The id of a running campaign with so many people, nine of ten asked, and five texts for each; ANALYZEd."""
    kind = db.engine().dialect.name
    with db.transaction() as session:
        campaign_id = a_campaign(session).id or 0
        session.flush()
        connection = session.connection()
        connection.execute(
            text(f"UPDATE campaign SET status = 'running', launched_at = {_at(kind, '0')}, launched_by = 'bench'")
        )
        _people(connection, kind, people)
        asked = people * 9 // 10
        for number, wave in enumerate(("ask", "reply", "confirmation", "reminder", "alternative")):
            _texts(connection, kind, asked, wave, number)
        _texts(connection, kind, people // 2, "help", 5)
    with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    return campaign_id


def _people(connection: Connection, kind: str, people: int) -> None:
    at = _at(kind, "i / 70")
    asked, answered = _ASKED.format(people=people), "i % 10 = 0"
    status = f"CASE WHEN NOT {asked} THEN 'pending' WHEN {answered} THEN 'settled' ELSE 'asked' END"
    contact = {
        "id": "i",
        "phone": _PHONE[kind],
        "first_name": "'Rosa'",
        "last_name": "'Lee'",
        "email": "''",
        "zip": "''",
    }
    contact |= {"state": "''", "zones": "'America/New_York'", "language": "'en'", "connection": "''", "fields": "'{}'"}
    _insert(connection, kind, people, "contact", contact | {"created_at": _at(kind, "0"), "updated_at": _at(kind, "0")})
    recipient = {"id": "i", "campaign_id": "1", "contact_id": "i", "phone": _PHONE[kind], "zones": "'America/New_York'"}
    recipient |= {"state": "''", "language": "'en'", "variant": "i", "status": status, "due_at": at}
    recipient |= {"outcome": f"CASE WHEN {asked} THEN {_OUTCOME} ELSE 'none' END"}
    recipient |= dict.fromkeys(("composed_at", "asked_at"), f"CASE WHEN {asked} THEN {at} END")
    recipient |= {"replied_at": f"CASE WHEN {asked} AND {answered} THEN {_at(kind, 'i / 70 + 600')} END"}
    _insert(connection, kind, people, "recipient", recipient)


def _texts(connection: Connection, kind: str, people: int, wave: str, number: int) -> None:
    at = _at(kind, f"i / 70 + {number * 900}")
    theirs = wave == "reply"
    status = "CASE i % 40 WHEN 1 THEN 'undelivered' WHEN 2 THEN 'sent' WHEN 3 THEN 'failed' ELSE 'delivered' END"
    row = {"direction": "'in'" if theirs else "'out'", "kind": f"'{wave}'", "status": "'handled'" if theirs else status}
    row |= {"campaign_id": "1", "recipient_id": "i", "step": "NULL" if theirs else f"'{wave}'", "phone": _PHONE[kind]}
    row |= {"sender": "'MG00000000000000000000000000000000'", "media": "'[]'", "priority": "3"}
    row |= {"body": f"'{'Hello Rosa, can I count on you to make calls with us? ' * (1 if theirs else 3)}'"}
    row |= {"segments": "1", "cost_micros": "8000", "claimed_at": at, "due_at": at, "settled_at": at, "created_at": at}
    row |= {"carrier_sid": _SID[kind].format(kind=f"{number:02d}"), "carrier_rank": "4", "attempts": "1", "looks": "0"}
    row |= {"error_code": "CASE i % 40 WHEN 1 THEN 30003 WHEN 3 THEN 30007 END"}
    _insert(connection, kind, people, "message", row)


def _insert(connection: Connection, kind: str, people: int, table: str, columns: dict[str, str]) -> None:
    rows = _NUMBERS[kind].format(people=people, columns=", ".join(columns.values()))
    connection.execute(text(f"INSERT INTO {table} ({', '.join(columns)}) {rows}"))


def _at(kind: str, seconds: str) -> str:
    return _AT[kind].format(seconds=seconds)
