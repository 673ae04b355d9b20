"""Snooze a conversation, hand it to an organizer with a note, know since when it waits; keep saved answers."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    for column in (
        sa.Column("waits_since", _MOMENT, nullable=True),
        sa.Column("snoozed_until", _MOMENT, nullable=True),
        sa.Column("heard_before", sa.Integer(), nullable=True),
        sa.Column("for_organizer", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("is_abusive", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("note", sa.String(), nullable=False, server_default=""),
        sa.Column("noted_by", sa.Integer(), nullable=True),
    ):
        op.add_column("handoff", column)
    op.create_index(
        "handoff_next",
        "handoff",
        ["urgency", "waits_since", "id"],
        sqlite_where=sa.text("waits_since IS NOT NULL"),
        postgresql_where=sa.text("waits_since IS NOT NULL"),
    )
    op.create_table(
        "saved_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shortcut", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("saved_by", sa.String(), nullable=False),
        sa.Column("saved_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_saved_answer_campaign_id", "saved_answer", ["campaign_id"])


def downgrade() -> None:
    raise NotImplementedError("There is no way back: restore a backup from before the upgrade.")
