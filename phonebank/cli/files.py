"""Files that a command writes: whole or not at all, for their owner alone."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from phonebank.errors import UnavailableError


@contextmanager
def draft_beside(file: Path) -> Iterator[Path]:
    """An empty file of the owner's alone in the same folder, gone at the end unless it was moved into place."""
    try:
        with tempfile.NamedTemporaryFile(dir=file.parent, prefix=f".{file.name[:50]}.", delete=False) as made:
            draft = Path(made.name)
    except OSError as wrong:
        raise UnavailableError(f"Cannot write into {file.parent}: {wrong.strerror}.") from None
    try:
        yield draft
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def written(file: Path | None) -> Iterator[TextIO]:
    """A stream in UTF-8 into the file, which appears only when all went well; standard output for None."""
    if file is None:
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # a real one, or a test's, can
        yield sys.stdout
        return
    with draft_beside(file) as draft:
        with draft.open("w", encoding="utf-8", newline="") as stream:
            yield stream
        if file.is_dir():
            raise UnavailableError(f"{file} is a folder: name a file.")
        draft.replace(file)
