"""Read what is unread from an index of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(
            "message_unread",
            ["phone", "created_at"],
            unique=False,
            sqlite_where=sa.text("status = 'received'"),
            postgresql_where=sa.text("status = 'received'"),
        )


def downgrade() -> None:
    raise NotImplementedError("There is no way back: restore a backup from before the upgrade.")
