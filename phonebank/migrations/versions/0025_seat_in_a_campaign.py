"""A volunteer can be ready for the next call of one campaign, on a line that stands."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("call_seat") as seats:
        seats.add_column(sa.Column("campaign_id", sa.Integer(), nullable=True))
        seats.add_column(sa.Column("line_sid", sa.String(), nullable=True))
        seats.create_foreign_key("call_seat_campaign", "campaign", ["campaign_id"], ["id"])


def downgrade() -> None:
    raise NotImplementedError("There is no way back: restore a backup from before the upgrade.")
