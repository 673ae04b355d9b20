"""Nothing yet: kept for pages of calls."""

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise NotImplementedError("There is no way back: restore a backup from before the upgrade.")
