"""Keep when a conversation was first answered, and by whom."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("handoff", sa.Column("first_answered_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("handoff", sa.Column("first_answered_by", sa.Integer(), nullable=True))
    op.create_index("handoff_answered", "handoff", ["first_answered_at", "campaign_id"])


def downgrade() -> None:
    raise NotImplementedError("There is no way back: restore a backup from before the upgrade.")
