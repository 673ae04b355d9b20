"""Keep who judged a reading, and each campaign's threshold."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reply_threshold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("acts_from", sa.Float(), nullable=False),
        sa.Column("was", sa.Float(), nullable=False),
        sa.Column("because", sa.String(), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_reply_threshold_campaign_id", "reply_threshold", ["campaign_id"])
    op.add_column("reply_reading", sa.Column("judged_by", sa.Integer(), nullable=True))
    op.add_column("reply_reading", sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True))
    after_answer = sa.Column("judged_after_answer", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("reply_reading", after_answer)


def downgrade() -> None:
    raise NotImplementedError("There is no way back: restore a backup from before the upgrade.")
