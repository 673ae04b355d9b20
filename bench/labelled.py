"""Labelled replies and asks: JSON lines, gzipped or not; and a share of them with its interval."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Row = dict[str, Any]
_Z = 1.96


def rows_in(path: Path) -> Iterator[Row]:
    packed = path.read_bytes()
    unpacked = gzip.decompress(packed) if path.suffix == ".gz" else packed
    yield from map(json.loads, unpacked.splitlines())


def wilson(hits: int, of: int) -> str:
    """A share with its 95 % interval (Wilson 1927)."""
    if not of:
        return "none"
    p, z2 = hits / of, _Z * _Z
    middle = (p + z2 / (2 * of)) / (1 + z2 / of)
    reach = _Z * ((p * (1 - p) + z2 / (4 * of)) / of) ** 0.5 / (1 + z2 / of)
    return f"{p:.4f} ({hits}/{of}; {max(0, middle - reach):.4f} to {min(1, middle + reach):.4f})"
