"""Alembic's way in: runs the revisions on the connection that the caller opened, in the caller's transaction."""

from alembic import context

from phonebank.migrations.rendering import only_ours, render_plainly
from phonebank.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_type=True,
    render_as_batch=True,  # SQLite changes a column by making the table anew
    render_item=render_plainly,
    include_object=only_ours,
)
context.run_migrations()
