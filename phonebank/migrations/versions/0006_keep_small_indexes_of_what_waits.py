"""Keep small indexes of what waits, and none of what is done."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_WAITING = sa.text("status = 'pending' AND composed_at IS NULL")
_QUEUED = sa.text("status = 'queued'")
_DOUBTFUL = sa.text("status IN ('sending', 'unknown')")


def upgrade() -> None:
    op.drop_index("recipient_due", "recipient")
    _add("recipient_due", "recipient", ["campaign_id", "due_at", "id"], _WAITING)
    _add("recipient_group", "recipient", ["campaign_id", "zones", "state", "due_at"], _WAITING)
    op.drop_index("message_unsettled", "message")
    op.drop_index("message_of_campaign", "message")
    _add("message_waiting", "message", ["campaign_id", "due_at"], _QUEUED)
    _add("message_doubtful", "message", ["claimed_at"], _DOUBTFUL)


def _add(name: str, table: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    raise NotImplementedError("There is no way back: restore a backup from before the upgrade.")
