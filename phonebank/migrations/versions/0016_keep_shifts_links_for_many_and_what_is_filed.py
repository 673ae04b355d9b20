"""Keep shifts, links that many volunteers join by, and which texts from strangers somebody has dealt with."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_RUNNING = sa.text("started_at IS NOT NULL AND ended_at IS NULL")
_STRAY = sa.text("direction = 'in' AND recipient_id IS NULL AND filed_at IS NULL")
_WRITTEN = sa.text("written_by IS NOT NULL")
_HELD = sa.text("kind = 'hold' AND lifted_at IS NULL")


def upgrade() -> None:
    _links_for_many()
    _shifts()
    op.add_column("message", sa.Column("filed_at", _MOMENT, nullable=True))
    op.add_column("message", sa.Column("filed_by", sa.Integer(), nullable=True))
    for name, table, columns, where in (
        ("message_stray", "message", ["id"], _STRAY),
        ("message_written", "message", ["written_by", "created_at"], _WRITTEN),
        ("opt_out_held", "opt_out", ["kind", "id"], _HELD),
    ):
        op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def _links_for_many() -> None:
    op.create_table(
        "join_link",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("token_hash", sa.String(), nullable=False, unique=True),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("joined", sa.Integer(), nullable=False),
        sa.Column("revoked_at", _MOMENT, nullable=True),
        sa.Column("revoked_by", sa.String(), nullable=True),
    )
    op.create_table(
        "joining",
        sa.Column("form_hash", sa.String(), primary_key=True),
        sa.Column("link_id", sa.Integer(), sa.ForeignKey("join_link.id"), nullable=False),
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False),
    )


def _shifts() -> None:
    op.create_table(
        "shift",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("planned_from", _MOMENT, nullable=True),
        sa.Column("planned_to", _MOMENT, nullable=True),
        sa.Column("planned_by", sa.String(), nullable=True),
        sa.Column("started_at", _MOMENT, nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column("canceled_at", _MOMENT, nullable=True),
    )
    op.create_index("ix_shift_person_id", "shift", ["person_id"])
    op.create_index("ix_shift_planned_to", "shift", ["planned_to"])
    op.create_index("ix_shift_started_at", "shift", ["started_at"])
    op.create_index(
        "shift_running", "shift", ["person_id"], unique=True, sqlite_where=_RUNNING, postgresql_where=_RUNNING
    )


def downgrade() -> None:
    raise NotImplementedError("There is no way back: restore a backup from before the upgrade.")
