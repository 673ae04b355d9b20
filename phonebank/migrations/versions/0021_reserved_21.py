"""Nothing yet: kept for the engine of calls."""

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise NotImplementedError("There is no way back: restore a backup from before the upgrade.")
