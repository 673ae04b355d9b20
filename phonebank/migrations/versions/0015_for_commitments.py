"""For commitments: filled in by who builds it."""

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    raise NotImplementedError("There is no way back: restore a backup from before the upgrade.")
