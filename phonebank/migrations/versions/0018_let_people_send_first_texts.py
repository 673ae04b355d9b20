"""Let people send first texts by hand, and keep who has practised."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_WAITING = sa.text("status = 'pending' AND composed_at IS NULL")
_BY_HAND = sa.text("step = 'ask' AND written_by IS NOT NULL")


def upgrade() -> None:
    op.add_column("campaign", sa.Column("sent_by", sa.String(), nullable=False, server_default="machine"))
    op.add_column("campaign", sa.Column("questions", _JSON, nullable=False, server_default="[]"))
    op.add_column("recipient", sa.Column("held_by", sa.Integer(), nullable=True))
    op.add_column("recipient", sa.Column("held_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("recipient", sa.Column("passed_by", sa.Integer(), nullable=True))
    _index("recipient_held", "recipient", ["held_by", "campaign_id"], _WAITING)
    _index("message_by_hand", "message", ["campaign_id", "written_by", "status"], _BY_HAND)
    op.create_table(
        "first_shift",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("practised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("person_id"),
    )
    # Whoever is here already knows their way.
    op.execute("INSERT INTO first_shift (person_id, done_at) SELECT id, CURRENT_TIMESTAMP FROM person")


def _index(name: str, table: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    raise NotImplementedError("There is no way back: restore a backup from before the upgrade.")
