"""PostgreSQL's own programs, for backups: pg_dump and pg_restore, with the password kept off the command line."""

import re
import shutil
import subprocess
from pathlib import Path

from sqlalchemy import URL

from phonebank.errors import BadInputError, UnavailableError
from phonebank.settings import Settings, child_environment

MARK = b"PGDMP"
_REVISION = re.compile(r"^COPY [^\n]*alembic_version[^\n]*\n([^\n]+)$", re.MULTILINE)


def dump(url: URL, settings: Settings, file: Path) -> None:
    """Everything, as it stands at one moment, in pg_dump's custom format."""
    _run(settings, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={file}", url=url)


def load(url: URL, settings: Settings, file: Path) -> None:
    """Replace the tables by the file's, in one transaction."""
    words = ("--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error")
    _run(settings, "pg_restore", *words, f"--dbname={url.database}", str(file), url=url)


def revision_in(settings: Settings, file: Path) -> str | None:
    """The revision that the dump was made at. Raises BadInputError for a file that cannot be read or is not ours."""
    try:
        told = _run(settings, "pg_restore", "--data-only", "--table=alembic_version", "--file=-", str(file))
    except UnavailableError as wrong:
        if "pg_restore" in str(wrong) and "install" in str(wrong):
            raise
        raise BadInputError(f"{file} is damaged: use another backup.") from wrong
    found = _REVISION.search(told)
    if found is None:
        raise BadInputError(f"{file} is not a backup of phonebank.")
    return found[1]


def _run(settings: Settings, program: str, *words: str, url: URL | None = None) -> str:
    found = shutil.which(program)
    if found is None:
        raise UnavailableError(f"{program} is not installed: install PostgreSQL's client programs.")
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL's own, with words of ours
        [found, *words],
        env=child_environment(settings, **_connection(url)),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        first = next((line for line in done.stderr.splitlines() if line.strip()), "it did not say why")
        raise UnavailableError(f"{program} failed: {first.removeprefix(f'{program}: ')}")
    return done.stdout


def _connection(url: URL | None) -> dict[str, str]:
    if url is None:
        return {}
    parts = {
        "PGHOST": url.host,
        "PGPORT": str(url.port or ""),
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        "PGSSLMODE": url.query.get("sslmode"),
    }
    return {name: str(value) for name, value in parts.items() if value}
