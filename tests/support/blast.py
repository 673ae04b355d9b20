"""A blast for benchmarks: a database with nothing but so many asks, written down and due."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from phonebank import clock, db, jobs, migrations, settings, tables
from phonebank.campaigns import lifecycle, spec
from phonebank.contacts.models import ContactList
from phonebank.messages import composing
from phonebank.messages.composing import NewText, row_of
from phonebank.messages.models import MessageKind, Priority
from tests.support import servers

ACCOUNT, TOKEN, SERVICE = "AC" + "0" * 32, "t" * 32, "MG" + "0" * 32
BODY = "Hi Ana, it's RepresentUs. Can I count on you to make calls with us Wednesday at 6 pm? Reply STOP to end."
CAMPAIGN = f"""
name = "bench"
lists = ["everyone"]
organization = "RepresentUs"
sender = "{SERVICE}"
[hours]
start = "00:00"
end = "23:59"
[limits]
segments_per_second = 10000
[ask]
action = "make calls with us"
texts = ["Hi {{{{ first_name }}}}, it's RepresentUs. Can I count on you to make calls with us? Reply STOP to end."]
"""


@contextmanager
def standing() -> Iterator[dict[str, str]]:
    """A Redis, a PostgreSQL and a home of a benchmark's own, in the environment; gives each database's name and URL."""
    with ExitStack() as stack:
        redis, postgres = servers.start_redis(), servers.start_postgres()
        stack.callback(redis.stop)
        stack.callback(postgres.stop)
        home = stack.enter_context(tempfile.TemporaryDirectory())
        Path(home, "var").mkdir()
        os.environ.update(PHONEBANK_HOME=home, REDIS_URL=redis.url, LOG_LEVEL="ERROR")
        os.environ.update(TWILIO_ACCOUNT_SID=ACCOUNT, TWILIO_AUTH_TOKEN=TOKEN)
        yield {"SQLite": "", "PostgreSQL": f"{postgres.url}/postgres"}


def queue(database: str, texts: int, pace: int = 10_000) -> int:
    """A database with nothing but so many asks, written down and due. Gives their campaign's id."""
    os.environ["DATABASE_URL"] = database
    house = settings.load()
    jobs.configure(house)
    jobs.connection().flushdb()
    engine = db.configure(house.database)
    if db.is_postgresql():
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
    else:
        for path in Path(house.var).glob("phonebank.db*"):
            path.unlink()
    migrations.upgrade(db.configure(house.database))
    with db.transaction() as session:
        session.add(ContactList(name="everyone", created_at=clock.now()))
        session.flush()
        made = spec.create(session, spec.parse(CAMPAIGN.replace("10000", str(pace))), clock.now())
        assert made.id is not None
        lifecycle.launch(session, made.id, by="bench", because=None, now=clock.now())
        lifecycle.begin(session, made.id, clock.now())
        _write_down(session, made.id, texts)
    with db.engine().connect() as connection:
        connection.exec_driver_sql("ANALYZE")
    return made.id


def answer(campaign_id: int, number: int) -> int:
    """A volunteer answers the person of this number, now. Gives the text's id."""
    with db.transaction() as session:
        text = NewText(
            phone=f"+1202{number:07d}",
            sender=SERVICE,
            kind=MessageKind.ANSWER,
            body="Yes, we meet on Zoom: I will send you the link.",
            priority=Priority.ANSWER,
            campaign_id=campaign_id,
            recipient_id=number + 1,
            step=f"answer:{number}",
        )
        message_id = composing.compose(session, text, clock.now())
    assert message_id is not None
    return message_id


def _write_down(session: Any, campaign_id: int, texts: int) -> None:
    now = clock.now()
    people = [
        {"phone": f"+1202{number:07d}", "first_name": "Ana", "zones": "UTC", "created_at": now, "updated_at": now}
        for number in range(texts)
    ]
    table = tables.metadata.tables
    execute = session.connection().execute
    blank = {"last_name": "", "email": "", "zip": "", "state": "", "language": "en", "connection": "", "fields": {}}
    columns = {column.name for column in table["contact"].columns}
    execute(insert(table["contact"]), [{k: v for k, v in (blank | one).items() if k in columns} for one in people])
    recipients = [
        {
            "campaign_id": campaign_id,
            "contact_id": number + 1,
            "phone": one["phone"],
            "zones": "UTC",
            "state": "",
            "language": "en",
            "variant": 0,
            "status": "pending",
            "outcome": "none",
            "due_at": now,
            "composed_at": now,
        }
        for number, one in enumerate(people)
    ]
    execute(insert(table["recipient"]), recipients)
    sample = NewText(
        phone="",
        sender=SERVICE,
        kind=MessageKind.ASK,
        body=BODY,
        priority=Priority.ASK,
        campaign_id=campaign_id,
        step="ask",
    )
    lapses_at = now.replace(year=now.year + 1)
    written = row_of(sample, due_at=now, lapses_at=lapses_at, now=now)
    rows = [written | {"phone": one["phone"], "recipient_id": number + 1} for number, one in enumerate(people)]
    execute(insert(composing.messages), rows)
