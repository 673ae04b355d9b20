"""Import faster, and let an upload be canceled."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_BEFORE = ("waiting", "reading", "done", "refused")


def upgrade() -> None:
    # Made anew: SQLite can drop no foreign key, and has no name for them.
    op.rename_table("list_member", "list_member_before")
    op.create_table(
        "list_member",
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("list_id", "contact_id"),
    )
    op.execute("INSERT INTO list_member (list_id, contact_id) SELECT list_id, contact_id FROM list_member_before")
    op.drop_table("list_member_before")
    with op.batch_alter_table("contact_import", schema=None) as batch_op:
        batch_op.alter_column(
            "status",
            existing_type=_status(*_BEFORE),
            type_=_status(*_BEFORE, "canceled"),
            existing_nullable=False,
        )


def _status(*words: str) -> sa.Enum:
    return sa.Enum(*words, name="importstatus_known", native_enum=False, length=20, create_constraint=True)


def downgrade() -> None:
    raise NotImplementedError("There is no way back: restore a backup from before the upgrade.")
