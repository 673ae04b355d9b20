"""One measured claim: ours, the limit measured in the same run, and their ratio. Printed, and kept for the table."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

KEPT_IN = "BENCH_FIGURES"


@dataclass(frozen=True)
class Figure:
    """`promised` is what the ratio, or ours where there is no limit, must be: "at least 0.9", "at most 2"."""

    what: str
    ours: str
    limit: str
    ratio: float | None
    promised: str = ""


def show(*figures: Figure) -> None:
    """Print them, a line each; `python -m bench` collects them besides."""
    for one in figures:
        ratio = "" if one.ratio is None else f", ratio {one.ratio:.2f}"
        promised = f" ({one.promised})" if one.promised else ""
        print(f"{one.what}: {one.ours}; limit: {one.limit}{ratio}{promised}", flush=True)
        if path := os.environ.get(KEPT_IN):
            with Path(path).open("a", encoding="utf-8") as kept:
                kept.write(json.dumps(asdict(one)) + "\n")
