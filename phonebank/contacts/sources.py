"""Where a list comes from: a path, a pipe or an upload, as CSV or as XLSX."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO

from phonebank.contacts import csv_rows, file_kinds, xlsx_rows
from phonebank.contacts.rows import Table
from phonebank.errors import BadInputError


@contextmanager
def opened(source: Path | BinaryIO) -> Iterator[BinaryIO]:
    """The source as a seekable stream; a pipe is first kept in a file."""
    with ExitStack() as open_files:
        try:
            stream = open_files.enter_context(source.open("rb")) if isinstance(source, Path) else source
            if not stream.seekable():
                kept = open_files.enter_context(tempfile.TemporaryFile())
                copyfileobj(stream, kept)
                stream = kept
        except OSError as wrong:
            raise BadInputError(f"The list {source} cannot be read: {wrong.strerror}.") from wrong
        yield stream


def size_of(stream: BinaryIO) -> int:
    size = stream.seek(0, 2)
    stream.seek(0)
    return size


def table_in(stream: BinaryIO) -> Table:
    head = stream.read(8)
    stream.seek(0)
    return xlsx_rows.read(stream) if file_kinds.is_zip(head) else csv_rows.read(stream)
