"""Labelled replies and asks: JSON lines, gzipped or not; and a share of them with its interval."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from phonebank.replies.shares import Share

Row = dict[str, Any]


def rows_in(path: Path) -> Iterator[Row]:
    packed = path.read_bytes()
    unpacked = gzip.decompress(packed) if path.suffix == ".gz" else packed
    yield from map(json.loads, unpacked.splitlines())


def wilson(hits: int, of: int) -> str:
    """A share with its 95 % interval."""
    share = Share(hits, of)
    return "none" if share.best is None else f"{share.best:.4f} ({hits}/{of}; {share.low:.4f} to {share.high:.4f})"
