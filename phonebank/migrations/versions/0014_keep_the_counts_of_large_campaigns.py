"""Keep the counts of large campaigns; find a campaign's newest replies, and who decided what, by small indexes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaign_tally",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("took_ms", sa.BigInteger(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("campaign_id"),
    )
    heard, decided = sa.text("direction = 'in'"), sa.text("outcome <> 'none'")
    op.create_index(
        "message_heard",
        "message",
        ["campaign_id", "created_at", "id"],
        sqlite_where=heard,
        postgresql_where=heard,
    )
    op.create_index(
        "recipient_decided",
        "recipient",
        ["campaign_id", "outcome", "id"],
        sqlite_where=decided,
        postgresql_where=decided,
    )


def downgrade() -> None:
    raise NotImplementedError("There is no way back: restore a backup from before the upgrade.")
