"""Keep who came, who greets them, reminders people asked for themselves, calendar addresses and files of opt-outs."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_WISHED = sa.text("plan_id IS NULL AND status = 'scheduled'")


def upgrade() -> None:
    op.add_column("commitment", sa.Column("stood_as", sa.String(), nullable=True))
    op.add_column("commitment", sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("commitment", sa.Column("settled_by", sa.Integer(), nullable=True))
    op.create_index("ix_commitment_ask_id", "commitment", ["ask_id"])
    known = sa.CheckConstraint("status IN ('scheduled', 'sent', 'lapsed', 'canceled')", name="followupstatus_known")
    with op.batch_alter_table("follow_up", table_args=(known,)) as batch_op:
        batch_op.alter_column("plan_id", existing_type=sa.Integer(), nullable=True)
    op.create_index(
        "follow_up_wished",
        "follow_up",
        ["commitment_id"],
        unique=True,
        sqlite_where=_WISHED,
        postgresql_where=_WISHED,
    )
    _make_tables_of_the_door()
    op.create_table(
        "calendar_feed",
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("token"),
        sa.UniqueConstraint("person_id"),
    )
    op.create_table(
        "opt_out_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("because", sa.String(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("unreadable", sa.Integer(), nullable=False),
        sa.Column("rejects", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _make_tables_of_the_door() -> None:
    op.create_table(
        "greeter",
        sa.Column("ask_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ask_id"], ["ask.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("ask_id", "person_id"),
    )
    op.create_index("ix_greeter_person_id", "greeter", ["person_id"])
    op.create_table(
        "door",
        sa.Column("ask_id", sa.Integer(), nullable=False),
        sa.Column("walk_ins", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["ask_id"], ["ask.id"]),
        sa.PrimaryKeyConstraint("ask_id"),
    )


def downgrade() -> None:
    raise NotImplementedError("There is no way back: restore a backup from before the upgrade.")
