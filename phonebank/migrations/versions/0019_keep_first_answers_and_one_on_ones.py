"""Keep first answers, the watch on waits with who is told, and one-on-ones."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_IS_LEFT = sa.text("remind_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("handoff", sa.Column("first_answered_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("handoff", sa.Column("first_answered_by", sa.Integer(), nullable=True))
    op.create_index("handoff_answered", "handoff", ["first_answered_at", "campaign_id"])
    _alerts()
    _one_on_ones()


def _alerts() -> None:
    op.create_table(
        "wait_watch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bound_minutes", sa.Integer(), nullable=False),
        sa.Column("over_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "alert_wish",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("by_text", sa.Boolean(), nullable=False),
        sa.Column("by_email", sa.Boolean(), nullable=False),
        sa.Column("hours_start", sa.Time(), nullable=False),
        sa.Column("hours_end", sa.Time(), nullable=False),
        sa.Column("texted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("person_id"),
    )


def _one_on_ones() -> None:
    words = ("booked", "confirmed", "held", "missed", "called_off")
    status = sa.Enum(*words, name="oneononestatus_known", native_enum=False, length=20, create_constraint=True)
    heard = [
        sa.Column(name, sa.String(), nullable=False)
        for name in ("story", "interests", "resources", "next_step", "reflection")
    ]
    op.create_table(
        "one_on_one",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("meets_id", sa.Integer(), nullable=False),
        sa.Column("booked_by", sa.Integer(), nullable=False),
        sa.Column("status", status, nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("remind_at", sa.DateTime(timezone=True), nullable=True),
        *heard,
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["recipient_id"], ["recipient.id"]),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"]),
        sa.ForeignKeyConstraint(["meets_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["booked_by"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token"),
        sa.UniqueConstraint("nonce"),
    )
    op.create_index("ix_one_on_one_recipient_id", "one_on_one", ["recipient_id"])
    op.create_index("ix_one_on_one_campaign_id", "one_on_one", ["campaign_id"])
    op.create_index("one_on_one_of_person", "one_on_one", ["meets_id", "starts_at"])
    op.create_index(
        "one_on_one_reminders", "one_on_one", ["remind_at"], sqlite_where=_IS_LEFT, postgresql_where=_IS_LEFT
    )


def downgrade() -> None:
    raise NotImplementedError("There is no way back: restore a backup from before the upgrade.")
