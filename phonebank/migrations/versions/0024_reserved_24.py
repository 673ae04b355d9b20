"""Nothing yet: kept for what is said and heard in calls."""

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise NotImplementedError("There is no way back: restore a backup from before the upgrade.")
