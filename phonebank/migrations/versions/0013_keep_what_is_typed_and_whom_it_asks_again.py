"""Keep a campaign's form as it is typed, and whose unanswered ask a campaign puts anew."""

import sqlalchemy as sa
from alembic import op

from phonebank.db import JSONField

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("campaign", sa.Column("again_of", sa.Integer(), nullable=True))
    op.create_table(
        "campaign_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("form", JSONField, nullable=False),
        sa.Column("is_deleted", sa.Boolean(), nullable=False),
        sa.Column("saved_by", sa.String(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_campaign_draft_campaign_id", "campaign_draft", ["campaign_id"])


def downgrade() -> None:
    raise NotImplementedError("There is no way back: restore a backup from before the upgrade.")
