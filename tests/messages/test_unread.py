"""Who has texted and was not read is asked about twice a second: the answer comes from a small index of the unread."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from phonebank import db
from phonebank.messages import queries, receiving
from phonebank.messages.composing import messages
from phonebank.messages.models import MessageStatus
from tests.support import factories
from tests.support.factories import do

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def heard_long_ago(database, clock):
    """Thousands of replies that were read."""
    for number in range(3):
        do(receiving.store, factories.inbound(f"+1212555020{number}", "yes"), clock.now() - timedelta(seconds=number))
    with db.transaction() as session:
        row = session.connection().execute(messages.select()).mappings().first()
        said = {**row, "status": MessageStatus.HANDLED}
        del said["id"]
        rows = [{**said, "carrier_sid": f"SM{number}", "phone": f"+1415{2_000_000 + number}"} for number in range(4000)]
        session.connection().execute(messages.insert(), rows)
        session.connection().execute(text("ANALYZE"))


@pytest.mark.usefixtures("heard_long_ago")
def test_the_unread_are_read_from_their_index():
    asked = queries._UNREAD.params(b_most=100).compile(db.engine(), compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN" if db.is_postgresql() else "EXPLAIN QUERY PLAN"
    with db.reading() as session:
        plan = "\n".join(str(row) for row in session.connection().execute(text(f"{explain} {asked}")))
    assert "message_unread" in plan, plan


@pytest.mark.usefixtures("heard_long_ago")
def test_the_longest_waiting_come_first(clock):
    with db.reading() as session:
        found = queries.unread(session, 2)
    assert [row.phone for row in found] == ["+12125550202", "+12125550201"]
    assert found[0].first == found[0].last == clock.now() - timedelta(seconds=2)
