"""Nothing yet: kept for bridges and volunteers who dial."""

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise NotImplementedError("There is no way back: restore a backup from before the upgrade.")
