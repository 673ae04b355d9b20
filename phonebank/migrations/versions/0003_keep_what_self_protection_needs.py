"""Keep what self protection needs."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sending_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("least_refused", sa.Integer(), nullable=False),
        sa.Column("is_full_at_carrier", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("day"),
    )
    op.create_table(
        "textless_number",
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("because", sa.String(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("phone"),
    )
    with op.batch_alter_table("textless_number", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_textless_number_noted_at"), ["noted_at"], unique=False)

    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.add_column(sa.Column("paused_over", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("texts_said", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("asks_said", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("watched_from", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("texts_before", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("asks_before", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("segments_per_day", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("asks_wait_since", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(
            "message_not_arrived",
            ["campaign_id", "claimed_at"],
            unique=False,
            sqlite_where=sa.text("status IN ('undelivered', 'failed')"),
            postgresql_where=sa.text("status IN ('undelivered', 'failed')"),
        )

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("at_inbox_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("recipient", schema=None) as batch_op:
        batch_op.create_index(
            "recipient_unwilling",
            ["campaign_id", "outcome", "asked_at"],
            unique=False,
            sqlite_where=sa.text("outcome IN ('opted_out', 'wrong_number')"),
            postgresql_where=sa.text("outcome IN ('opted_out', 'wrong_number')"),
        )

    # What was said before this was not counted: the breaker begins with what is said from now on.
    op.execute("UPDATE campaign SET watched_from = CURRENT_TIMESTAMP WHERE launched_at IS NOT NULL")


def downgrade() -> None:
    raise NotImplementedError("There is no way back: restore a backup from before the upgrade.")
