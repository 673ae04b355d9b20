"""Keep which reader a threshold is of."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # 0: of no reader there is, so that what was kept before this revision is not in force.
    op.add_column("reply_threshold", sa.Column("readers_own", sa.Float(), nullable=False, server_default="0"))


def downgrade() -> None:
    raise NotImplementedError("There is no way back: restore a backup from before the upgrade.")
