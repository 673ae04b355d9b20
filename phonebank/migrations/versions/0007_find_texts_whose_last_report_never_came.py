"""Find the texts whose last report never came."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_UNREPORTED = sa.text("status = 'sent' AND settled_at IS NULL")


def upgrade() -> None:
    op.create_index(
        "message_unreported", "message", ["claimed_at"], sqlite_where=_UNREPORTED, postgresql_where=_UNREPORTED
    )


def downgrade() -> None:
    raise NotImplementedError("There is no way back: restore a backup from before the upgrade.")
