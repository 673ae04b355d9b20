"""Writes the next revision from what models.py files say now: `python -m phonebank.migrations "Add shifts"`."""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config

from phonebank import db, migrations


def main() -> None:
    """Compare the models with a database made by all revisions so far, and write the difference down."""
    message = " ".join(sys.argv[1:])
    if not message:
        sys.exit('Say what changes: python -m phonebank.migrations "Add shifts"')
    with tempfile.TemporaryDirectory() as folder:
        engine = db.configure(f"sqlite:///{folder}/now.db")
        if migrations.revisions():
            migrations.upgrade(engine)
        with engine.begin() as connection:
            config = Config(attributes={"connection": connection})
            config.set_main_option("script_location", str(Path(__file__).parent))
            config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
            number = f"{len(migrations.revisions()) + 1:04}"
            command.revision(config, message, autogenerate=True, rev_id=number)
        engine.dispose()


if __name__ == "__main__":
    main()
