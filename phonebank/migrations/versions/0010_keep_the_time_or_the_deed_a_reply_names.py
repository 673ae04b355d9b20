"""Keep the time or the deed a reply names."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reply_reading", sa.Column("named", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    raise NotImplementedError("There is no way back: restore a backup from before the upgrade.")
