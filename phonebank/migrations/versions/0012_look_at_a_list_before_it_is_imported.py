"""Look at a list before it is imported, and keep how a list that was put together came to be."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_BEFORE = ("waiting", "reading", "done", "refused", "canceled")
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_LOST = "phonebank was updated while this list waited with columns matched by hand: upload it again."


def upgrade() -> None:
    in_hand = sa.text(
        "UPDATE contact_import SET status = 'refused', refused_because = :why "
        "WHERE status IN ('waiting', 'reading') AND CAST(mapping AS TEXT) <> '{}'"
    )
    op.get_bind().execute(in_hand.bindparams(why=_LOST))
    with op.batch_alter_table("contact_import", schema=None) as batch_op:
        batch_op.alter_column(
            "status", existing_type=_status(*_BEFORE), type_=_status("draft", *_BEFORE), existing_nullable=False
        )
        batch_op.drop_column("mapping")
        batch_op.add_column(sa.Column("list_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("fields", _JSON, nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("choices", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("foreseen", _JSON, nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("digest", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("size", sa.BigInteger(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE contact_import SET list_id = "
        "(SELECT contact_list.id FROM contact_list WHERE contact_list.name = contact_import.list_name)"
    )
    with op.batch_alter_table("contact_list", schema=None) as batch_op:
        batch_op.add_column(sa.Column("made_by", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("rules", _JSON, nullable=False, server_default="{}"))


def _status(*words: str) -> sa.Enum:
    return sa.Enum(*words, name="importstatus_known", native_enum=False, length=20, create_constraint=True)


def downgrade() -> None:
    raise NotImplementedError("There is no way back: restore a backup from before the upgrade.")
